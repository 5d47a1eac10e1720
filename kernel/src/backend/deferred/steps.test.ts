import vm from 'node:vm';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HOST } from '../../host';
import { clearSeed, setSeed } from '../../patches/seed';
import { GradScaler } from '../../precision/loss-scale/grad-scaler';
import { optimizers } from '../../precision/optimizers/optimizers';
import { QUIET } from '../../precision/quiet.fixture';
import { withPrecision } from '../../precision/scope';
import { precisionStatus } from '../../precision/status';
import { loadBackend } from '../../start';
import { nativeMemory } from '../load';
import { replaysNow, sameBothWays, useShadow } from './both-ways.fixture';
import { opByOp, stepStatistics } from './steps';

const expectSameBothWays = sameBothWays(() => setSeed(7));

useShadow();
beforeAll(() => {
  loadBackend();
});
afterEach(() => {
  clearSeed();
  (globalThis as { [HOST]?: unknown })[HOST] = undefined;
});

const values = (tensor: tf.Tensor | null | undefined): number[] => [...(tensor?.dataSync() ?? [])];
const weightsOf = (model: tf.LayersModel): number[] => model.getWeights().flatMap(values);

function small(...between: tf.layers.Layer[]): tf.Sequential {
  const first = tf.layers.dense({ units: 12, activation: 'tanh', inputShape: [6] });
  return tf.sequential({ layers: [first, ...between, tf.layers.dense({ units: 3 })] });
}

/** Steps of an optimizer on a model; gives the losses. */
function steps(model: tf.LayersModel, optimizer: tf.Optimizer, count: number): number[] {
  const [x, y] = [tf.randomNormal([16, 6]), tf.randomNormal([16, 3])];
  const losses = Array.from({ length: count }, () => {
    const loss = optimizer.minimize(
      () =>
        tf.losses.meanSquaredError<tf.Tensor, tf.Scalar>(
          y,
          model.apply(x, { training: true }) as tf.Tensor,
        ),
      true,
    );
    const seen = values(loss);
    loss?.dispose();
    return seen;
  });
  tf.dispose([x, y]);
  return losses.flat();
}

describe.each(['fp32', 'bf16', 'fp16', 'fp8'])(
  'programs give the numbers of ops in %s',
  (format) => {
    const inFormat = <T>(run: () => T): T => withPrecision(format, run);

    it('under fit with dropout, batch normalization, a metric, validation and early stopping', async () => {
      await expectSameBothWays(async () => {
        const model = small(tf.layers.dropout({ rate: 0.3 }), tf.layers.batchNormalization());
        model.compile({ optimizer: 'adam', loss: 'meanSquaredError', metrics: ['mae'] });
        const [x, y] = [tf.randomNormal([50, 6]), tf.randomNormal([50, 3])];
        const { history } = await inFormat(() =>
          model.fit(x, y, {
            epochs: 6,
            batchSize: 16,
            verbose: QUIET,
            validationSplit: 0.2,
            callbacks: tf.callbacks.earlyStopping({ monitor: 'val_loss', patience: 2 }),
          }),
        );
        const seen = [history, weightsOf(model)];
        tf.dispose([x, y]);
        model.dispose();
        return seen;
      });
    });

    it('with two models that are trained in turn, one of which is disposed in the middle', async () => {
      await expectSameBothWays(() =>
        inFormat(() => {
          const [a, b] = [small(), small(tf.layers.dense({ units: 5, activation: 'relu' }))];
          const [forA, forB] = [tf.train.adam(0.01), tf.train.sgd(0.1)];
          const losses: number[] = [];
          for (let i = 0; i < 12; i++) {
            losses.push(...steps(a, forA, 1));
            if (i < 8) losses.push(...steps(b, forB, 1));
            if (i === 8) b.dispose();
          }
          const seen = [...losses, ...weightsOf(a)];
          a.dispose();
          forA.dispose();
          forB.dispose();
          return seen;
        }),
      );
    });

    it('with gradients of several batches in one step, decay and clipping', async () => {
      await expectSameBothWays(() =>
        inFormat(() => {
          const model = small();
          const optimizer = optimizers.adamw({
            learningRate: 0.02,
            weightDecay: 0.01,
            globalClipNorm: 0.5,
            gradientAccumulationSteps: 3,
          });
          const seen = [...steps(model, optimizer, 18), ...weightsOf(model)];
          model.dispose();
          optimizer.dispose();
          return seen;
        }),
      );
    });
  },
);

