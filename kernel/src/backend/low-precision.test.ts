import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { deviceFacts, loadBackend, nativeMemory } from './load';
import { castTo, storageFormat } from './storage';
import { setCastPlanner } from './planner';

beforeAll(() => {
  loadBackend();
});

describe('16-bit tensors', () => {
  it('keeps JS dtype float32 and reads as Float32Array', () => {
    const half = castTo(tf.tensor1d([1, 2.5, 1e-7, 1e6]), 'fp16');
    expect(half.dtype).toBe('float32');
    expect(storageFormat(half)).toBe('fp16');
    expect(half.dataSync()).toEqual(Float32Array.of(1, 2.5, 2 ** -23, Infinity));
    half.dispose();
  });
  it('goes', () => {
    console.log(JSON.stringify(deviceFacts(), null, 1), nativeMemory());
    setCastPlanner((op) => (op === 'BatchMatMulV2' ? 'bf16' : 'fp32'));
    const y = tf.matMul(tf.ones([2, 2]), tf.ones([2, 2]));
    expect(storageFormat(y)).toBe('bf16');
    setCastPlanner(undefined);
  });
});
