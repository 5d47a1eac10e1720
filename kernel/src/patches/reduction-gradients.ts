import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { gradientPatch, type Patch } from './patch';

/** A mean's share of what comes back, already divided. Second derivatives work: the ops are differentiable. */
export const reductionGradients: readonly Patch[] = [
  repeating('Sum', (dy) => dy),
  repeating('Mean', (dy, count) => tf.div(dy, count)),
];

/** @param share what each of `count` reduced numbers gets of `dy` */
function repeating(member: string, share: (dy: Tensor, count: number) => Tensor): Patch {
  return gradientPatch(
    {
      member,
      why: 'tfjs multiplies what comes back by ones that it fills in JavaScript: three passes over memory.',
    },
    (original) => (dy, saved, attributes) => {
      const [x] = saved;
      if (x === undefined || Array.isArray(dy)) return original(dy, saved, attributes);
      const axes = tf.util.parseAxisParam(attributes['axis'] as number | number[], x.shape);
      return {
        x: () => tf.tidy(() => repeated(share(dy, countAlong(axes, x.shape)), axes, x.shape)),
      };
    },
  );
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