describe('a loop written by hand', () => {
  it('with a GradScaler, whose decision stands between two programs of a step', async () => {
    await expectSameBothWays(() =>
      withPrecision('fp16', () => {
        const model = small();
        const optimizer = tf.train.adam(0.01);
        const scaler = new GradScaler(2 ** 20);
        const [x, y] = [tf.randomNormal([16, 6]), tf.randomNormal([16, 3])];
        const seen: number[] = [];
        for (let i = 0; i < 16; i++) {
          tf.tidy(() => {
            const { value, grads } = tf.variableGrads(() =>
              scaler.scale(
                tf.losses.meanSquaredError<tf.Tensor, tf.Scalar>(y, model.apply(x) as tf.Tensor),
              ),
            );
            scaler.step(optimizer, grads);
            scaler.update();
            seen.push(...values(value), scaler.getScale());
          });
        }
        seen.push(...weightsOf(model));
        tf.dispose([x, y]);
        model.dispose();
        optimizer.dispose();
        return seen;
      }),
    );
  });

  it('that assigns weights itself and keeps a moving average', async () => {
    await expectSameBothWays(() => {
      const w = tf.variable(tf.randomNormal([6, 3]));
      const average = tf.variable(tf.zeros([6, 3]));
      const [x, y] = [tf.randomNormal([16, 6]), tf.randomNormal([16, 3])];
      const seen: number[] = [];
      for (let i = 0; i < 14; i++) {
        tf.tidy(() => {
          const gradient = tf.grad((v) =>
            tf.mean(tf.square(tf.sub(tf.matMul(x, v as tf.Tensor2D), y))),
          )(w);
          w.assign(tf.sub(w, tf.mul(gradient, 0.1)));
          average.assign(tf.add(tf.mul(average, 0.9), tf.mul(w, 0.1)));
        });
        if (i % 3 === 0) seen.push(...values(average));
        else values(w);
      }
      seen.push(...values(w));
      tf.dispose([w, average, x, y]);
      return seen;
    });
  });

  it('that fills one array anew for each batch, and for each of its parts', async () => {
    await expectSameBothWays(() => {
      const scratch = new Float32Array(96);
      const fill = (seed: number): tf.Tensor2D => {
        for (let i = 0; i < scratch.length; i++) scratch[i] = Math.sin(seed * 97 + i);
        return tf.mul(tf.tensor2d(scratch, [16, 6]), 1);
      };
      const model = small();
      const optimizer = tf.train.sgd(0.1);
      const seen: number[] = [];
      for (let i = 0; i < 10; i++) {
        tf.tidy(() => {
          const [a, b] = [fill(i), fill(i + 0.5)];
          const loss = optimizer.minimize(
            () => tf.mean(tf.square(tf.sub(model.apply(a) as tf.Tensor, b.slice([0, 0], [16, 3])))),
            true,
          );
          seen.push(...values(loss));
        });
      }
      model.dispose();
      optimizer.dispose();
      return seen;
    });
  });

  it('whose op fails in the middle of a program: weights stay as they were', () => {
    const table = tf.variable(tf.randomNormal([5, 4]));
    const words = tf.randomNormal([5, 4]);
    const optimizer = tf.train.adam(0.1);
    const step = (word: number): void => {
      const index = tf.tensor2d([[0], [word]], [2, 1], 'int32');
      optimizer.minimize(() =>
        tf.mean(tf.square(tf.add(table, tf.sum(tf.gatherND(words, index))))),
      );
      index.dispose();
    };
    const replays = replaysNow();
    for (let i = 0; i < 6; i++) step(i % 5);
    expect(replaysNow()).toBeGreaterThan(replays);
    const before = values(table);
    expect(() => {
      step(7);
    }).toThrow(/does not index into/);
    expect(values(table)).toEqual(before);
    const handles = nativeMemory()?.handles;
    for (let i = 0; i < 4; i++) step(i);
    expect(values(table)).not.toEqual(before);
    expect(nativeMemory()?.handles).toBe(handles);
    tf.dispose([table, words]);
    optimizer.dispose();
  });

  it('that throws in the middle of a step goes on as if nothing had waited', async () => {
    await expectSameBothWays(() => {
      const model = small();
      const optimizer = tf.train.momentum(0.1, 0.9);
      const x = tf.randomNormal([16, 6]);
      const seen: number[] = [];
      for (let i = 0; i < 14; i++) {
        try {
          tf.tidy(() => {
            const loss = optimizer.minimize(() => {
              const out = tf.mean(tf.square(model.apply(x) as tf.Tensor));
              if (i % 5 === 4) throw new Error('stop');
              return out.asScalar();
            }, true);
            seen.push(...values(loss));
          });
        } catch (error) {
          seen.push(String(error).length);
        }
      }
      seen.push(...weightsOf(model));
      x.dispose();
      model.dispose();
      optimizer.dispose();
      return seen;
    });
  });

  it.each([3, 17, 40, 61])('is interrupted after %i ops and leaves nothing behind', (ops) => {
    const model = small();
    const optimizer = tf.train.adam(0.01);
    const train = (): number[] => steps(model, optimizer, 1);
    for (let i = 0; i < 5; i++) train();
    const before = [nativeMemory()?.handles, model.countParams()];
    const tensors = tf.memory().numTensors;
    let left = ops;
    (globalThis as { [HOST]?: unknown })[HOST] = {
      throwIfInterrupted: () => {
        left -= 1;
        if (left < 0) throw new Error('interrupted');
      },
    };
    expect(() => {
      tf.tidy(() => {
        for (let i = 0; i < 9; i++) train();
      });
    }).toThrow('interrupted');
    (globalThis as { [HOST]?: unknown })[HOST] = undefined;
    expect(tf.memory().numTensors).toBe(tensors);
    expect([nativeMemory()?.handles, model.countParams()]).toEqual(before);
    expect(train().every(Number.isFinite)).toBe(true);
    expect(weightsOf(model).every(Number.isFinite)).toBe(true);
    model.dispose();
    optimizer.dispose();
  });
});

