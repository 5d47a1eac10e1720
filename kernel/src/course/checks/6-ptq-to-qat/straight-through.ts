import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { Comparison, Difference } from '../../comparison';
import { within } from '../../comparisons';
import { defineCheck } from '../../definition';
import type { Text } from '../../text';
import { inRange, rounded } from './grid';

type Op = (x: Tensor) => Tensor;
type StraightThrough = (scale: number, bits: number) => Op;

/** Rounding with a gradient of its own. */
const withGradient =
  (gradient: (dy: Tensor, x: Tensor, scale: number, bits: number) => Tensor): StraightThrough =>
  (scale, bits) =>
  (x) =>
    tf.customGrad((...args) => {
      const [input] = args as [Tensor];
      return {
        value: rounded(input, scale, bits),
        gradFunc: (dy: Tensor) => gradient(dy, input, scale, bits),
      };
    })(x);
const straightThrough = withGradient((dy, x, scale, bits) => tf.mul(dy, inRange(x, scale, bits)));

const near = within({ relative: 1e-4, absolute: 1e-6 });

/** Values of an operation and its gradient for given gradients of its result, at some points in and out of range. */
const asOperation: Comparison = (expected, got, args) => {
  if (typeof got !== 'function') {
    return refused(got === undefined ? 'undefined' : typeof got, {
      en: 'A function is asked for, which takes the tensor x: what `tf.customGrad` gives is one.',
      zh: '这里要返回一个以张量 x 为参数的函数：`tf.customGrad` 的返回值就是。',
    });
  }
  const [scale] = args as [number, number];
  const right = behaviorOf(expected as Op, scale);
  let given: Behavior;
  try {
    given = behaviorOf(got as Op, scale);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return refused('(x) => ?', {
      en: `The function that is given, or its gradient, throws: ${message}`,
      zh: `返回的函数或其梯度抛出了错误：${message}`,
    });
  }
  const place = (difference: Difference | undefined, name: string): Difference | undefined =>
    difference && { ...difference, path: `${name}${difference.path}` };
  return (
    place(near(right.values, given.values, args), 'value') ??
    place(near(right.gradient, given.gradient, args), 'gradient')
  );
};

function refused(got: string, problem: Text): Difference {
  return { path: '', expected: '(x) => Tensor', got, problem };
}

interface Behavior {
  readonly values: unknown;
  readonly gradient: unknown;
}

const STEPS = [-5.4, -3.6, -3.4, -1.2, -0.3, 0.2, 0.7, 1.4, 2.9, 3.4, 3.6, 7];

function behaviorOf(op: Op, scale: number): Behavior {
  return tf.tidy(() => {
    const x = tf.tensor1d(STEPS.map((step) => step * scale));
    const dy = tf.tensor1d(STEPS.map((_, i) => i + 1));
    return {
      values: op(x).arraySync(),
      gradient: tf
        .grad((input: Tensor) => op(input))(x, dy)
        .arraySync(),
    };
  });
}

/** The function of the part on gradients through a staircase. */
export const STRAIGHT_THROUGH = {
  'straight-through': defineCheck({
    what: {
      en: 'rounding with a straight-through gradient',
      zh: '带直通梯度的舍入',
    },
    reference: straightThrough,
    comparison: asOperation,
    cases: [
      {
        args: [0.5, 3],
        hint: {
          en: 'value[i] and gradient[i] belong to the points x = -2.7, -1.8, -1.7, -0.6, -0.15, 0.1, ..., 3.5, with dy = 1, 2, 3, ...',
          zh: 'value[i] 与 gradient[i] 对应的点为 x = -2.7, -1.8, -1.7, -0.6, -0.15, 0.1, …, 3.5，dy = 1, 2, 3, …',
        },
      },
      {
        args: [0.1, 2],
        hint: {
          en: 'With 2 bits only -1, 0 and 1 are codes: where does the gradient end?',
          zh: '2 位只有编码 -1、0、1：梯度到哪里为止？',
        },
      },
      {
        args: [2, 8],
        hint: {
          en: 'With 8 bits all of these points are in the range.',
          zh: '8 位时这些点都在范围之内。',
        },
      },
    ],
    mistakes: [
      {
        wrong: withGradient((dy) => tf.zerosLike(dy)),
        hint: {
          en: 'The gradient is that of rounding: 0 everywhere. Nothing would be learned.',
          zh: '这是舍入本身的梯度：处处为 0，什么也学不到。',
        },
      },
      {
        wrong: withGradient((dy) => tf.clone(dy)),
        hint: {
          en: 'The gradient passes where values are clamped, too. There a small change of x changes nothing.',
          zh: '在被截断的地方梯度也通过了。那里 x 的微小变化不起任何作用。',
        },
      },
      {
        wrong: withGradient((_dy, x, scale, bits) => inRange(x, scale, bits)),
        hint: {
          en: 'The gradient that comes from above, dy, is not used: the chain rule multiplies by it.',
          zh: '没有用到上游传来的梯度 dy：链式法则要乘以它。',
        },
      },
      {
        wrong: withGradient((dy, x, scale, bits) => tf.mul(dy, tf.sub(1, inRange(x, scale, bits)))),
        hint: {
          en: 'The mask is turned around: the gradient passes inside the range.',
          zh: '掩码反了：梯度应在范围之内通过。',
        },
      },
      {
        wrong: withGradient((dy, x, _scale, bits) =>
          tf.mul(dy, tf.cast(tf.lessEqual(tf.abs(x), 2 ** (bits - 1) - 1), 'float32')),
        ),
        hint: {
          en: 'x was compared with the largest code. Compare codes with codes: divide by the scale first.',
          zh: '这里把 x 与最大编码相比。应当用编码比编码：先除以缩放因子。',
        },
      },
      {
        wrong: withGradient((dy, x, scale, bits) =>
          tf.mul(
            dy,
            tf.cast(tf.lessEqual(tf.abs(tf.div(x, scale)), 2 ** (bits - 1) - 1), 'float32'),
          ),
        ),
        hint: {
          en: 'x / s was compared before rounding. A point that rounds to the largest code is not clamped yet.',
          zh: '这里比较的是舍入之前的 x / s。舍入后恰为最大编码的点还没有被截断。',
        },
      },
      {
        wrong: withGradient((dy, x, scale, bits) =>
          tf.div(tf.mul(dy, inRange(x, scale, bits)), scale),
        ),
        hint: {
          en: 'The gradient was divided by the scale. x goes to the code and back, so the slope of the ramp is 1.',
          zh: '梯度被除以了缩放因子。x 变成编码又还原，斜坡的斜率是 1。',
        },
      },
    ],
  }),
} as const;
