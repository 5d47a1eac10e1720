import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { StorageFormat } from './contract';
import { deviceTraps, onOp } from './load';
import { loadBackend } from '../start';
import { random } from './oracle.fixture';
import { setCastPlanner } from './planner';
import { castTo, storageFormat } from './storage';
import { kernelTraps } from './traps';

const LOW: readonly StorageFormat[] = ['bf16', 'fp16'];
const HALF_SPACING = { bf16: 2 ** -8, fp16: 2 ** -11, fp32: 2 ** -24 } as const;

beforeAll(() => {
  loadBackend();
});

afterEach(() => {
  setCastPlanner(undefined);
});

const ones = (shape: number[], format: StorageFormat): tf.Tensor => castTo(tf.ones(shape), format);
const first = (tensor: tf.Tensor): number => tensor.dataSync()[0] ?? NaN;

describe.each(LOW)('sums in %s', (format) => {
  it('of 100352 ones are right, as are their mean and cumulative sum', () => {
    expect(first(tf.sum(ones([100_352], format)))).toBe(100_352);
    expect(first(tf.mean(ones([100_352], format)))).toBe(1);
    expect(tf.cumsum(ones([4096], format)).dataSync()[4095]).toBe(4096);
  });

  it('over a batch, as a bias gradient takes, are right', () => {
    const bias = tf.variable(tf.zeros([3]));
    const dy = ones([512, 3], format);
    const gradient = tf.grad((b: tf.Tensor) => tf.sum(tf.mul(tf.add(dy, b), dy)))(bias);
    expect(gradient.dataSync()).toEqual(Float32Array.of(512, 512, 512));
  });

  it('into segments and by scattered indices are right', () => {
    const zeros = tf.zeros<tf.Rank.R1>([4096], 'int32');
    expect(first(tf.unsortedSegmentSum(ones([4096], format), zeros, 1))).toBe(4096);
    expect(
      first(tf.scatterND(zeros.reshape<tf.Tensor2D>([4096, 1]), ones([4096], format), [1])),
    ).toBe(4096);
  });

  it('in pooling are right, and the result stays in 16 bits', () => {
    const pooled = tf.avgPool(ones([1, 64, 64, 1], format) as tf.Tensor4D, 64, 1, 'valid');
    expect([first(pooled), storageFormat(pooled)]).toEqual([1, format]);
    const volume = tf.avgPool3d(ones([1, 16, 16, 16, 1], format) as tf.Tensor5D, 16, 1, 'valid');
    expect([first(volume), storageFormat(volume)]).toEqual([1, format]);
  });

  it('in products are right for long inner dimensions', () => {
    const sums = {
      matMul: tf.matMul(ones([8, 4096], format), ones([4096, 8], format)),
      einsum: tf.einsum('ij,jk->ik', ones([8, 4096], format), ones([4096, 8], format)),
      conv2d: tf.conv2d(
        ones([1, 2, 2, 4096], format) as tf.Tensor4D,
        ones([1, 1, 4096, 4], format) as tf.Tensor4D,
        1,
        'valid',
      ),
      depthwise: tf.depthwiseConv2d(
        ones([1, 64, 64, 2], format) as tf.Tensor4D,
        ones([64, 64, 2, 1], format) as tf.Tensor4D,
        1,
        'valid',
      ),
    };
    for (const [name, sum] of Object.entries(sums)) {
      expect([name, first(sum), storageFormat(sum)]).toEqual([name, 4096, format]);
    }
  });
});

describe('squares', () => {
  it('of small gradients in fp16 do not underflow to zero', () => {
    const small = castTo(tf.tensor1d([1e-5]), 'fp16');
    expect(first(tf.square(small))).toBeCloseTo(1e-10, 12);
    expect(first(tf.square(small))).toBeGreaterThan(9e-11);
    expect(first(tf.squaredDifference(small, tf.zerosLike(small)))).toBeGreaterThan(9e-11);
  });
});

