import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { setSeed } from '../../patches/seed';
import { QUIET } from '../../precision/quiet.fixture';
import { loadBackend } from '../../start';
import { replaysNow, sameBothWays, useShadow } from './both-ways.fixture';
import { stepStatistics } from './steps';

const expectSameBothWays = sameBothWays(() => setSeed(7));

useShadow();
beforeAll(() => {
  loadBackend();
});

/** A step that asks for numbers of a batch's indices in its middle. */
function step(data: tf.Tensor, order: tf.Tensor, from: number): unknown[] {
  return tf.tidy(() => {
    const before = tf.mul(data, 2);
    const indices = tf.cast(tf.slice(order, from, 3), 'int32');
    const seen = [...indices.dataSync(), ...tf.reshape(indices, [3, 1]).dataSync()];
    const batch = tf.gather(before, indices);
    return [seen, [...tf.sum(batch).dataSync()]];
  });
}

describe('what only moves numbers that were there before', () => {
  it('is read in the middle of a program, which goes on', async () => {
    await expectSameBothWays(() => {
      const data = tf.randomNormal([8, 4]);
      const order = tf.tensor1d([5, 1, 7, 0, 2, 3, 6, 4]);
      const start = replaysNow();
      const seen = [0, 1, 2, 3, 4, 5, 0, 1].map((from) => step(data, order, from));
      // The first begins with the data, two show that where a slice begins varies; each other is one program.
      if (replaysNow() > start) expect(replaysNow() - start).toBe(5);
      tf.dispose([data, order]);
      return seen;
    });
  });

  it('is read of constants that vary, and of ones that are the same each time', async () => {
    await expectSameBothWays(() =>
      [1, 2, 3, 4].map((n) =>
        tf.tidy(() => {
          const varying = tf.cast(tf.tensor1d([n, n + 1]), 'int32');
          const same = tf.reshape(tf.tensor1d([0, 1], 'int32'), [2, 1]);
          const seen = [...varying.dataSync(), ...same.dataSync()];
          return [seen, [...tf.add(varying, 1).dataSync()], [...tf.sub(same, varying).dataSync()]];
        }),
      ),
    );
  });

  it('leaves an index out of range its error at the call', () => {
    const data = tf.ones([3]);
    const gather = (i: number): number[] => [
      ...tf.tidy(() => tf.gather(data, tf.cast(tf.tensor1d([0, i]), 'int32')).dataSync()),
    ];
    for (let i = 0; i < 3; i++) expect(gather(2)).toEqual([1, 1]);
    expect(() => gather(3)).toThrow(/GatherV2: the index value/);
    data.dispose();
  });
});

describe('fit', () => {
  it('runs each step as one program, from the gather of its batch to the update', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ units: 12, activation: 'tanh', inputShape: [6] }),
        tf.layers.dropout({ rate: 0.2 }),
        tf.layers.dense({ units: 3, activation: 'softmax' }),
      ],
    });
    model.compile({
      optimizer: 'adam',
      loss: 'categoricalCrossentropy',
      metrics: ['accuracy'],
    });
    const x = tf.randomNormal([160, 6]);
    const y = tf.oneHot(tf.randomUniform([160], 0, 3, 'int32'), 3);
    const fit = (epochs: number) => model.fit(x, y, { epochs, batchSize: 16, verbose: QUIET });
    await fit(3);
    const [steps, replays] = [stepStatistics()?.asOneProgram ?? NaN, replaysNow()];
    await fit(5);
    // What was recorded of the first fit may differ from the second's beginning.
    expect((stepStatistics()?.asOneProgram ?? NaN) - steps).toBeGreaterThanOrEqual(49);
    expect(replaysNow() - replays).toBeLessThanOrEqual(52);
    tf.dispose([x, y]);
    model.dispose();
  });
});
