import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { clearSeed, setSeed } from '../../patches/seed';
import { withPrecision } from '../../precision/scope';
import { loadBackend } from '../../start';
import { nativeMemory } from '../load';
import { opByOp, stepStatistics } from './steps';

process.env['HALFNOTE_ONE_PROGRAM'] = 'shadow';

beforeAll(() => {
  loadBackend();
});
afterEach(() => {
  clearSeed();
});

/** What a program of the user's may look at and turn. */
interface Loop {
  readonly model: tf.Sequential;
  readonly optimizer: { learningRate?: number };
  batch: number;
  penalty: number;
  readonly log: number[];
}

const STEPS = 24;

/** Trains a small model, with something done before some of its steps; what it sees goes to the log. */
function train(format: string, before: (step: number, loop: Loop) => void): number[] {
  setSeed(7);
  const init = (seed: number) => tf.initializers.glorotUniform({ seed });
  const model = tf.sequential({
    layers: [
      tf.layers.dense({
        units: 16,
        activation: 'relu',
        inputShape: [8],
        kernelInitializer: init(1),
      }),
      tf.layers.dense({ units: 4, kernelInitializer: init(2) }),
    ],
  });
  const x = tf.randomNormal([32, 8]);
  const y = tf.randomNormal([32, 4]);
  const optimizer = tf.train.adam(1e-2);
  const loop: Loop = {
    model,
    optimizer: optimizer as unknown as Loop['optimizer'],
    batch: 32,
    penalty: 0,
    log: [],
  };
  for (let step = 0; step < STEPS; step++) {
    before(step, loop);
    const loss = withPrecision(format, () =>
      optimizer.minimize(
        () =>
          tf.tidy(() => {
            const [a, b] =
              loop.batch === 32 ? [x, y] : [x.slice(0, loop.batch), y.slice(0, loop.batch)];
            const out = model.apply(a, { training: true }) as tf.Tensor;
            const loss = tf.losses.meanSquaredError(b, out);
            if (loop.penalty === 0) return loss as tf.Scalar;
            const [kernel = tf.scalar(0)] = model.getWeights();
            return loss.add<tf.Scalar>(tf.mul(loop.penalty, tf.sum(tf.square(kernel))));
          }),
        true,
      ),
    );
    loop.log.push(...(loss?.dataSync() ?? []));
    loss?.dispose();
  }
  for (const weight of model.getWeights()) loop.log.push(...weight.dataSync());
  tf.dispose([x, y]);
  model.dispose();
  optimizer.dispose();
  return loop.log;
}

const HOSTILE: Readonly<Record<string, (step: number, loop: Loop) => void>> = {
  nothing: () => undefined,
  'another learning rate': (step, { optimizer }) => {
    if (step === 8) optimizer.learningRate = 3e-3;
  },
  'a smaller batch': (step, loop) => {
    loop.batch = step % 7 === 6 ? 20 : 32;
  },
  'weights that are read': (step, { model, log }) => {
    if (step % 5 === 4) log.push(...(model.getWeights()[0]?.dataSync() ?? []));
  },
  'weights that are assigned': (step, { model }) => {
    if (step % 6 !== 5) return;
    tf.tidy(() => {
      model.setWeights(model.getWeights().map((weight) => tf.mul(weight, 0.5)));
    });
  },
  'an evaluation between steps': (step, { model, log }) => {
    if (step % 4 !== 3) return;
    tf.tidy(() => {
      log.push(...(model.predict(tf.ones([5, 8])) as tf.Tensor).dataSync());
    });
  },
  'a branch on what was read': (_, loop) => {
    loop.penalty = (loop.log.at(-1) ?? 1) < 0.9 ? 1e-3 : 0;
  },
  'a penalty that changes each time': (step, loop) => {
    loop.penalty = step * 1e-4;
  },
};

describe.each(['fp32', 'bf16', 'fp16', 'fp8'])('steps as programs in %s', (format) => {
  it.each(Object.entries(HOSTILE))('have the numbers of ops one by one with %s', (_, before) => {
    const leave = opByOp();
    const expected = train(format, before);
    leave();
    const handles = nativeMemory()?.handles;
    const { numTensors } = tf.memory();
    const replays = stepStatistics()?.replays ?? NaN;
    expect(train(format, before)).toEqual(expected);
    expect(stepStatistics()?.replays).toBeGreaterThan(replays);
    expect([tf.memory().numTensors, nativeMemory()?.handles]).toEqual([numTensors, handles]);
  });
});