describe.each(LOW)('convolution gradients in %s', (format) => {
  const [x, w] = [random(2 * 12 * 12 * 3, 1), random(3 * 3 * 3 * 8, 2)];
  const gradients = (low: StorageFormat): tf.Tensor[] => {
    const round = (t: tf.Tensor): tf.Tensor => castTo(castTo(t, format), low);
    const inputs = [tf.tensor4d(x, [2, 12, 12, 3]), tf.tensor4d(w, [3, 3, 3, 8])].map(round);
    const dy = round(tf.tensor4d(random(2 * 12 * 12 * 8, 3), [2, 12, 12, 8]));
    return tf.grads((a: tf.Tensor, b: tf.Tensor) =>
      tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, 'same'),
    )(inputs, dy);
  };

  it('are the fp32 gradients of the rounded inputs, rounded once', () => {
    const [low, full] = [gradients(format), gradients('fp32')];
    expect(low.map(storageFormat)).toEqual([format, format]);
    for (const [k, gradient] of low.entries()) {
      const exact = full[k]?.dataSync() ?? [];
      const bad = gradient.dataSync().filter((g, i) => {
        const want = exact[i] ?? NaN;
        return !(Math.abs(g - want) <= Math.abs(want) * HALF_SPACING[format] + 1e-5);
      });
      expect(bad.length).toBe(0);
    }
  });
});

describe('fp16 gradients that are computed in fp32', () => {
  it('still overflow and underflow as fp16 does', () => {
    const x = castTo(tf.fill<tf.Rank.R4>([1, 8, 8, 1], 256), 'fp16');
    const dy = castTo(tf.fill([1, 8, 8, 1], 256), 'fp16');
    const conv = (f: tf.Tensor): tf.Tensor => tf.conv2d(x, f as tf.Tensor4D, 1, 'same');
    const filter = castTo(tf.ones([1, 1, 1, 1]), 'fp16');
    expect(first(tf.grad(conv)(filter, dy))).toBe(Infinity);
    const tiny = castTo(tf.fill([1, 8, 8, 1], 2 ** -24), 'fp16');
    const small = castTo(tf.fill<tf.Rank.R4>([1, 8, 8, 1], 2 ** -8), 'fp16');
    const convSmall = (f: tf.Tensor): tf.Tensor => tf.conv2d(small, f as tf.Tensor4D, 1, 'same');
    expect(first(tf.grad(convSmall)(filter, tiny))).toBe(0);
  });
});

describe.each(LOW)('fused layers in %s', (format) => {
  it('run as product, bias and activation, never as one fused op', () => {
    const ops: string[] = [];
    const remove = onOp((op) => ops.push(op));
    setCastPlanner(() => format);
    const a = tf.tensor2d(random(12, 1), [3, 4]);
    const b = tf.tensor2d(random(20, 2), [4, 5]);
    const bias = tf.tensor1d(random(5, 3));
    const dense = tf.fused.matMul({ a, b, bias, activation: 'relu' });
    const conv = tf.fused.conv2d({
      x: a.reshape<tf.Tensor4D>([1, 3, 4, 1]),
      filter: b.reshape<tf.Tensor4D>([2, 2, 1, 5]),
      strides: 1,
      pad: 'same',
      bias,
      activation: 'relu6',
    });
    remove();
    expect(ops.filter((op) => /fused/i.test(op))).toEqual([]);
    expect([dense, conv].map(storageFormat)).toEqual([format, format]);
    const split = tf.relu(tf.add(tf.matMul(a, b), bias));
    expect(dense.dataSync()).toEqual(split.dataSync());
  });
});

describe('rounding integers', () => {
  it('changes nothing', () => {
    const x = tf.tensor1d([-12_345_678, 0, 7], 'int32');
    expect(tf.round(x).dataSync()).toEqual(Int32Array.of(-12_345_678, 0, 7));
  });
});

describe('the table of traps', () => {
  it('says for each op why, and what runs instead', () => {
    expect(deviceTraps().length).toBeGreaterThan(0);
    for (const trap of deviceTraps()) expect(trap).toMatchObject({ useInstead: 'fp32' });
    expect(deviceTraps().find(({ op }) => op === 'BiasAddGrad')?.why).toContain('512 ones');
  });

  it('leaves bf16 products alone where the processor has bf16, and fp16 filter gradients never', () => {
    const trapped = (
      op: string,
      format: StorageFormat,
      device: 'cpu' | 'gpu',
      native: StorageFormat[],
    ) => kernelTraps({ device, native }).some((t) => t.op === op && t.formats.includes(format));
    expect(trapped('BatchMatMulV2', 'bf16', 'cpu', ['bf16'])).toBe(false);
    expect(trapped('BatchMatMulV2', 'bf16', 'cpu', [])).toBe(true);
    expect(trapped('Conv2DBackpropFilter', 'fp16', 'cpu', ['bf16', 'fp16'])).toBe(true);
    expect(trapped('Conv2DBackpropFilter', 'fp16', 'gpu', ['bf16', 'fp16'])).toBe(false);
    expect(trapped('Sum', 'fp16', 'gpu', ['bf16', 'fp16'])).toBe(true);
  });
});
