import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { castTo } from '../../backend/storage';
import { engine } from '../../patches/engine-internals';
import { traitsOf } from '../../models/layer-traits';
import type { LayerCall } from '../../patches/layers';
import { regime } from '../session';
import { activeRecorder } from './recorder';

type Layer = tf.layers.Layer;

/**
 * Lets the recorder see what each layer puts out while gradients are computed, and the gradient that
 * comes back there.
 */
export const recordedLayer: LayerCall = (layer, _inputs, run) => {
  const output = run();
  return isRecorded(layer) ? (observed(layer, output) as typeof output) : output;
};

/** A model's output its last layer has already told, and a reshaped one the layer before it. */
function isRecorded(layer: Layer): boolean {
  const recorder = activeRecorder();
  return (
    recorder?.due === true &&
    engine().state.gradientDepth > 0 &&
    !(layer instanceof tf.LayersModel) &&
    traitsOf(layer).reshapes === undefined &&
    (recorder.records('activation') || recorder.records('activation-gradient'))
  );
}

function observed(layer: Layer, output: unknown): unknown {
  if (Array.isArray(output)) return output.map((item) => observed(layer, item));
  if (!isFloat(output)) return output;
  const recorder = activeRecorder();
  recorder?.add(layer.name, 'activation', output, output.shape.slice(1));
  return recorder?.records('activation-gradient') ? withRecordedGradient(layer, output) : output;
}

function isFloat(value: unknown): value is Tensor {
  return value instanceof tf.Tensor && value.dtype === 'float32';
}

/** The same tensor, whose gradient is counted, without the loss scale, as it passes. */
function withRecordedGradient(layer: Layer, output: Tensor): Tensor {
  const { scale } = regime().loss;
  const watched = tf.customGrad((...args) => {
    const [input] = args as [Tensor];
    const gradFunc = (dy: Tensor): Tensor => {
      tf.tidy(() => {
        const wide = castTo(dy, 'fp32');
        const gradient = scale === 1 ? wide : tf.mul(wide, 1 / scale);
        activeRecorder()?.add(layer.name, 'activation-gradient', gradient, dy.shape.slice(1));
      });
      return tf.clone(dy);
    };
    return { value: tf.clone(input), gradFunc };
  });
  return watched(output);
}
