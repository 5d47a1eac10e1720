import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { loadBackend } from '../../start';
import { handleOf } from '../../backend/raw';
import { PART_BYTES } from '../parts';
import { SharedMemory } from './shared-memory';

loadBackend();

describe('SharedMemory', () => {
  it('reads rows that TensorFlow holds, of any size, again and again', () => {
    const memory = new SharedMemory();
    for (const [rows, size, start, count] of [
      [10, 3, 0, 10],
      [10, 3, 2, 5],
      [7, 1000, 6, 1],
      [300, 4099, 17, 250],
      [10, 3, 4, 6],
    ] as const) {
      const x = tf.add(tf.randomNormal([rows, size]), 0);
      const read = memory.read(handleOf(x), size, { start, count });
      expect(read).toEqual(x.slice(start, count).dataSync());
      x.dispose();
    }
    memory.dispose();
  });

  it('uses the same memory each time', () => {
    const memory = new SharedMemory();
    const [x, y] = [1, 2].map((value) => tf.add(tf.zeros([4, 8]), value));
    const ones = memory.read(handleOf(x as tf.Tensor), 8, { start: 0, count: 4 });
    const twos = memory.read(handleOf(y as tf.Tensor), 8, { start: 0, count: 4 });
    expect(twos?.buffer).toBe(ones?.buffer);
    expect(new Set(ones)).toEqual(new Set([2]));
    // What it was read of is as it was.
    expect(new Set(x?.dataSync())).toEqual(new Set([1]));
    memory.dispose();
  });

  it('keeps no more than a part', () => {
    const memory = new SharedMemory();
    const x = tf.add(tf.zeros([2, PART_BYTES / 8 + 1]), 0);
    const size = PART_BYTES / 8 + 1;
    expect(memory.read(handleOf(x), size, { start: 0, count: 2 })).toBeUndefined();
    expect(memory.read(handleOf(x), size, { start: 1, count: 1 })).toHaveLength(size);
    x.dispose();
    memory.dispose();
  });
});
