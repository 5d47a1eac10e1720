import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { castTo, storageFormat } from '../backend/storage';
import { loadBackend } from '../start';
import { GRADIENT_CASES, type GradientCase } from './gradient-cases.fixture';
import { setLossScaler } from './session';
import { setPrecision } from './status';

beforeAll(() => {
  loadBackend();
});
afterEach(() => {
  setPrecision('fp32');
});

/** Of rounded numbers and sums of few of them. */
const DIGITS = { fp16: 2 ** -9, bf16: 2 ** -6 };
const SMALLEST = 2 ** -24;
const LARGEST = 65504;

type Low = keyof typeof DIGITS;

/** The value, and the gradient of each input, as numbers. */
function passes({ of }: GradientCase, inputs: readonly Tensor[]): number[][] {
  const { value, grads } = tf.valueAndGrads((...given: Tensor[]) => of(...given))([...inputs]);
  return [value, ...grads].map((tensor) => [...tensor.dataSync()]);
}

/** tfjs's kernels in JavaScript, which know no 16 bits. */
function oracle(one: GradientCase, inputs: readonly Tensor[]): number[][] {
  const copies = inputs.map((input) => ({ numbers: input.dataSync(), shape: input.shape }));
  void tf.setBackend('cpu');
  try {
    return passes(
      one,
      copies.map(({ numbers, shape }) => tf.tensor(numbers, shape)),
    );
  } finally {
    void tf.setBackend('tensorflow');
  }
}

/** What differs from the oracle by more than the format's rounding, in words. */
function differences(one: GradientCase, format: Low, low: readonly boolean[]): string[] {
  return tf.tidy(() => {
    const inputs = one.inputs.map((numbers, i) => {
      const rounded = castTo(tf.tensor([...numbers], one.shape?.slice()), format);
      return low[i] === true ? rounded : castTo(rounded, 'fp32');
    });
    const expected = oracle(one, inputs);
    setPrecision(format);
    setLossScaler('none');
    const rounds = storageFormat(one.of(...inputs)) !== 'fp32';
    const found = passes(one, inputs);
    setPrecision('fp32');
    return expected.flatMap((numbers, k) =>
      numbers.flatMap((right, i) => {
        const given = found[k]?.[i] ?? NaN;
        if (!Number.isFinite(right) || (rounds && Math.abs(right) > LARGEST)) return [];
        const error = Math.abs(given - right);
        // A gradient made of an output that was rounded, as tanh's 1 - y^2, is as far off as that.
        const scale = rounds ? Math.max(1, Math.abs(right)) : Math.abs(right);
        if (error <= DIGITS[format] * scale + SMALLEST) return [];
        return [`${k === 0 ? 'value' : `gradient ${k}`}[${i}] is ${given}, not ${right}`];
      }),
    );
  });
}

describe('forward and gradient of every op, with numbers at the ends of the range', () => {
  const cases = GRADIENT_CASES.flatMap((one) =>
    (['fp16', 'bf16'] as const).map((format) => [one.kernel, format, one] as const),
  );
  it.each(cases)('%s in %s are those of fp32', (_name, format, one) => {
    expect(differences(one, format, [true, true])).toEqual([]);
    if (one.inputs.length > 1) expect(differences(one, format, [true, false])).toEqual([]);
    if (one.inputs.length > 1) expect(differences(one, format, [false, true])).toEqual([]);
  });

  it('leave out no gradient that tfjs has', () => {
    const folder = join(dirname(require.resolve('@tensorflow/tfjs-core')), 'gradients');
    const names = readdirSync(folder).flatMap((file) => /^(\w+)_grad\.js$/.exec(file)?.[1] ?? []);
    expect(names.length).toBeGreaterThan(90);
    const cases = new Set(GRADIENT_CASES.map(({ kernel }) => kernel));
    // Of numbers that aren't floats, or that don't depend on the input.
    const without = [
      'ArgMax',
      'ArgMin',
      'ComplexAbs',
      'GreaterEqual',
      'IsFinite',
      'IsInf',
      'IsNan',
      'OneHot',
    ];
    expect(names.filter((name) => !cases.has(name))).toEqual(without);
  });
});

describe('the gradient of a tensor in fp32', () => {
  /** A product's gradient is in 16 bits; the weight and what is made of it without products are not. */
  const gradient = (format: string, fn: (x: Tensor) => Tensor): number[] => {
    setPrecision(format);
    setLossScaler('none');
    return tf.tidy(() => [
      ...tf
        .grad(fn)(tf.ones([1, 2]))
        .dataSync(),
    ]);
  };
  const product = (x: Tensor): Tensor => tf.sum(tf.matMul(x as Tensor2D, tf.eye(2)));

  it.each(['bf16', 'fp16'])('is added up in fp32 over its uses under %s', (format) => {
    // 4096 + 1 is 4096 in both.
    const often = (x: Tensor): Tensor =>
      tf.addN([tf.mul(product(x), 4096), ...Array.from({ length: 8 }, () => product(x))]);
    expect(gradient(format, often)).toEqual([4104, 4104]);
  });

  it('leaves the range of fp16 where what it is of does', () => {
    const large = (x: Tensor): Tensor => product(tf.mul(tf.mul(x, 1000), 1000));
    expect(gradient('fp16', (x) => tf.mul(large(x), 2 ** -4))).toEqual([62500, 62500]);
    expect(gradient('fp16', large)).toEqual([1e6, 1e6]);
  });
});
