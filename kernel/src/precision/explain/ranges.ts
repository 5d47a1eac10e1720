import type { LayersModel, NamedTensorMap, Tensor, Variable } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import type { RangeLayer } from '../../mime/payloads';
import { layersOf } from '../policies/walk';
import { watchPlaces } from '../policies/place';
import { RangeAccumulator } from '../ranges/accumulator';
import { log2Histogram } from '../ranges/histogram';
import { gradientRanges } from '../ranges/view';
import { withPrecision } from '../scope';
import type { Pass } from './pass';
import type { LayerRanges } from './proposals';

/** Where proposals come from: a recorded training says more than one batch. */
export interface MeasuredRanges {
  readonly source: string;
  readonly layers: readonly LayerRanges[];
}

/** The ranges that `recordGradients` has of this model, else those of one pass in fp32. */
export function measuredRanges(model: LayersModel, pass: Pass): MeasuredRanges {
  const { layers, recordedSteps } = gradientRanges().payload;
  const paths = layersOf(model).map(({ path }) => path);
  const recorded = layers.flatMap((ranges) => {
    const layer = paths.find((path) => isOf(path, ranges.name));
    return layer === undefined ? [] : [{ layer, ranges }];
  });
  return recorded.length > 0
    ? { source: `${recordedSteps} recorded steps`, layers: recorded }
    : { source: 'one pass in fp32', layers: inFp32(model, pass) };
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