describe('what wants to see each op', () => {
  it('is told the time of an op by tf.time and tf.profile', async () => {
    const x = tf.ones([300, 300]);
    const run = (): void => {
      for (let i = 0; i < 10; i++)
        tf.tidy(() => tf.matMul(x, x).relu().add(1).mul(2).sum().sqrt().log().dataSync());
    };
    run();
    const profile = await tf.profile(() => {
      const y = tf.tidy(() => tf.matMul(x, x).relu());
      y.dispose();
      return x;
    });
    // tfjs types it as a number; it comes later.
    const times = profile.kernels.map(({ kernelTimeMs }) => kernelTimeMs as unknown);
    expect(Number(await times[0])).toBeGreaterThan(0.05);
    x.dispose();
  });

  it('holds programs until it is done', () => {
    const model = small();
    const optimizer = tf.train.sgd(0.1);
    steps(model, optimizer, 4);
    const leave = opByOp();
    const replays = replaysNow();
    steps(model, optimizer, 3);
    expect(replaysNow()).toBe(replays);
    leave();
    steps(model, optimizer, 3);
    expect(replaysNow()).toBeGreaterThan(replays);
    optimizer.dispose();
    model.dispose();
  });
});

describe('what broke a program', () => {
  it('is told by %precision, with the place in the code', () => {
    const model = small();
    const optimizer = tf.train.sgd(0.1);
    const x = tf.randomNormal([16, 6]);
    const script = `(tf, model, optimizer, x) => {
      const step = (isOther) =>
        optimizer.minimize(() => {
          const out = model.apply(x);
          return tf.mean(isOther ? tf.cosh(out) : tf.square(out));
        });
      for (const isOther of [false, false, false, true]) step(isOther);
    }`;
    const cell = vm.runInThisContext(script, { filename: '/notebook/cell.js' }) as (
      ...args: unknown[]
    ) => void;
    cell(tf, model, optimizer, x);
    expect(stepStatistics()?.misses).toContainEqual({
      why: 'Cosh in place of Square, /notebook/cell.js:5:39',
      count: 1,
    });
    expect(String(precisionStatus())).toMatch(
      /Steps run as one program: \d+ of \d+; misses: .* in place of /,
    );
    x.dispose();
    optimizer.dispose();
    model.dispose();
  });
});

describe('a long training', () => {
  it('of 2000 steps holds no more than it did after ten', () => {
    const model = small();
    const optimizer = tf.train.adam(0.01);
    const [x, y] = [tf.randomNormal([16, 6]), tf.randomNormal([16, 3])];
    const train = (count: number): void => {
      for (let i = 0; i < count; i++) {
        optimizer.minimize(() =>
          tf.losses.meanSquaredError<tf.Tensor, tf.Scalar>(y, model.apply(x) as tf.Tensor),
        );
      }
    };
    train(10);
    const held = (): unknown => [
      tf.memory().numTensors,
      tf.memory().numBytes,
      nativeMemory()?.handles,
      nativeMemory()?.tensorBytes,
      stepStatistics()?.programs,
    ];
    const before = held();
    const asOneProgram = stepStatistics()?.asOneProgram ?? NaN;
    train(2000);
    expect(held()).toEqual(before);
    expect(stepStatistics()?.asOneProgram).toBe(asOneProgram + 2000);
    tf.dispose([x, y]);
    optimizer.dispose();
    model.dispose();
  }, 600_000);
});
