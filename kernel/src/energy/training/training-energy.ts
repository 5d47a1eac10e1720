import { notes, stacked, staticBundle, table } from '../../display/fallback';
import type { Column } from '../../display/table';
import { ABSENT, duration } from '../../display/units';
import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import { scale, sumOf } from '../../quantities/arithmetic';
import { notBelow } from '../../quantities/make';
import { meanOf } from '../../quantities/mean-of';
import { printQuantity } from '../../quantities/print';
import type { Quantity } from '../../quantities/quantity';
import { predictTotal, type EpochEnergy } from './prediction';

const COLUMNS: readonly Column[] = [
  { header: 'Epoch' },
  { header: 'Duration' },
  { header: "User's code" },
  { header: 'A sample' },
  { header: 'Machine' },
  { header: 'Method', align: 'left' },
];
/** Rows that people read; the figures above are of all. */
const MOST = 20;

/** The joules of a training run, by epoch and by sample. A snapshot: it doesn't change as training goes on. */
export class TrainingEnergy implements Displayable {
  constructor(
    readonly epochs: readonly EpochEnergy[],
    /** All epochs of the run; undefined where that isn't known. */
    readonly plannedEpochs?: number,
    /** Training has ended: by its last epoch, or because it was stopped or has failed. */
    readonly hasEnded = false,
  ) {}

  /** The mean of a whole epoch; undefined before the first has ended. */
  get perEpochJ(): Quantity | undefined {
    const whole = this.epochs.filter(({ isCut }) => !isCut);
    return whole.length === 0
      ? undefined
      : notBelow(meanOf(whole.map(({ energyJ }) => energyJ)), 0);
  }

  /** The mean of a sample; undefined where none were counted. */
  get perSampleJ(): Quantity | undefined {
    const counted = this.epochs.filter(({ samples }) => samples > 0);
    if (counted.length === 0) return undefined;
    return notBelow(meanOf(counted.map(({ energyJ, samples }) => scale(energyJ, 1 / samples))), 0);
  }

  /** Of the epochs so far. */
  get spentJ(): Quantity {
    return notBelow(sumOf(this.epochs.map(({ energyJ }) => energyJ)), 0);
  }

  /** Of the whole run: what was spent and what is left to come, with its interval. When it has ended, what was spent. */
  get predictedJ(): Quantity | undefined {
    const { plannedEpochs, epochs, hasEnded } = this;
    if (hasEnded && epochs.length > 0) return this.spentJ;
    return plannedEpochs === undefined ? undefined : predictTotal(epochs, plannedEpochs);
  }

  /** One line: `epoch 3 of 10: 12.3 J an epoch (...), 0.21 mJ a sample, 123 J (110–136) in all predicted`. */
  get line(): string {
    const { perEpochJ, perSampleJ, predictedJ, spentJ, epochs, plannedEpochs, hasEnded } = this;
    const last = epochs.at(-1);
    if (last === undefined) {
      return hasEnded
        ? 'energy of training: it ended before an epoch began'
        : 'energy of training: the first epoch is under way';
    }
    const done = epochs.length;
    const isDone = hasEnded || (plannedEpochs !== undefined && done >= plannedEpochs);
    const short = { interval: false } as const;
    const place = `epoch ${done}${plannedEpochs === undefined ? '' : ` of ${plannedEpochs}`}${last.isCut ? ', cut short' : ''}`;
    return [
      perEpochJ === undefined
        ? place
        : `${place}: ${printQuantity(perEpochJ, 'J', short)} an epoch`,
      ...(perSampleJ === undefined ? [] : [`${printQuantity(perSampleJ, 'J', short)} a sample`]),
      isDone || predictedJ === undefined
        ? `${printQuantity(spentJ, 'J')} so far, ${spentJ.method}`
        : `${printQuantity(predictedJ, 'J')} in all predicted, ${predictedJ.method}`,
    ].join(', ');
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    const last = this.epochs.slice(-MOST);
    const rows = last.map((epoch) => [
      `${epoch.epoch}${epoch.isCut ? ' (cut short)' : ''}`,
      duration(epoch.durationS),
      printQuantity(notBelow(epoch.energyJ, 0), 'J'),
      epoch.samples > 0
        ? printQuantity(scale(epoch.energyJ, 1 / epoch.samples), 'J', { interval: false })
        : ABSENT,
      printQuantity(epoch.machineJ, 'J', { interval: false }),
      epoch.energyJ.method,
    ]);
    const hidden = this.epochs.length - last.length;
    return staticBundle(
      stacked(
        table(COLUMNS, rows, { caption: `Energy of training, ${this.line}` }),
        notes(hidden > 0 ? [`The last ${MOST} epochs; ${hidden} came before.`] : []),
      ),
    );
  }

  toString(): string {
    return String(this[JUPYTER_DISPLAY]()['text/plain']);
  }
}
