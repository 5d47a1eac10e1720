import type { Tensor, Variable } from '@tensorflow/tfjs';
import type { RangeLayer } from '../../payloads/ranges/schema';
import { regime, type Regime } from '../session';
import type { Update } from '../updates';
import { RangeAccumulator } from './accumulator';
import { log2Histogram } from './histogram';
import { byKind } from './kinds';
import { layerNames } from '../../models/layer-names';

/** What was recorded since recording began. */
export interface RangeRecording {
  readonly every: number;
  /** Optimizer steps since recording began. */
  readonly step: number;
  readonly recordedSteps: number;
  readonly layers: readonly RangeLayer[];
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

  /** Counts one optimizer step's gradients, and the weights before it, where the step is due. */
  recordStep(updates: readonly Update[]): void {
    const { due } = this;
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
    this.options.onRecorded?.();
  }

  /** @param shape As it is shown: activations leave out the batch. */
  add(name: string, kind: RangeLayer['kind'], tensor: Tensor, shape: readonly number[]): void {
    if (!this.records(kind)) return;
    // A model made anew has the same layer names but may have other shapes.
    const key = `${kind} ${name} ${shape.join('x')}`;
    const accumulator = this.accumulators.get(key) ?? new RangeAccumulator(name, kind, shape);
    this.accumulators.set(key, accumulator);
    accumulator.add(log2Histogram(tensor));
  }

  result(): RangeRecording {
    const layers = [...this.accumulators.values()].map((accumulator) => accumulator.toLayer());
    const names = layerNames(layers, this.variables);
    return {
      every: this.options.every,
      step: this.step,
      recordedSteps: this.recordedSteps,
      regime: this.lastRegime ?? regime(),
      layers: layers
        .map((layer) => ({ ...layer, name: names.get(layer) ?? layer.name }))
        .sort(byKind),
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

/** Tells the recorder of an optimizer step that is about to be made. */
export function recordStep(updates: readonly Update[]): void {
  active?.recordStep(updates);
}

export function rangeRecording(): RangeRecording {
  return latest.result();
}
