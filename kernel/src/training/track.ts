import { Tensor, type Scalar } from '@tensorflow/tfjs';
import { HalfnoteError } from '../errors';
import { host } from '../host';
import { kindOf } from '../models/examples';
import { CellEnergy } from './cell-energy';
import { RecordedRun } from './recorded-run';
import { ShownRun } from './shown-run';
import { underPolicy } from './under-policy';

export interface TrackOptions {
  /** How many steps there will be, for the bar and the time that is left. */
  readonly steps?: number;
  /** What is trained. Default: `Training`. */
  readonly title?: string;
}

/** To read a tensor means to wait for it, so that not each one is. */
const READ_MS = 50;

interface Tracked {
  readonly run: RecordedRun;
  readonly shown: ShownRun;
  readonly energy: CellEnergy;
  readAt: number;
}

/** Of the running cell, by title. */
const tracked = new Map<string, Tracked>();

/**
 * Shows a training loop that is written by hand in its cell, as `fit` is shown: called once in each step,
 * it draws a bar, the losses and the loss scale, live. In a plain script it does nothing.
 *
 * ```ts
 * for (let i = 0; i < 500; i++) track(optimizer.minimize(loss, true)!, { steps: 500 });
 * ```
 *
 * @param loss Of this step. A tensor is read twenty times a second at most, and stays the caller's.
 * @throws HalfnoteError `invalid-option` for `steps` that are no whole number from 1 up, and a loss that is
 *   not one number.
 */
export function track(loss: number | Scalar, options: TrackOptions = {}): void {
  const { steps, title = 'Training' } = options;
  checkLoss(loss);
  if (steps !== undefined && !(Number.isInteger(steps) && steps >= 1)) {
    throw new HalfnoteError(
      'invalid-option',
      `steps: ${String(steps)} isn't a number of steps.`,
      'Give a whole number from 1 up, or leave it out.',
    );
  }
  if (host() === undefined) return;
  const current = tracked.get(title) ?? begun(title, steps);
  const now = performance.now();
  if (typeof loss === 'number') current.run.advance(loss);
  else if (now - current.readAt < READ_MS) current.run.advance();
  else {
    current.run.advance(loss.dataSync()[0]);
    current.readAt = performance.now();
  }
  if (!current.shown.isDue) return;
  current.energy.refresh();
  current.run.energyJ = current.energy.energyJ;
  current.shown.draw();
}

/** `minimize` and `trainOnBatch` give what TypeScript has to be talked into taking. */
function checkLoss(loss: unknown): void {
  if (typeof loss === 'number') return;
  if (loss instanceof Tensor && loss.size === 1) return;
  const what =
    loss instanceof Tensor ? `a tensor [${(loss as Tensor).shape.join(', ')}]` : kindOf(loss);
  throw new HalfnoteError(
    'invalid-option',
    `track() takes the loss of a step, a number or a tensor of one number, not ${what}.`,
    loss === null
      ? 'optimizer.minimize(f, true) gives the loss; without true it gives null.'
      : 'Of what trainOnBatch() gives with metrics, the loss is the first: [loss].',
  );
}

function begun(title: string, steps: number | undefined): Tracked {
  const run = new RecordedRun({ title, ...underPolicy(), steps });
  const next = { run, shown: new ShownRun(run), energy: new CellEnergy(), readAt: -Infinity };
  tracked.set(title, next);
  host()?.onCellEnd(() => {
    tracked.delete(title);
    run.end(steps === undefined || run.step >= steps);
    next.shown.draw();
  });
  return next;
}
