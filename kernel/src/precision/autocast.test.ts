import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { onOp } from '../backend/load';
import { loadBackend } from '../start';
import { castTo, storageFormat } from '../backend/storage';
import { castPlanner } from './cast-planner';
import { autocast } from './scope';
import { setPrecision } from './status';

beforeAll(() => {
  loadBackend();
});
afterEach(() => {
  setPrecision('fp32');
});

describe('castPlanner', () => {
  const plan = castPlanner('bf16');
  const low = { isFloat: true, format: 'bf16' } as const;
  const wide = { isFloat: true, format: 'fp32' } as const;
  const half = { isFloat: true, format: 'fp16' } as const;
  const index = { isFloat: false, format: undefined } as const;

  it('gives products the compute format and sums fp32, whatever comes in', () => {
    expect(plan('MatMul', [wide, wide])).toBe('bf16');
    expect(plan('Conv2D', [low, wide])).toBe('bf16');
    expect(plan('Sum', [low, index])).toBe('fp32');
    expect(plan('Softmax', [low])).toBe('fp32');
  });

  it('promotes to the widest, where bf16 and fp16 meet in fp32', () => {
    expect(plan('Mul', [low, low])).toBe('bf16');
    expect(plan('Mul', [low, wide])).toBe('fp32');
    expect(plan('Mul', [low, half])).toBe('fp32');
    expect(plan('Relu', [half])).toBe('fp16');
    expect(plan('Reshape', [low, index])).toBe('bf16');
  });

  it('lets a variable adapt to what it meets', () => {
    const bias = { ...wide, isVariable: true };
    expect(plan('AddV2', [low, bias])).toBe('bf16');
    expect(plan('AddV2', [wide, bias])).toBe('fp32');
    expect(plan('AddV2', [bias, bias])).toBe('fp32');
  });
});

describe('autocast', () => {
  it('has the result types that torch.autocast has', () => {
    // torch.autocast(dtype=bfloat16): mm, conv2d -> bf16; softmax, sum, exp, norm -> fp32; relu follows.
    setPrecision('bf16');
    tf.tidy(() => {
      const x = tf.ones<tf.Rank.R2>([4, 4]);
      const image = tf.ones<tf.Rank.R4>([1, 6, 6, 2]);
      const filter = tf.ones<tf.Rank.R4>([3, 3, 2, 4]);
      const product = tf.matMul(x, x);
      const results = {
        mm: product,
        conv2d: tf.conv2d(image, filter, 1, 'same'),
        depthwise: tf.depthwiseConv2d(image, tf.ones([3, 3, 2, 1]), 1, 'same'),
        relu: tf.relu(product),
        reshape: tf.reshape(product, [16]),
        transpose: tf.transpose(product),
        maxPool: tf.maxPool(tf.conv2d(image, filter, 1, 'same'), 2, 2, 'same'),
        half: tf.mul(product, 0.5),
        softmax: tf.softmax(product),
        sum: tf.sum(product),
        mean: tf.mean(product),
        exp: tf.exp(product),
        log: tf.log(product),
        square: tf.square(product),
        mixed: tf.add(product, x),
      };
      const formats = Object.fromEntries(
        Object.entries(results).map(([name, tensor]) => [name, storageFormat(tensor)]),
      );
      expect(formats).toEqual({
        mm: 'bf16',
        conv2d: 'bf16',
        depthwise: 'bf16',
        relu: 'bf16',
        reshape: 'bf16',
        transpose: 'bf16',
        maxPool: 'bf16',
        half: 'bf16',
        softmax: 'fp32',
        sum: 'fp32',
        mean: 'fp32',
        exp: 'fp32',
        log: 'fp32',
        square: 'fp32',
        mixed: 'fp32',
      });
    });
  });

  it('runs the products of forward and backward pass in the format, and the rest as the table says', () => {
    const formats = new Map<string, Set<string>>();
    const stop = onOp((name, format) => {
      formats.set(name, (formats.get(name) ?? new Set()).add(format));
    });
    tf.tidy(() => {
      const x = tf.ones<tf.Rank.R2>([8, 16]);
      const w = tf.ones<tf.Rank.R2>([16, 4]);
      const loss = (weight: tf.Tensor): tf.Tensor =>
        tf.mean(tf.square(tf.relu(tf.matMul(x, weight as tf.Tensor2D))));
      autocast('fp16', () => tf.grad(loss)(w));
    });
    stop();
    expect([...(formats.get('BatchMatMulV2') ?? [])]).toEqual(['fp16']);
    expect([...(formats.get('Mean') ?? formats.get('Sum') ?? [])]).toEqual(['fp32']);
  });

  it('keeps 100352 ones and the square of a small number right in fp16', () => {
    setPrecision('fp16');
    tf.tidy(() => {
      const ones = castTo(tf.ones([100352]), 'fp16');
      expect(tf.sum(ones).dataSync()[0]).toBe(100352);
      const small = castTo(tf.scalar(2 ** -14), 'fp16');
      expect(tf.square(small).dataSync()[0]).toBe(2 ** -28);
    });
  });
});
