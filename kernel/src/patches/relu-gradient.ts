import * as tf from '@tensorflow/tfjs';
import { attr } from '../backend/attributes';
import { native } from '../backend/binding';
import { DT } from '../backend/dtypes';
import { hasNativeBackend } from '../backend/load';
import { engine } from './engine-internals';

const FLOAT = [attr.type('T', DT.float)];

/**
 * Lets TensorFlow's ReluGrad compute the gradient of relu: one pass over the data, where tfjs composes
 * it of six ops. A second derivative needs ops that are on the tape, and keeps tfjs's way.
 */
export function installReluGradient(): void {
  const config = tf.getGradient('Relu') as tf.GradConfig | undefined;
  if (config === undefined) return;
  tf.unregisterGradient('Relu');
  tf.registerGradient({
    ...config,
    gradFunc: (dy, saved, attributes) => {
      const [x] = saved;
      const onTape = engine().state.gradientDepth > 0;
      if (onTape || x === undefined || Array.isArray(dy) || !hasNativeBackend()) {
        return config.gradFunc(dy, saved, attributes);
      }
      return { x: () => native().executeSingleOutput('ReluGrad', FLOAT, [dy, x]) };
    },
  });
}
