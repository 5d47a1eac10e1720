import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { nativeMemory, onOp } from '../backend/load';
import { loadBackend } from '../start';
import { castTo, storageFormat } from '../backend/storage';

beforeAll(() => {
  loadBackend();
});

function opsOf(run: () => void): string[] {
  const names: string[] = [];
  const stop = onOp((name) => names.push(name));
  try {
    run();
  } finally {
    stop();
  }
  return names;
}

describe('an operation that changes nothing', () => {
  it('does not reach TensorFlow, and the values stay', () => {
    const x = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
    const names = opsOf(() => {
      expect([...tf.reshape(x, [2, 3]).dataSync()]).toEqual([1, 2, 3, 4, 5, 6]);
      expect([...tf.cast(x, 'float32').dataSync()]).toEqual([1, 2, 3, 4, 5, 6]);
    });
    expect(names).toEqual([]);
  });

  it('reaches it when the shape or the type is another', () => {
    const x = tf.tensor2d([1, 0, 3, 4], [2, 2]);
    const names = opsOf(() => {
      expect(tf.reshape(x, [4]).shape).toEqual([4]);
      expect(tf.reshape(x, [-1, 2]).shape).toEqual([2, 2]);
      expect([...tf.cast(x, 'bool').dataSync()]).toEqual([1, 0, 1, 1]);
    });
    expect(names).toContain('Reshape');
    expect(names).toContain('Cast');
  });

  it('keeps the data until the last of its tensors is disposed of', () => {
    const before = nativeMemory()?.handles;
    const x = tf.ones([64, 64]);
    const same = tf.reshape(x, [64, 64]);
    const cast = tf.cast(same, 'float32');
    x.dispose();
    same.dispose();
    expect(cast.dataSync()[4095]).toBe(1);
    cast.dispose();
    expect(nativeMemory()?.handles).toBe(before);
  });

  it('keeps 16-bit storage', () => {
    const x = castTo(tf.tensor1d([1, 2]), 'bf16');
    expect(storageFormat(tf.reshape(x, [2]))).toBe('bf16');
    expect(storageFormat(tf.cast(x, 'float32'))).toBe('bf16');
  });

  it('is passed through by gradients', () => {
    const slope = tf.grad((x) => tf.sum(tf.square(tf.reshape(tf.cast(x, 'float32'), [2]))));
    expect([...slope(tf.tensor1d([3, -1])).dataSync()]).toEqual([6, -2]);
  });
});
