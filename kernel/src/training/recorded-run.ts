import type { Execution } from '../backend/contract';
import { encodeNumber } from '../display/numbers';
import { MOST_BATCHES, MOST_EPOCHS, type TrainingRun } from '../payloads/training/run';
import type { LossScaleTrace } from '../precision/loss-scale/trace';
import type { Quantity } from '../quantities/quantity';
import { Curve, evenly } from './curve';
import { measureOf } from '../payloads/training/curves';

/** Losses and metrics of a batch or an epoch by name; others are left out. */
export type Values = Readonly<Record<string, number>>;

export interface Planned {
  readonly title: string;
  readonly format: string;
  readonly execution: Execution;
  readonly epochs?: number | undefined;
  /** Epochs done before this training, as `initialEpoch` of `fit` says. */
  readonly firstEpoch?: number | undefined;
  readonly stepsPerEpoch?: number | undefined;
  /** Of a loop without epochs. */
  readonly steps?: number | undefined;
  /** The loss scale that the steps are taken under. */
  readonly lossScale?: LossScaleTrace;
}

type LossScale = TrainingRun['lossScale'];

/** What is known of a training, as it goes on. Times are those of the calls. */
export class RecordedRun {
  /** Of the user's code since the training began. */
  energyJ: Quantity | undefined;
  #state: TrainingRun['state'] = 'running';
  #step = 0;
  #epoch = 0;
  #stepsPerEpoch: number | undefined;
  #stepsBeforeEpoch = 0;
  readonly #began: number;
  readonly #firstScaleStep: number;
  readonly #skippedBefore: number;
  #firstStepAt: number | undefined;
  #lastAt: number;
  readonly #batchLoss = new Curve(MOST_BATCHES - 1);
  readonly #epochs: TrainingRun['trained'][number][] = [];

  /** @param now Milliseconds of a clock that never goes back. */
  constructor(
    readonly planned: Planned,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#began = this.#lastAt = now();
    this.#stepsPerEpoch = planned.stepsPerEpoch;
    this.#firstScaleStep = planned.lossScale?.step ?? 0;
    this.#skippedBefore = planned.lossScale?.skippedSteps ?? 0;
  }

  /** @param epoch From 1 on. */
  beginEpoch(epoch: number): void {
    this.#epoch = epoch;
    this.#stepsBeforeEpoch = this.#step;
  }

  /** A step is done. @param loss Of its batch, where it was read. */
  advance(loss?: number): void {
    this.#step++;
    this.#lastAt = this.now();
    this.#firstStepAt ??= this.#lastAt;
    if (loss !== undefined) this.#batchLoss.add(this.#step, loss);
  }

  endEpoch(values: Values): void {
    // The data alone tells how long an epoch is where nobody said.
    this.#stepsPerEpoch ??= this.#step - this.#stepsBeforeEpoch;
    this.#lastAt = this.now();
    this.#epochs.push({
      epoch: this.#epoch,
      step: this.#step,
      values: Object.fromEntries(
        inOrder(Object.keys(values)).map((name) => [name, encodeNumber(values[name] ?? NaN)]),
      ),
    });
  }

  /** @param isWhole Whether all was done that was planned. */
  end(isWhole: boolean): void {
    if (this.#state === 'running') this.#state = isWhole ? 'finished' : 'stopped';
  }

  /** Steps that are done. */
  get step(): number {
    return this.#step;
  }

  get payload(): TrainingRun {
    const { title, format, execution } = this.planned;
    const steps = this.#steps;
    return {
      ...{ title, format, execution },
      state: this.#state,
      step: this.#step,
      steps: steps ?? null,
      epoch: this.#epoch,
      epochs: this.planned.epochs ?? null,
      durationS: (this.#lastAt - this.#began) / 1000,
      remainingS: this.#remainingS(steps) ?? null,
      batchLoss: this.#batchLoss.points.map(([step, loss]) => [step, encodeNumber(loss)]),
      trained: [...evenly(this.#epochs, MOST_EPOCHS)],
      lossScale: this.#lossScale,
      energyJ: this.energyJ ?? null,
    };
  }

  get #steps(): number | undefined {
    const { steps, epochs, firstEpoch = 0 } = this.planned;
    if (steps !== undefined) return steps;
    if (epochs === undefined || this.#stepsPerEpoch === undefined) return undefined;
    return Math.max(0, epochs - firstEpoch) * this.#stepsPerEpoch;
  }

  /** By the pace since the first step, which builds what the others use. */
  #remainingS(steps: number | undefined): number | undefined {
    if (this.#state !== 'running' || steps === undefined || this.#firstStepAt === undefined)
      return undefined;
    if (this.#step < 2) return undefined;
    const perStep = (this.#lastAt - this.#firstStepAt) / (this.#step - 1);
    return (Math.max(0, steps - this.#step) * perStep) / 1000;
  }

  get #lossScale(): LossScale {
    const trace = this.planned.lossScale;
    if (trace === undefined) return null;
    const first = this.#firstScaleStep;
    const before = trace.history.filter(({ step }) => step <= first).at(-1);
    const changes = trace.history.filter(({ step }) => step > first);
    const points = [
      { step: 0, scale: before?.scale ?? trace.scale },
      ...changes.map(({ step, scale }) => ({ step: step - first, scale })),
    ];
    const skippedAt = trace.skippedAt.filter((step) => step >= first).map((step) => step - first);
    return {
      history: evenly(points, MOST_BATCHES).map(({ step, scale }) => ({
        step,
        scale: encodeNumber(scale),
      })),
      steps: trace.step - first,
      skippedAt,
      skippedSteps: trace.skippedSteps - this.#skippedBefore,
    };
  }
}

/** The loss first, and each measure before that of validation. */
function inOrder(names: readonly string[]): readonly string[] {
  const measures = [...new Set(['loss', ...names.map(measureOf)])];
  const place = (name: string): number =>
    2 * measures.indexOf(measureOf(name)) + (measureOf(name) === name ? 0 : 1);
  return names.toSorted((a, b) => place(a) - place(b));
}
