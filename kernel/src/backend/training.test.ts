import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CastPlanner, StorageFormat } from './contract';
import { nativeMemory, onOp, withCastCache } from './load';
import { loadBackend } from '../start';
import { random } from './oracle.fixture';
import { setCastPlanner } from './planner';
import { castTo, storageFormat } from './storage';

const LOW: readonly StorageFormat[] = ['bf16', 'fp16'];

/** Products in `format`; everything else in the widest format of its inputs. */
const products =
  (format: StorageFormat): CastPlanner =>
  (op, inputs) =>
    /MatMul|Conv/.test(op) || inputs.every((input) => !input.isFloat || input.format === format)
      ? format
      : 'fp32';

const handlesNow = (): number => nativeMemory()?.handles ?? NaN;
const bytesNow = (): number => nativeMemory()?.tensorBytes ?? NaN;

beforeAll(() => {
  loadBackend();
});

afterEach(() => {
  setCastPlanner(undefined);
});

describe('a training loop', () => {
  it.each(LOW)(
    'in %s leaves no native handle in 200 steps and keeps variables in fp32',
    (format) => {
      setCastPlanner(products(format));
      const x = tf.tensor4d(random(4 * 8 * 8 * 2, 3), [4, 8, 8, 2]);
      const filter = tf.variable(tf.tensor4d(random(3 * 3 * 2 * 4, 4), [3, 3, 2, 4]));
      const weights = tf.variable(tf.tensor2d(random(144 * 3, 5, 0.1), [144, 3]));
      const optimizer = tf.train.momentum(1e-3, 0.9);
      const step = (): number =>
        tf.tidy(() =>
          withCastCache(() => {
            const loss = optimizer.minimize(() => {
              const hidden = tf.relu(tf.conv2d(x, filter, 1, 'valid'));
              return tf.mean(tf.square(tf.matMul(hidden.reshape([4, 144]), weights))).asScalar();
            }, true);
            return loss?.dataSync()[0] ?? NaN;
          }),
        );
      const first = step();
      step();
      const before = nativeMemory()?.handles;
      let last = NaN;
      for (let i = 0; i < 200; i++) last = step();
      expect(nativeMemory()?.handles).toBe(before);
      expect(last).toBeLessThan(first);
      expect([filter, weights].map(storageFormat)).toEqual(['fp32', 'fp32']);
    },
  );

  it('with a cast cache casts each weight once, forward and backward', () => {
    setCastPlanner(products('bf16'));
    const w = tf.variable(tf.ones([4, 4]));
    const x = castTo(tf.ones([4, 4]), 'bf16');
    const handles: number[] = [];
    tf.matMul(x, w);
    withCastCache(() => {
      const before = handlesNow();
      const y = [1, 2, 3].map(() => tf.matMul(x, w));
      handles.push(handlesNow() - before - y.length);
    });
    expect(handles).toEqual([1]);
  });

  it('computes with the new value after a variable is assigned inside a cast cache', () => {
    setCastPlanner(products('bf16'));
    const w = tf.variable(tf.ones([1, 1]));
    const x = tf.ones([1, 1]);
    const results = withCastCache(() => {
      const before = tf.matMul(x, w).dataSync()[0];
      w.assign(tf.fill([1, 1], 5));
      return [before, tf.matMul(x, w).dataSync()[0]];
    });
    expect(results).toEqual([1, 5]);
  });
});

describe('op listeners', () => {
  it('hear each op with the format it ran in, until they are removed', () => {
    const heard: string[] = [];
    const remove = onOp((op, format) => heard.push(`${op} ${format}`));
    setCastPlanner(products('bf16'));
    tf.relu(tf.matMul(tf.ones([2, 2]), tf.ones([2, 2])));
    remove();
    tf.relu(tf.ones([2]));
    expect(heard.filter((op) => !op.startsWith('Fill'))).toEqual([
      'BatchMatMulV2 bf16',
      'Relu bf16',
    ]);
  });
});

describe('native memory', () => {
  it('counts 16-bit tensors as half of 32-bit ones, and forgets what is disposed', () => {
    const before = bytesNow();
    const wide = tf.ones([1000]);
    const full = bytesNow() - before;
    const low = castTo(wide, 'fp16');
    expect([full, bytesNow() - before]).toEqual([4000, 6000]);
    tf.dispose([wide, low]);
    expect(bytesNow()).toBe(before);
  });
});
