import type * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { HalfnoteError } from '../errors';
import { createObserver, type Observer } from './observers';
import { type AffineParams, asymmetricParams } from './scheme';
import type { FoundLayer } from './walk';

/**
 * Example inputs: one tensor, a list of tensors (batches), or, for a model with several inputs, a
 * list with one tensor per input, or a list of such lists.
 */
export type Calibration = Tensor | readonly Tensor[] | readonly (readonly Tensor[])[];

/** Observers see batches of at most this many rows, as `model.predict` makes them. */
const BATCH_SIZE = 32;

/** Runs the examples through the model and returns how each layer's input is to be quantized. */
export function calibrate(
  model: tf.LayersModel,
  layers: readonly FoundLayer[],
  examples: Calibration,
  observerName: string,
): Map<tf.layers.Layer, AffineParams> {
  const observers = new Map(layers.map(({ layer }) => [layer, createObserver(observerName)]));
  const restore = layers.map(({ layer }) => watch(layer, observers.get(layer)));
  try {
    for (const batch of batches(model, examples)) {
      const outputs = model.predict(batch, { batchSize: BATCH_SIZE });
      for (const output of [outputs].flat()) output.dispose();
    }
  } finally {
    for (const undo of restore) undo();
  }
  const params = new Map<tf.layers.Layer, AffineParams>();
  for (const { layer, name } of layers) {
    const range = observers.get(layer)?.range();
    if (range === undefined) {
      throw new HalfnoteError(
        'calibration-empty',
        `No finite values reached layer '${name}' during calibration.`,
        'Give a few batches of real inputs as `calibrate`.',
      );
    }
    params.set(layer, asymmetricParams(range.min, range.max));
  }
  return params;
}

/** Shows the layer's inputs to the observer until the returned function is called. */
function watch(layer: tf.layers.Layer, observer: Observer | undefined): () => void {
  const call = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => {
    for (const input of [inputs].flat()) observer?.observe(Float32Array.from(input.dataSync()));
    return call(inputs, kwargs);
  };
  return () => {
    Reflect.deleteProperty(layer, 'call');
  };
}

function batches(model: tf.LayersModel, examples: Calibration): (Tensor | Tensor[])[] {
  if (!Array.isArray(examples)) return [examples as Tensor];
  const list = examples as readonly (Tensor | readonly Tensor[])[];
  if (list.length === 0) {
    throw new HalfnoteError('calibration-empty', 'The list of calibration tensors is empty.');
  }
  const sets = list.some((item) => Array.isArray(item));
  if (model.inputs.length > 1 && !sets) return [[...(list as readonly Tensor[])]];
  return list.map((item) => (Array.isArray(item) ? [...(item as Tensor[])] : (item as Tensor)));
}
