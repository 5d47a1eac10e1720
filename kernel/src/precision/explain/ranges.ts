import type { LayersModel, NamedTensorMap, Tensor, Variable } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { RangeLayer } from '../../payloads/ranges/schema';
import { layersOf } from '../../models/inner-layers';
import { COMPUTE_TRAITS } from '../compute-traits';
import { watchPlaces } from '../policies/place';
import { RangeAccumulator } from '../ranges/accumulator';
import { log2Histogram } from '../ranges/histogram';
import { rangeRecording } from '../ranges/recorder';
import { withPrecision } from '../scope';
import type { Pass } from './pass';
import type { LayerRanges } from './proposals';

/** Where proposals come from: a recorded training says more than one batch. */
export interface MeasuredRanges {
  readonly source: string;
  readonly layers: readonly LayerRanges[];
  /** The first layer of which something is NaN or infinite in fp32 too: nothing wider helps it. */
  readonly broken: string | undefined;
}

/** Above this share more zeros than fp32 has, a recording in few bits has lost them. */
const MORE_ZEROS = 0.05;

/**
 * The ranges that `recordGradients` has of this model where they can be trusted, else those of one pass
 * in fp32: what overflowed or underflowed while it was recorded no longer shows its size.
 */
export function measuredRanges(model: LayersModel, pass: Pass): MeasuredRanges {
  const single = inFp32(model, pass);
  const broken = single.find(({ ranges }) => isNotFinite(ranges))?.layer;
  const { layers, regime, recordedSteps } = rangeRecording();
  const paths = layersOf(model).map(({ path }) => path);
  const recorded = layers.flatMap((ranges) => {
    const layer = paths.find((path) => isOf(path, ranges.name));
    return layer === undefined ? [] : [{ layer, ranges }];
  });
  const steps = `${recordedSteps} recorded ${recordedSteps === 1 ? 'step' : 'steps'}`;
  if (recorded.length === 0) return { source: ONE_PASS, layers: single, broken };
  if (recorded.some(({ ranges }) => isNotFinite(ranges))) {
    return {
      source: `${ONE_PASS}, for ${steps} have NaN or infinite values`,
      layers: single,
      broken,
    };
  }
  const { compute } = regime.policy;
  if (COMPUTE_TRAITS[compute].scaling !== 'none' && hasLost(recorded, single)) {
    return { source: `${ONE_PASS}, for ${steps} have lost values to zero`, layers: single, broken };
  }
  return { source: steps, layers: recorded, broken };
}

const ONE_PASS = 'one pass in fp32';

function isNotFinite({ inf, nan }: RangeLayer): boolean {
  return inf + nan > 0;
}

/** True when the recorded gradients of a layer have more zeros than those of the pass in fp32. */
function hasLost(recorded: readonly LayerRanges[], single: readonly LayerRanges[]): boolean {
  return recorded.some(
    ({ layer }) => zeroShare(recorded, layer) > zeroShare(single, layer) + MORE_ZEROS,
  );
}

function zeroShare(all: readonly LayerRanges[], of: string): number {
  const own = all.filter(({ layer, ranges }) => layer === of && ranges.kind === 'gradient');
  const total = own.reduce((sum, { ranges }) => sum + ranges.count, 0);
  return total === 0 ? 0 : own.reduce((sum, { ranges }) => sum + ranges.zero, 0) / total;
}

/** Ranges are named by layers (`dense_3`) or by their variables (`dense_3/kernel`). */
function isOf(path: string, name: string): boolean {
  const layer = path.slice(path.lastIndexOf('/') + 1);
  return name === layer || name.slice(0, name.lastIndexOf('/')) === layer;
}

function inFp32(model: LayersModel, pass: Pass): LayerRanges[] {
  const found: LayerRanges[] = [];
  const add = (layer: string, kind: RangeLayer['kind'], name: string, tensor: Tensor): void => {
    if (tensor.dtype !== 'float32') return;
    const accumulator = new RangeAccumulator(name, kind, tensor.shape);
    accumulator.add(log2Histogram(tensor));
    found.push({ layer, ranges: accumulator.toLayer() });
  };
  const stop = watchPlaces(({ path }, output) => {
    for (const tensor of Array.isArray(output) ? (output as Tensor[]) : [output as Tensor]) {
      add(path, 'activation', path, tensor);
    }
  });
  const gradients = withPrecision('fp32', () => {
    try {
      return pass.run();
    } finally {
      stop();
    }
  });
  for (const [layer, name] of variablesOf(model)) {
    const gradient = (gradients as Partial<NamedTensorMap>)[name];
    if (gradient !== undefined) add(layer, 'gradient', name, gradient);
  }
  tf.dispose(gradients);
  return found;
}

/** Trainable variables by the innermost layer that has them. */
function variablesOf(model: LayersModel): (readonly [layer: string, variable: string])[] {
  const owners = new Map<string, string>();
  for (const { path, layer } of layersOf(model)) {
    for (const weight of layer.trainableWeights) owners.set((weight.read() as Variable).name, path);
  }
  return [...owners].map(([variable, layer]) => [layer, variable]);
}
