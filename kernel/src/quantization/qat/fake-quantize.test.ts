import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { loadBackend } from '../../start';
import { castTo, storageFormat } from '../../backend/storage';
import { COMPOSED } from './composed-fake-quant';
import { fakeQuantize } from './fake-quantize';
import { lsqGradientScale, quantizeByStep } from './learned-step';
import { NATIVE } from './native-fake-quant';
import { straightThrough } from './straight-through';

const facts = loadBackend();

interface Case {
  readonly bits: number;
  readonly narrowRange: boolean;
  readonly y: number[];
  readonly dx: number[];
}
interface PerTensor extends Case {
  readonly min: number;
  readonly max: number;
  readonly dmin: number;
  readonly dmax: number;
}
interface PerChannel extends Case {
  readonly min: number[];
  readonly max: number[];
  readonly dmin: number[];
  readonly dmax: number[];
}
interface Learnable {
  readonly zeroPoint: number;
  readonly bits: number;
  readonly step: number;
  readonly gradientScale: number;
  /** 0 where PyTorch's gradient differs on purpose, see the generator. */
  readonly dy: number[];
  readonly y: number[];
  readonly dx: number[];
  readonly dstep: number[];
}

/** What `test/tensorflow/generate_fake_quantize.py` wrote. */
const tensorflow = JSON.parse(
  readFileSync(resolve('test/tensorflow/fake_quantize.json'), 'utf8'),
) as { readonly perTensor: readonly PerTensor[]; readonly perChannel: readonly PerChannel[] };
/** What `test/pytorch/generate_fake_quantize.py` wrote. */
const pytorch = JSON.parse(readFileSync(resolve('test/pytorch/fake_quantize.json'), 'utf8')) as {
  readonly affine: readonly (Omit<Learnable, 'step' | 'dstep'> & { readonly scale: number })[];
  readonly learnable: readonly Learnable[];
  readonly learnableChannels: {
    readonly steps: number[];
    readonly gradientScale: number;
    readonly dy: number[];
    readonly y: number[];
    readonly dx: number[];
    readonly dsteps: number[];
  };
};

/** The generators' numbers. */
const wave = (size: number, phase = 0): Float32Array =>
  Float32Array.from(
    { length: size },
    (_, i) => Math.sin(12.9898 * (i + 1) + phase) + Math.sin(78.233 * (i + 1)),
  );

const engines = [
  ['in tfjs ops', COMPOSED],
  ...(facts.engine === 'tensorflow' ? ([['natively', NATIVE]] as const) : []),
] as const;

const values = (tensor: tf.Tensor): number[] => Array.from(tensor.dataSync());
function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, by = 1e-6): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const [a = NaN, b = NaN] = [actual[i], expected[i]];
    expect(Math.abs(a - b), `${i}: ${a} for ${b}`).toBeLessThanOrEqual(
      by * Math.max(1, Math.abs(b)),
    );
  }
}

describe.each(engines)('fake quantization %s', (_, kernels) => {
  test.each(tensorflow.perTensor)(
    "is TensorFlow's in [$min, $max] with $bits bits, narrow $narrowRange",
    (expected) => {
      const x = tf.tensor1d(wave(60));
      const dy = tf.tensor1d(wave(60, 1));
      const [min, max] = [tf.scalar(expected.min), tf.scalar(expected.max)];
      expectClose(values(kernels.forward(x, min, max, expected)), expected.y);
      const [dx, dmin, dmax] = kernels.backward(dy, x, min, max, expected);
      expectClose(values(dx), expected.dx);
      expectClose(values(dmin), [expected.dmin], 1e-5);
      expectClose(values(dmax), [expected.dmax], 1e-5);
    },
  );

  test.each(tensorflow.perChannel)("per channel with $bits bits is TensorFlow's", (expected) => {
    const x = tf.tensor(wave(72), [2, 3, 3, 4]);
    const dy = tf.tensor(wave(72, 1), [2, 3, 3, 4]);
    const [min, max] = [tf.tensor1d(expected.min), tf.tensor1d(expected.max)];
    expectClose(values(kernels.forward(x, min, max, expected)), expected.y);
    const [dx, dmin, dmax] = kernels.backward(dy, x, min, max, expected);
    expect(dx.shape).toEqual([2, 3, 3, 4]);
    expectClose(values(dx), expected.dx);
    expectClose(values(dmin), expected.dmin, 1e-5);
    expectClose(values(dmax), expected.dmax, 1e-5);
  });

  test('keeps 0 exact and stays inside the nudged range', () => {
    const x = tf.tensor1d([0, -1e9, 1e9]);
    const y = values(
      kernels.forward(x, tf.scalar(-0.37), tf.scalar(1.11), { bits: 8, narrowRange: false }),
    );
    expect(y[0]).toBe(0);
    expect(y[1]).toBeCloseTo(-0.37, 2);
    expect(y[2]).toBeCloseTo(1.11, 2);
  });
});

