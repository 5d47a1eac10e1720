import type * as tf from '@tensorflow/tfjs';
import { HalfnoteError } from '../errors';
import { type Calibration, exampleBatches } from './examples';
import { createObserver, type Observer } from './observers';
import { type AffineParams, asymmetricParams } from './scheme';
import type { FoundLayer } from './walk';

/** Observers see batches of at most this many rows, as `model.predict` makes them. */
const BATCH_SIZE = 32;

/** Runs the examples through the model and returns how each layer's input is to be quantized. */
export function calibrate(
  model: tf.LayersModel,
  layers: readonly FoundLayer[],
  examples: Calibration,
  observerName: string,
): Map<tf.layers.Layer, AffineParams> {
  const batches = exampleBatches(model, examples);
  const observers = new Map(layers.map(({ layer }) => [layer, createObserver(observerName)]));
  const restore = layers.map(({ layer }) => watch(layer, observers.get(layer)));
  try {
    for (const batch of batches) {
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
