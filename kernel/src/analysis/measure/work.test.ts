import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { variantOf } from './work';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('measured work', () => {
  it('leaves no tensors behind when it is synchronous, also when it throws', () => {
    const before = tf.memory().numTensors;
    const variant = variantOf('square', () => tf.ones([4]).square());
    for (let i = 0; i < 5; i++) variant.run();
    const failing = variantOf('failing', () => {
      tf.ones([2]);
      throw new Error('no');
    });
    expect(() => failing.run()).toThrow('no');
    expect(tf.memory().numTensors).toBe(before);
  });

  it('keeps the tensors of asynchronous work, which are still in use', async () => {
    const variant = variantOf('later', async () => {
      const x = tf.ones([3]);
      await Promise.resolve();
      const sum = x.sum();
      const [value] = await sum.data();
      tf.dispose([x, sum]);
      return value;
    });
    const before = tf.memory().numTensors;
    expect(await variant.run()).toBe(3);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('keeps promises of functions that are not marked asynchronous, too', async () => {
    const x = tf.ones([3]);
    const variant = variantOf('data', () => {
      const y = x.add(1);
      return Promise.resolve().then(() => y.data());
    });
    expect(Array.from((await variant.run()) as Float32Array)).toEqual([2, 2, 2]);
  });

  it('waits for the device without leaving anything there', async () => {
    const before = tf.memory().numTensors;
    await variantOf('none', () => undefined).synchronize?.();
    expect(tf.memory().numTensors).toBe(before);
  });
});