test.runIf(facts.engine === 'tensorflow')(
  'TensorFlow and tfjs ops agree on random data to the bit but for ties',
  () => {
    const x = tf.randomNormal([64, 64], 0, 1, 'float32', 7);
    const [min, max] = [tf.scalar(-2.1), tf.scalar(1.7)];
    for (const bits of [2, 3, 4, 5, 6, 7, 8]) {
      for (const narrowRange of [false, true]) {
        const grid = { bits, narrowRange };
        const native = values(NATIVE.forward(x, min, max, grid));
        const composed = values(COMPOSED.forward(x, min, max, grid));
        const step = 3.8 / (2 ** bits - (narrowRange ? 2 : 1));
        const far = native.filter((y, i) => Math.abs(y - (composed[i] ?? NaN)) > 1e-6);
        expect(far.length).toBeLessThanOrEqual(1);
        for (const [i, y] of native.entries()) {
          expect(Math.abs(y - (composed[i] ?? NaN))).toBeLessThan(1.001 * step);
        }
      }
    }
  },
);

describe('fakeQuantize', () => {
  test.each(pytorch.affine)(
    "with a scale and zero point is PyTorch's: $bits bits",
    ({ scale, zeroPoint, bits, dy, y, dx }) => {
      const x = tf.tensor1d(wave(60));
      expectClose(values(fakeQuantize(x, { scale, zeroPoint, bits })), y);
      const loss = (input: tf.Tensor): tf.Tensor =>
        tf.sum(tf.mul(fakeQuantize(input, { scale, zeroPoint, bits }), dy));
      expectClose(values(tf.grad(loss)(x)), dx);
    },
  );

  test('gives gradients to a range in tensors', () => {
    const [expected] = tensorflow.perTensor;
    if (expected === undefined) throw new Error('the fixture is empty');
    const { bits, narrowRange } = expected;
    const loss = (x: tf.Tensor, min: tf.Tensor, max: tf.Tensor): tf.Scalar =>
      tf.sum(tf.mul(fakeQuantize(x, { min, max, bits, narrowRange }), wave(60, 1)));
    const inputs = [tf.tensor1d(wave(60)), tf.scalar(expected.min), tf.scalar(expected.max)];
    const [dx, dmin, dmax] = tf.grads(loss)(inputs) as [tf.Tensor, tf.Tensor, tf.Tensor];
    expectClose(values(dx), expected.dx);
    expectClose(values(dmin), [expected.dmin], 1e-5);
    expectClose(values(dmax), [expected.dmax], 1e-5);
  });

  test('power-of-two steps are those of the scheme', () => {
    const x = tf.tensor1d([-0.5, 0.3, 1.2, -2.1]);
    // absmax 2.1 needs 2 bits and the sign before the point: steps of 2^-5.
    expect(values(fakeQuantize(x, { powerOfTwo: true }))).toEqual([-0.5, 0.3125, 1.1875, -2.09375]);
    const bad = tf.concat([x, tf.tensor1d([NaN, Infinity])]);
    expect(values(fakeQuantize(bad, { powerOfTwo: true }))).toEqual([
      ...[-0.5, 0.3125, 1.1875, -2.09375, NaN, 127 / 32],
    ]);
  });

  test.runIf(facts.engine === 'tensorflow')(
    'works in float32 on 16-bit tensors and gives the gradient back in 16 bits',
    () => {
      const x = castTo(tf.tensor1d([-0.3, 0.1, 0.52, 3]), 'bf16');
      const wide = castTo(x, 'fp32');
      const y = fakeQuantize(x, { min: -1, max: 1 });
      expect(storageFormat(y)).toBe('fp32');
      expect(values(y)).toEqual(values(fakeQuantize(wide, { min: -1, max: 1 })));
      const dx = tf.grad((input) => tf.sum(fakeQuantize(input, { min: -1, max: 1 })))(x);
      expect(storageFormat(dx)).toBe('bf16');
      expect(values(dx)).toEqual([1, 1, 1, 0]);
    },
  );

  test('leaves no tensor behind', () => {
    const x = tf.tensor1d(wave(60));
    const run = tf.grad((input: tf.Tensor) => tf.sum(fakeQuantize(input, { min: -1, max: 1 })));
    tf.dispose(run(x));
    const before = tf.memory().numTensors;
    tf.dispose(run(x));
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each([
    [{ min: -1, max: 1, bits: 1 }, /1 bits is not possible.*2 to 8[^]*'binary'/],
    [{ min: -1, max: 1, bits: 9 }, /9 bits/],
    [{ min: 1, max: 1 }, /from 1 to 1 is empty/],
    [{ min: NaN, max: 1 }, /from NaN to 1 is empty/],
    [{ scale: 0.1, zeroPoint: 300 }, /zero point 300 is none of the codes.*0 to 255/],
    [{ scale: -0.1 }, /is empty/],
    [{ min: tf.tensor1d([-1, -1]), max: tf.tensor1d([1, 1]) }, /has 3 channels/],
    [{ min: tf.tensor1d([-1, -1]), max: 1 }, /shapes \[2\] and \[\]/],
  ])('refuses %j', (options, message) => {
    expect(() => fakeQuantize(tf.tensor1d([1, 2, 3]), options)).toThrow(message);
  });
});

describe('a learned step', () => {
  const slopes = (
    x: tf.Tensor,
    steps: number | number[],
    dy: number[],
    options: Parameters<typeof quantizeByStep>[2],
  ): { y: number[]; dx: number[]; dstep: number[] } => {
    const step = tf.tensor(steps);
    const weights = tf.tensor(dy, x.shape);
    const loss = (input: tf.Tensor, log: tf.Tensor): tf.Scalar =>
      tf.sum(tf.mul(quantizeByStep(input, log, options), weights));
    const [dx, dlog] = tf.grads(loss)([x, tf.log(step)]) as [tf.Tensor, tf.Tensor];
    return {
      y: values(quantizeByStep(x, tf.log(step), options)),
      dx: values(dx),
      dstep: values(tf.mul(dlog, step)),
    };
  };

  test.each(pytorch.learnable)(
    "has PyTorch's gradients: $bits bits, step $step",
    ({ zeroPoint, bits, step, gradientScale, dy, y, dx, dstep }) => {
      const options = { bits, narrowRange: false, zeroPoint, gradientScale };
      const ours = slopes(tf.tensor1d(wave(60)), step, dy, options);
      expectClose(ours.y, y);
      expectClose(ours.dx, dx);
      expectClose(ours.dstep, dstep, 1e-4);
    },
  );

  test("has PyTorch's gradients per channel", () => {
    const { steps, gradientScale, dy, y, dx, dsteps } = pytorch.learnableChannels;
    const options = { bits: 4, narrowRange: true, zeroPoint: 8, gradientScale };
    const ours = slopes(tf.tensor2d(wave(60), [15, 4]), steps, dy, options);
    expectClose(ours.y, y);
    expectClose(ours.dx, dx);
    expectClose(ours.dstep, dsteps, 1e-4);
  });

  test('is scaled as LSQ says', () => {
    expect(lsqGradientScale(100, 4)).toBeCloseTo(0.05, 12);
  });
});

describe('straightThrough', () => {
  test('passes gradients as the identity', () => {
    const dx = tf.grad((x) => tf.sum(tf.mul(straightThrough(tf.round)(x), [1, 2, 3])))(
      tf.tensor1d([0.4, 5, -9]),
    );
    expect(values(dx)).toEqual([1, 2, 3]);
  });

  test('clips them to a range, its ends included', () => {
    const sign = straightThrough(tf.sign, { min: -1, max: 1 });
    const x = tf.tensor1d([-1.5, -1, -0.5, 0.5, 1, 1.01]);
    expect(values(sign(x))).toEqual([-1, -1, -1, 1, 1, 1]);
    expect(values(tf.grad((input) => tf.sum(sign(input)))(x))).toEqual([0, 1, 1, 1, 1, 0]);
  });
});
