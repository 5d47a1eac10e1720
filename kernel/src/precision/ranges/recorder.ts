import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { RangeLayer, RangeTime } from '../../payloads/ranges/schema';
import { regime, type Regime } from '../session';
import type { Update } from '../updates';
import { RangeAccumulator } from './accumulator';
import { log2Histogram } from './histogram';
import type { CountedLayer, Slot } from './slots';
import { countsOf, NO_COUNTS, sumOf } from './counts';
import { byKind } from './kinds';
import { TimeAxis } from './time-axis';
import { layerNames } from '../../models/layer-names';

/** What was recorded since recording began. */
export interface RangeRecording {
  readonly every: number;
  /** Optimizer steps since recording began. */
  readonly step: number;
  readonly recordedSteps: number;
  readonly layers: readonly RangeLayer[];
  /** The same step by step; undefined where there is one step only, or more layers than there is room for. */
  readonly time: RangeTime | undefined;
  /** Whether there are steps to tell apart. */
  readonly hasSteps: boolean;
  /** What was in force at the last recorded step. */
  readonly regime: Regime;
}

export interface RecorderOptions {
  /** Record every n-th optimizer step. */
  readonly every: number;
  readonly kinds: ReadonlySet<RangeLayer['kind']>;
  /** Called after each recorded step. */
  readonly onRecorded?: () => void;
}

/** Counts the ranges of a training's values, every n-th optimizer step. */
class RangeRecorder {
  private step = 0;
  private recordedSteps = 0;
  private lastRegime: Regime | undefined;
  private readonly accumulators = new Map<string, RangeAccumulator>();
  private readonly time = new TimeAxis();
  /** Of the step that is computed. */
  private current = new Map<string, CountedLayer>();
  /** Named when they are shown: only then the notebook knows the names of a cell's variables. */
  private readonly variables = new Map<string, WeakRef<Variable>>();

  constructor(private readonly options: RecorderOptions) {}

  /** True while the step that counts towards the recording is computed. */
  get due(): boolean {
    return this.step % this.options.every === 0;
  }

  records(kind: RangeLayer['kind']): boolean {
    return this.options.kinds.has(kind);
  }

  /**
   * Counts one optimizer step's gradients, and the weights before it, where the step is due.
   * @param scale The loss scale that the gradients were computed at.
   */
  recordStep(updates: readonly Update[], scale: number): void {
    const { due, step } = this;
    this.step += 1;
    if (!due) return;
    this.recordedSteps += 1;
    this.lastRegime = regime();
    for (const { variable, gradient } of updates) {
      if (!this.variables.has(variable.name)) {
        this.variables.set(variable.name, new WeakRef(variable));
      }
      if (gradient) this.add(variable.name, 'gradient', gradient, variable.shape);
      if (variable.dtype === 'float32') this.add(variable.name, 'weight', variable, variable.shape);
    }
    this.time.add({ step, scale, layers: this.current });
    this.current = new Map();
    this.options.onRecorded?.();
  }

  /** @param shape As it is shown: activations leave out the batch. */
  add(name: string, kind: RangeLayer['kind'], tensor: Tensor, shape: readonly number[]): void {
    if (!this.records(kind)) return;
    // A model made anew has the same layer names but may have other shapes.
    const key = `${kind} ${name} ${shape.join('x')}`;
    const accumulator = this.accumulators.get(key) ?? new RangeAccumulator(name, kind, shape);
    this.accumulators.set(key, accumulator);
    const histogram = log2Histogram(tensor);
    accumulator.add(histogram);
    const before = this.current.get(key)?.counts ?? NO_COUNTS;
    this.current.set(key, { kind, counts: sumOf(before, countsOf(histogram)) });
  }

  /** What was counted since the last step: of gradients that no step was made with, or of one that was stopped. */
  private unfinished(): Slot {
    const { step, current: layers } = this;
    const { scale } = regime().loss;
    return { firstStep: step, lastStep: step, recordedSteps: 0, scale, layers };
  }

  result(): RangeRecording {
    const recorded = Array.from(this.accumulators, ([key, accumulator]) => ({
      key,
      layer: accumulator.toLayer(),
    })).toSorted((a, b) => byKind(a.layer, b.layer));
    const layers = recorded.map(({ layer }) => layer);
    const names = layerNames(layers, this.variables);
    return {
      every: this.options.every,
      step: this.step,
      recordedSteps: this.recordedSteps,
      regime: this.lastRegime ?? regime(),
      layers: layers.map((layer) => ({ ...layer, name: names.get(layer) ?? layer.name })),
      time: this.time.toPayload(
        recorded.map(({ key }) => key),
        this.current.size === 0 ? [] : [this.unfinished()],
      ),
      hasSteps: this.time.hasSteps,
    };
  }
}

const NOTHING = new RangeRecorder({ every: 1, kinds: new Set() });

let latest = NOTHING;
let active: RangeRecorder | undefined;
let ownSteps = 0;

/** Forgets what was recorded and records from now on. */
export function startRecording(options: RecorderOptions): void {
  latest = new RangeRecorder(options);
  active = latest;
}

/** Records no more; what was recorded stays. */
export function stopRecording(): void {
  active = undefined;
}

/** Runs `fn` unrecorded: steps that aren't the user's training. */
export function withoutRecording<T>(fn: () => T): T {
  const paused = active;
  active = undefined;
  ownSteps += 1;
  try {
    return fn();
  } finally {
    active = paused;
    ownSteps -= 1;
  }
}

/** True for steps that aren't the user's: nothing is said of them, and each passes back once. */
export function isOwnStep(): boolean {
  return ownSteps > 0;
}

/** The recorder that is at work, if one is. */
export function activeRecorder(): RangeRecorder | undefined {
  return active;
}

/** Tells the recorder of an optimizer step that is about to be made, with gradients of this loss scale. */
export function recordStep(updates: readonly Update[], scale: number): void {
  active?.recordStep(updates, scale);
}

export function rangeRecording(): RangeRecording {
  return latest.result();
}
