import type * as tf from '@tensorflow/tfjs';
import { HalfnoteError } from '../../errors';
import { ActivationLayer } from './activation-layer';
import { WeightLayer } from './weight-layer';

/** Of a model that {@link prepareQat} did not make; `what` cannot be said of it. */
export function notPrepared(name: string, what: string): HalfnoteError {
  return new HalfnoteError(
    'not-prepared',
    `Model '${name}' is not fake-quantized: nothing says ${what}.`,
    'Make it so with prepareQat() and train it, or quantize it after training with quantize().',
  );
}

/**
 * What takes a model in float takes no copy that rounds as it trains: its layers would be measured, or
 * rounded, a second time.
 * @throws HalfnoteError `fake-quantized`.
 */
export function refuseFakeQuantized(model: tf.LayersModel, caller: string): void {
  const rounds = model.layers.some(
    (layer) => layer instanceof WeightLayer || layer instanceof ActivationLayer,
  );
  if (!rounds) return;
  throw new HalfnoteError(
    'fake-quantized',
    `${caller}() takes a model in float; '${model.name}' is a copy that rounds as it trains, made by prepareQat().`,
    'convertQat() makes the integer model of it (%qat convert), compareQat() compares the two.',
  );
}
