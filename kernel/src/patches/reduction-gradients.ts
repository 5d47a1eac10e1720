import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

/**
 * Lets the gradients of sum and mean repeat what comes back, a mean's share of it already divided. tfjs
 * multiplies it by ones that it fills in JavaScript, and divides the whole: three passes over what may
 * be a convolution's output. Built of differentiable ops, so second derivatives work as before.
 */
export function installReductionGradients(): void {
  install('Sum', (dy) => dy);
  install('Mean', (dy, count) => tf.div(dy, count));
}

/** @param share what each of `count` reduced numbers gets of `dy` */
function install(kernelName: string, share: (dy: Tensor, count: number) => Tensor): void {
  const config = tf.getGradient(kernelName) as tf.GradConfig | undefined;
  if (config === undefined) return;
  tf.unregisterGradient(kernelName);
  tf.registerGradient({
    ...config,
    gradFunc: (dy, saved, attributes) => {
      const [x] = saved;
      if (x === undefined || Array.isArray(dy)) return config.gradFunc(dy, saved, attributes);
      const axes = tf.util.parseAxisParam(attributes['axis'] as number | number[], x.shape);
      return {
        x: () => tf.tidy(() => repeated(share(dy, countAlong(axes, x.shape)), axes, x.shape)),
      };
    },
  });
}

function countAlong(axes: readonly number[], shape: readonly number[]): number {
  return axes.reduce((count, axis) => count * (shape[axis] ?? 1), 1);
}

/** `dy`, in which `axes` of `shape` are missing or of size 1, in the whole shape. */
function repeated(dy: Tensor, axes: readonly number[], shape: readonly number[]): Tensor {
  const one = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const times = shape.map((size, axis) => (axes.includes(axis) ? size : 1));
  return tf.tile(tf.reshape(dy, one), times);
}
