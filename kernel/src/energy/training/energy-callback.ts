import * as tf from '@tensorflow/tfjs';
import { display, type DisplayHandle } from '../../display/display';
import { TextView } from '../../display/text-view';
import { host } from '../../host';
import { median } from '../../quantities/statistics';
import { beginSpan, endSpan, type SpanEnergy } from '../ask';
import { batchesPerEpoch, type FitParameters } from './fit-parameters';
import type { EpochEnergy } from './prediction';
import { whenFitEnds, type Stoppable } from './running-fits';
import { TrainingEnergy } from './training-energy';

/** Measures named spans of time; the energy windows of the kernel do. */
export interface SpanMeter {
  begin(name: string): Promise<number>;
  end(id: number): Promise<SpanEnergy>;
}

export interface EnergyCallbackOptions {
  /** Shows one line below the cell and keeps it up to date. Default true; in a script nothing is shown. */
  readonly live?: boolean;
  /** What measures. Default: the energy windows of this session. */
  readonly meter?: SpanMeter;
}

const REDRAW_MS = 250;
/** tfjs gives the event loop a turn this often where callbacks are plain objects, and never to classes. */
const YIELD_MS = 125;

/** Measures each epoch of a `fit`. Made by {@link energyCallback}. */
export class EnergyCallback extends tf.Callback {
  readonly #measured: EpochEnergy[] = [];
  readonly #live: boolean;
  readonly #meter: SpanMeter;
  #shown: DisplayHandle | undefined;
  #drawnAt = -Infinity;
  #span: { readonly id: number; readonly epoch: number } | undefined;
  #samples = 0;
  #batchTimes: number[] = [];
  #batchBeganAt = 0;
  #yieldedAt = performance.now();
  #first = 0;
  #hasEnded = false;

  constructor({ live = true, meter = { begin: beginSpan, end: endSpan } }: EnergyCallbackOptions) {
    super();
    this.#live = live;
    this.#meter = meter;
    // Beside plain objects tfjs takes a callback's methods off it.
    for (const method of METHODS) this[method] = this[method].bind(this) as never;
  }

  /** What was measured so far. */
  get energy(): TrainingEnergy {
    const { epochs: last } = this.#parameters;
    const planned = typeof last === 'number' ? last - this.#first : undefined;
    return new TrainingEnergy([...this.#measured], planned, this.#hasEnded);
  }

  override onTrainBegin(): Promise<void> {
    this.#measured.length = 0;
    const { initialEpoch } = this.#parameters;
    this.#first = typeof initialEpoch === 'number' ? initialEpoch : 0;
    this.#drawnAt = -Infinity;
    this.#shown = undefined;
    this.#hasEnded = false;
    // One that fails or is interrupted calls neither onEpochEnd nor onTrainEnd.
    whenFitEnds(this.#model, () => this.#end());
    return Promise.resolve();
  }

  override async onEpochBegin(epoch: number): Promise<void> {
    this.#samples = 0;
    this.#batchTimes = [];
    this.#span = { id: await this.#meter.begin(`epoch ${epoch + 1}`), epoch };
  }

  override onBatchBegin(): Promise<void> {
    this.#batchBeganAt = performance.now();
    return Promise.resolve();
  }

  override async onBatchEnd(_batch: number, logs?: tf.Logs): Promise<void> {
    const now = performance.now();
    this.#batchTimes.push(now - this.#batchBeganAt);
    this.#samples += logs?.['size'] ?? 0;
    if (now - this.#yieldedAt < YIELD_MS) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#yieldedAt = performance.now();
  }

  override async onEpochEnd(): Promise<void> {
    // A fit that is stopped between two batches ends its epoch as if it were whole; one whose data ends is not stopped.
    const isStopped = this.#model?.stopTraining !== false;
    await this.#endEpoch(isStopped && this.#batchTimes.length < this.#wholeBatches);
    this.#draw(false);
  }

  override onTrainEnd(): Promise<void> {
    return this.#end();
  }

  /** However training ends; again where it has ended already. */
  async #end(): Promise<void> {
    try {
      await this.#endEpoch(true);
    } catch {
      // Nothing tells of the epoch that was cut; why training failed is what counts.
    }
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#draw(true);
  }

  async #endEpoch(isCut: boolean): Promise<void> {
    const span = this.#span;
    if (span === undefined) return;
    this.#span = undefined;
    const { durationS, energyJ, machineJ } = await this.#meter.end(span.id);
    this.#measured.push({
      ...{ epoch: span.epoch + 1, durationS, energyJ, machineJ },
      samples: this.#samples,
      batches: this.#batchTimes.length,
      isCut,
      warmUpS: warmUp(this.#batchTimes, this.#measured.length === 0),
    });
  }

  /** Of a whole epoch, by what `fit` was asked for or by the epochs before; 0 where nothing tells. */
  get #wholeBatches(): number {
    const measured = (): number => Math.max(0, ...this.#measured.map(({ batches }) => batches));
    return batchesPerEpoch(this.#parameters) ?? measured();
  }

  #draw(isLast: boolean): void {
    const now = performance.now();
    if (!this.#live || host() === undefined || this.#measured.length === 0) return;
    if (!isLast && now - this.#drawnAt < REDRAW_MS) return;
    this.#drawnAt = now;
    const line = TextView.of(this.energy.line);
    if (this.#shown === undefined) this.#shown = display(line);
    else this.#shown.update(line);
  }

  get #model(): Stoppable | undefined {
    const model: unknown = Reflect.get(this, 'model');
    return typeof model === 'object' && model !== null ? (model as Stoppable) : undefined;
  }

  /** tfjs sets them and the model, but not on a callback that stands behind a plain object. */
  get #parameters(): FitParameters {
    const params: unknown = Reflect.get(this, 'params');
    return typeof params === 'object' && params !== null ? params : {};
  }
}

const METHODS = [
  'onTrainBegin',
  'onTrainEnd',
  'onEpochBegin',
  'onEpochEnd',
  'onBatchBegin',
  'onBatchEnd',
] as const;

/** What the very first batch took beyond the median one, in seconds. */
function warmUp(batchMs: readonly number[], isFirstEpoch: boolean): number {
  const [first, ...others] = batchMs;
  if (!isFirstEpoch || first === undefined || others.length === 0) return 0;
  return Math.max(0, first - median(others)) / 1000;
}

/**
 * A callback of `model.fit` that measures joules by epoch and by sample, and after the first epoch predicts
 * those of the whole run, with an interval: `model.fit(x, y, { epochs: 10, callbacks: energyCallback() })`.
 * Its `energy` has the figures, also after an interrupt. Validation counts to its epoch.
 *
 * Figures are of the user's code, by the session's meters; epochs are windows of the session's report.
 */
export function energyCallback(options: EnergyCallbackOptions = {}): EnergyCallback {
  return new EnergyCallback(options);
}
