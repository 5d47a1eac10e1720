import * as tf from '@tensorflow/tfjs';
import { HalfnoteError } from '../../errors';
import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import { duration, significant } from '../../display/units';

export interface TimeToAccuracyOptions {
  /** What the metric has to reach. */
  readonly target: number;
  /** As `fit` logs it. Default `val_acc`, or `acc` without validation data. */
  readonly metric?: string;
  /** Is less better? Default: for metrics with `loss` or `error` in their names. */
  readonly lowerIsBetter?: boolean;
  /** End the training when the target is met. Default false. */
  readonly stop?: boolean;
}

/** What a training took to its target, measured; nulls where it wasn't met. */
export interface TimeToAccuracyResult {
  readonly metric: string;
  readonly target: number;
  /** Wall seconds from the begin of the training, validation within. */
  readonly seconds: number | null;
  /** The epoch that met it, from 1. */
  readonly epoch: number | null;
  readonly best: number | null;
  readonly epochs: number;
}

const DEFAULTS = ['val_acc', 'val_accuracy', 'acc', 'accuracy'];

/** A callback of `fit` that tells how long a training takes to a metric's target. */
export class TimeToAccuracy extends tf.Callback implements Displayable {
  #began = 0;
  #metric: string | undefined;
  #met: { readonly seconds: number; readonly epoch: number } | undefined;
  #best: number | null = null;
  #epochs = 0;

  constructor(private readonly options: TimeToAccuracyOptions) {
    super();
    if (Number.isFinite(options.target)) return;
    throw new HalfnoteError(
      'invalid-option',
      `target is ${String(options.target)}; allowed are finite numbers, for example 0.95.`,
    );
  }

  override onTrainBegin(): Promise<void> {
    this.#began = performance.now();
    this.#met = undefined;
    this.#best = null;
    this.#epochs = 0;
    return Promise.resolve();
  }

  override onEpochEnd(epoch: number, logs: tf.Logs = {}): Promise<void> {
    const seconds = (performance.now() - this.#began) / 1000;
    const metric = this.metricOf(logs);
    const value = numberOf(logs[metric]);
    this.#epochs = epoch + 1;
    // A loss that overflowed is no number, and nothing is better than that.
    if (this.#best === null || Number.isNaN(this.#best) || this.isBetter(value, this.#best)) {
      this.#best = value;
    }
    const { target, stop } = this.options;
    const isMet = value === target || this.isBetter(value, target);
    if (isMet) this.#met ??= { seconds, epoch: epoch + 1 };
    const { model } = this as unknown as { readonly model: tf.LayersModel };
    if (isMet && stop === true) model.stopTraining = true;
    return Promise.resolve();
  }

  /** What was found so far. */
  get result(): TimeToAccuracyResult {
    return {
      metric: this.#metric ?? this.options.metric ?? DEFAULTS[0] ?? '',
      target: this.options.target,
      seconds: this.#met?.seconds ?? null,
      epoch: this.#met?.epoch ?? null,
      best: this.#best,
      epochs: this.#epochs,
    };
  }

  override toString(): string {
    const { metric, target, seconds, epoch, best, epochs } = this.result;
    const goal = `${metric} ${target}`;
    if (seconds !== null && epoch !== null) {
      return `${goal} after ${duration(seconds)}, in epoch ${epoch} (measured, with validation).`;
    }
    return best === null
      ? `${goal}: no epoch has ended.`
      : `${goal} was not met in ${epochs} epoch${epochs === 1 ? '' : 's'}; the best was ${significant(best, 4)}.`;
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    return { 'text/plain': this.toString() };
  }

  private isBetter(value: number, than: number): boolean {
    const { lowerIsBetter = /loss|error/i.test(this.#metric ?? '') } = this.options;
    return lowerIsBetter ? value < than : value > than;
  }

  private metricOf(logs: tf.Logs): string {
    const { metric = DEFAULTS.find((name) => name in logs) } = this.options;
    if (metric === undefined || !(metric in logs)) {
      throw new HalfnoteError(
        'unknown-metric',
        `The training logs no ${metric ?? 'accuracy'}; it logs ${Object.keys(logs).join(', ')}.`,
        "Name one of them as `metric`, or compile the model with metrics: ['accuracy'].",
      );
    }
    this.#metric = metric;
    return metric;
  }
}

/** tfjs hands the logs of an epoch to callbacks as tensors, whatever its types say. */
function numberOf(value: unknown): number {
  return value instanceof tf.Tensor ? (value.dataSync()[0] ?? NaN) : Number(value);
}

/**
 * Measures the time to a target: `fit(x, y, { callbacks: timeToAccuracy({ target: 0.95 }) })`, then look at
 * its `result`.
 *
 * @throws HalfnoteError `invalid-option` for a target that is no number, and in `fit` `unknown-metric`.
 */
export function timeToAccuracy(options: TimeToAccuracyOptions): TimeToAccuracy {
  return new TimeToAccuracy(options);
}
