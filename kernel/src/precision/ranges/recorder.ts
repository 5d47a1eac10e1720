import type { Tensor } from '@tensorflow/tfjs';
import type { RangeLayer } from '../../mime/payloads';
import type { Update } from '../engine';
import { regime, type Regime } from '../session';
import { RangeAccumulator } from './accumulator';
import { log2Histogram } from './histogram';

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

let recording = false;
let every = 1;
let step = 0;
let recordedSteps = 0;
let lastRegime: Regime | undefined;
const accumulators = new Map<string, RangeAccumulator>();

/** Forgets what was recorded and records every `interval`-th optimizer step from now on. */
export function startRecording(interval: number): void {
  recording = true;
  every = interval;
  step = 0;
  recordedSteps = 0;
  lastRegime = undefined;
  accumulators.clear();
}

/** Records no more; what was recorded stays. */
export function stopRecording(): void {
  recording = false;
}

/** Counts one optimizer step's gradients, and the weights before it, where recording is on. */
export function recordStep(updates: readonly Update[]): void {
  if (!recording) return;
  const due = step % every === 0;
  step += 1;
  if (!due) return;
  recordedSteps += 1;
  lastRegime = regime();
  for (const { variable, gradient } of updates) {
    if (gradient) add(variable.name, 'gradient', gradient);
    if (variable.dtype === 'float32') add(variable.name, 'weight', variable);
  }
}

function add(name: string, kind: 'gradient' | 'weight', tensor: Tensor): void {
  // A model made anew has the same layer names but may have other shapes.
  const key = `${kind} ${name} ${tensor.shape.join('x')}`;
  const accumulator = accumulators.get(key) ?? new RangeAccumulator(name, kind, tensor.shape);
  accumulators.set(key, accumulator);
  accumulator.add(log2Histogram(tensor));
}

export function rangeRecording(): RangeRecording {
  const layers = [...accumulators.values()]
    .sort((a, b) => a.kind.localeCompare(b.kind))
    .map((accumulator) => accumulator.toLayer());
  return {
    every,
    step,
    recordedSteps,
    regime: lastRegime ?? regime(),
    layers: layers.map((layer) => ({ ...layer, name: shortName(layer, layers) })),
  };
}

/**
 * tfjs numbers the variables of a layer whose name was used before (`hidden/kernel_2`): the user's own
 * name stands where it is unmistakable.
 */
function shortName(layer: RangeLayer, all: readonly RangeLayer[]): string {
  const base = (name: string): string => (name.includes('/') ? name.replace(/_\d+$/, '') : name);
  const rivals = all.filter(
    ({ kind, name }) => kind === layer.kind && base(name) === base(layer.name),
  );
  return rivals.length === 1 ? base(layer.name) : layer.name;
}
