import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { xlaStatistics, type XlaStatistics } from '../../backend/deferred/compile';
import { forgetPrograms, opByOp, stepStatistics } from '../../backend/deferred/steps';
import { nativeMemory } from '../../backend/load';
import { clearSeed, setSeed } from '../../patches/seed';
import { loadBackend } from '../../start';
import { optimizers } from '../optimizers/optimizers';
import { withPrecision } from '../scope';
import { compileStep, type CompileOptions } from './compile-step';
import { compileStatus, setCompile } from './status';
import { MODELS, STEPS, train, type Training } from './training.fixture';

process.env['HALFNOTE_ONE_PROGRAM'] = 'on';

beforeAll(() => {
  loadBackend();
});
afterEach(() => {
  setCompile('off');
  forgetPrograms();
  clearSeed();
  vi.restoreAllMocks();
});

const XLA: CompileOptions = { xla: true };

function eagerly<T>(run: () => T): T {
  const leave = opByOp();
  try {
    return run();
  } finally {
    leave();
  }
}

function statistics(): XlaStatistics {
  const now = xlaStatistics();
  if (now === undefined) throw new Error('there are no programs');
  return now;
}

/** What XLA did during a run: programs that it compiled, runs, and new reasons against it. */
function doneByXla(run: () => void): { programs: number; byXla: number; reasons: string[] } {
  const before = statistics();
  run();
  const after = statistics();
  const known = new Map(before.refusals.map(({ why, count }) => [why, count]));
  return {
    programs: after.programs - before.programs,
    byXla: after.byXla - before.byXla,
    reasons: after.refusals
      .filter(({ why, count }) => count > (known.get(why) ?? 0))
      .map(({ why }) => why),
  };
}

/** Of the largest number of each list. */
function farthest(a: readonly number[][], b: readonly number[][]): number {
  return Math.max(
    ...a.map((list, i) => {
      const largest = Math.max(...list.map(Math.abs));
      return Math.max(...list.map((value, j) => Math.abs(value - (b[i]?.[j] ?? NaN)))) / largest;
    }),
  );
}

/** Adam divides by the gradient's size, and so enlarges what differs in it: last digits after 20 steps. */
const NEAR = 1e-2;

function expectNear(training: Training): ReturnType<typeof doneByXla> {
  const expected = eagerly(() => train(training));
  let seen: number[][] = [];
  const done = doneByXla(() => {
    seen = train({ ...training, wrap: (step) => compileStep(step, XLA) });
  });
  expect(farthest(expected, seen)).toBeLessThan(NEAR);
  return done;
}

const OPTIMIZERS: Readonly<Record<string, () => tf.Optimizer>> = {
  Adam: () => tf.train.adam(1e-3),
  'SGD with momentum': () => tf.train.momentum(0.05, 0.9),
  'AdamW with clipping': () =>
    optimizers.adamw({ learningRate: 1e-3, weightDecay: 0.01, globalClipNorm: 1 }),
};

describe.each(Object.keys(MODELS) as (keyof typeof MODELS)[])('%s that XLA compiles', (model) => {
  it.each(Object.entries(OPTIMIZERS))(
    'trains as op by op but for last digits, by %s',
    (_, optimizer) => {
      const { programs, byXla, reasons } = expectNear({ model, optimizer });
      expect(reasons).toEqual([]);
      expect(programs).toBeGreaterThan(0);
      expect(byXla).toBeGreaterThanOrEqual(STEPS - 4);
    },
  );
});

const ADAM = { model: 'an MLP with dropout', optimizer: () => tf.train.adam(1e-3) } as const;

describe('a training that XLA compiles', () => {
  it('follows a learning rate that changes', () => {
    const before: Training['before'] = (step, optimizer) => {
      (optimizer as unknown as { learningRate: number }).learningRate = 1e-3 / (1 + step);
    };
    const { byXla } = expectNear({ ...ADAM, before });
    expect(byXla).toBeGreaterThan(STEPS / 2);
  });

  it('has a program for each shape', () => {
    const batch: Training['batch'] = (step) => (step % 4 === 3 ? 9 : 16);
    const { byXla } = expectNear({ ...ADAM, batch });
    expect(byXla).toBeGreaterThan(STEPS / 2);
  });

  it('leaves as many handles and bytes as after its first steps', () => {
    const model = MODELS['an MLP with dropout']();
    const optimizer = tf.train.adam(1e-3);
    const [x, y] = [tf.randomNormal([16, 16]), tf.randomNormal([16, 5])];
    const step = compileStep(() => {
      optimizer.minimize(() =>
        tf.losses.meanSquaredError<tf.Tensor, tf.Scalar>(
          y,
          model.apply(x, { training: true }) as tf.Tensor,
        ),
      );
    }, XLA);
    const held = (): unknown => [
      tf.memory().numTensors,
      nativeMemory()?.handles,
      nativeMemory()?.tensorBytes,
    ];
    for (let i = 0; i < 6; i++) step();
    const before = held();
    const { byXla } = doneByXla(() => {
      for (let i = 0; i < 200; i++) step();
    });
    expect(byXla).toBe(200);
    expect(held()).toEqual(before);
    tf.dispose([x, y]);
    model.dispose();
    optimizer.dispose();
  });

  it('shows NaNs as ops one by one do, so that a training that diverges is seen', () => {
    const special = [NaN, Infinity, -Infinity, 0, 1, -1];
    const x = tf.tensor1d(special.flatMap((value) => special.map(() => value)));
    const y = tf.tensor1d(special.flatMap(() => special));
    const all = (): tf.Tensor => {
      const square = x.as2D(special.length, special.length);
      return tf.concat([
        tf.maximum(x, y),
        tf.minimum(x, y),
        tf.relu(x),
        tf.clipByValue(y, -0.5, 0.5),
        square.max(0),
        square.min(1),
        tf.add(x, y),
        tf.mul(x, y),
        tf.where(tf.greater(x, y), x, y),
        tf.isNaN(x).toFloat(),
      ]);
    };
    const expected = eagerly(() => [...all().dataSync()]);
    const step = compileStep(all, XLA);
    let seen: number[] = [];
    const { byXla } = doneByXla(() => {
      for (let i = 0; i < 4; i++) seen = [...step().dataSync()];
    });
    expect(byXla).toBeGreaterThan(0);
    expect(seen).toEqual(expected);
  });

  it('updates variables once where XLA turns out to have no such op', () => {
    const [x, before] = [tf.randomNormal<tf.Rank.R3>([16, 16, 1]), tf.randomNormal([2, 2, 1])];
    const trained = (wrap: (f: () => void) => () => void): number[] => {
      const filter = tf.variable(before);
      const optimizer = tf.train.momentum(0.1, 0.9);
      const step = wrap(() => {
        optimizer.minimize(() =>
          tf.mean(tf.square(tf.dilation2d(x, filter as unknown as tf.Tensor3D, 1, 'same'))),
        );
      });
      for (let i = 0; i < 8; i++) step();
      const seen = [...filter.dataSync()];
      filter.dispose();
      optimizer.dispose();
      return seen;
    };
    const expected = eagerly(() => trained((f) => f));
    const { reasons } = doneByXla(() => {
      expect(trained((f) => compileStep(f, XLA))).toEqual(expected);
    });
    expect(reasons.join()).toMatch(/XLA has no Dilation2D/);
    tf.dispose([x, before]);
  });

  it('keeps the roundings of tf32', () => {
    const [a, b] = [tf.randomNormal<tf.Rank.R2>([32, 32]), tf.randomNormal<tf.Rank.R2>([32, 32])];
    const chain = (): tf.Tensor =>
      tf.matMul(a, b).add(1).mul(0.5).matMul(b).sub(2).abs().sqrt().neg();
    const rounded = (): tf.Tensor => withPrecision('tf32', chain);
    const [exact, expected] = eagerly(() => [chain(), rounded()].map((t) => [...t.dataSync()]));
    const step = compileStep(rounded, XLA);
    let seen: number[] = [];
    const { byXla } = doneByXla(() => {
      for (let i = 0; i < 5; i++) seen = [...step().dataSync()];
    });
    expect(byXla).toBeGreaterThan(0);
    expect(farthest([expected ?? []], [seen])).toBeLessThan(1e-5);
    expect(farthest([expected ?? []], [exact ?? []])).toBeGreaterThan(1e-4);
  });
});

/** Runs a chain of ops ten times; what it gives, each time. */
function repeat(step: (i: number) => tf.Tensor): number[][] {
  return Array.from({ length: 10 }, (_, i) =>
    tf.tidy(() => {
      const seen = step(i);
      return [...seen.dataSync()];
    }),
  );
}

const chain = (x: tf.Tensor): tf.Tensor => x.add(1).mul(0.5).sub(2).abs().sqrt().neg().exp().sin();

describe('what XLA would change runs without it, with the same bits, and the reason is told', () => {
  // More numbers than are compared: XLA computes with what it is fed, not with constants.
  const image = Array.from({ length: 256 }, (_, i) => i / 256);
  const at = (...shape: number[]): tf.Tensor => tf.tensor(image, shape);
  const logits = (): tf.Tensor1D => chain(at(256)).as1D();

  it.each<[string, (i: number) => tf.Tensor, RegExp]>([
    [
      'an axis that varies',
      (i) => tf.reverse(chain(at(16, 16)), i % 2),
      /input 1 of ReverseV2 varies, which XLA has to know/,
    ],
    [
      'an op that XLA has not got',
      () => tf.dilation2d(chain(at(16, 16, 1)) as tf.Tensor3D, tf.ones([2, 2, 1]), 1, 'same'),
      /XLA has no Dilation2D/,
    ],
    [
      'numbers that are drawn',
      () =>
        tf
          .multinomial(logits(), 5)
          .toFloat()
          .add(chain(at(256)).sum()),
      /other numbers under XLA/,
    ],
    [
      'half precision',
      () => withPrecision('bf16', () => tf.matMul(chain(at(16, 16)) as tf.Tensor2D, at(16, 16))),
      /roundings to bf16/,
    ],
  ])('%s', (_, step, why) => {
    // The first time finds out which ops have no kernel in a format.
    eagerly(() => repeat(step));
    setSeed(3);
    const expected = eagerly(() => repeat(step));
    setSeed(3);
    const { byXla, reasons } = doneByXla(() => {
      expect(repeat(compileStep(step, XLA))).toEqual(expected);
    });
    expect(byXla).toBe(0);
    expect(reasons.join()).toMatch(why);
    expect(String(compileStatus())).toMatch(/; without XLA: /);
  });

  it('an op that fails for some values, so that it still does', () => {
    const table = tf.variable(tf.randomNormal([5, 4]));
    const words = tf.randomNormal([5, 4]);
    const optimizer = tf.train.adam(0.1);
    const step = compileStep((word: number) => {
      const index = tf.tensor2d([[0], [word]], [2, 1], 'int32');
      optimizer.minimize(() =>
        tf.mean(tf.square(tf.add(table, tf.sum(tf.gatherND(words, index))))),
      );
    }, XLA);
    const { reasons } = doneByXla(() => {
      for (let i = 0; i < 6; i++) step(i % 5);
    });
    expect(reasons).toEqual(['GatherNd fails for some values, which XLA never does']);
    expect(() => {
      step(7);
    }).toThrow(/does not index into/);
    tf.dispose([table, words]);
    optimizer.dispose();
  });

  it('a policy of half precision, of which compileStep warns once', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const step = compileStep(
      (x: tf.Tensor2D) => tf.matMul(x, x).add(1).mul(0.5).sub(2).abs().sqrt().neg().exp(),
      XLA,
    );
    const x = tf.randomNormal<tf.Rank.R2>([8, 8]);
    const { byXla } = doneByXla(() => {
      withPrecision('bf16', () => repeat(() => step(x)));
    });
    expect(byXla).toBe(0);
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/bf16 runs without XLA.*roundings/)]]);
    x.dispose();
  });
});

describe('compileStep', () => {
  const ignored = (): void => undefined;

  it('makes one program of a step with two updates, with the bits of ops one by one', () => {
    const twice = (wrap: (f: () => tf.Scalar) => () => tf.Scalar): number[] => {
      const [w, v] = [tf.variable(tf.fill([4, 4], 2)), tf.variable(tf.fill([4, 4], 3))];
      const [first, second] = [tf.train.adam(0.1), tf.train.sgd(0.1)];
      const step = wrap(() => {
        first.minimize(() => tf.mean(tf.square(tf.sub(w, v))));
        return second.minimize(() => tf.mean(tf.square(tf.mul(w, v))), true) as tf.Scalar;
      });
      const seen = Array.from({ length: 8 }, () => {
        const loss = step();
        const values = [...loss.dataSync()];
        loss.dispose();
        return values;
      }).flat();
      seen.push(...w.dataSync(), ...v.dataSync());
      tf.dispose([w, v]);
      first.dispose();
      second.dispose();
      return seen;
    };
    const expected = eagerly(() => twice((f) => f));
    const before = stepStatistics();
    expect(twice((f) => compileStep(f))).toEqual(expected);
    const after = stepStatistics();
    expect((after?.steps ?? 0) - (before?.steps ?? 0)).toBe(16);
    const asOne = (after?.asOneProgram ?? 0) - (before?.asOneProgram ?? 0);
    expect(asOne).toBeGreaterThanOrEqual(8);
    // Two steps of optimizers, one run.
    expect((after?.replays ?? 0) - (before?.replays ?? 0)).toBe(asOne / 2);
  });

  it('returns what the function does, and disposes of all else', () => {
    const { numTensors } = tf.memory();
    const step = compileStep((x: tf.Tensor, by: number) => ({ y: chain(x.mul(by)), by }));
    const x = tf.ones([3]);
    const { y, by } = step(x, 4);
    expect(by).toBe(4);
    expect(y.shape).toEqual([3]);
    tf.dispose([x, y]);
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it('passes on what the function throws, and goes on after it', () => {
    const step = compileStep((fails: boolean) => {
      const y = chain(tf.ones([3]));
      if (fails) throw new Error('stop');
      return y;
    });
    const all = [false, false, false, true, false].map((fails) => {
      try {
        return [...step(fails).dataSync()];
      } catch (error) {
        return String(error);
      }
    });
    expect(all[3]).toBe('Error: stop');
    expect(all[4]).toEqual(all[0]);
  });

  it('refuses what it cannot wrap, and options that it has not got', () => {
    expect(() => compileStep('step' as never)).toThrow('"step"; it takes a function');
    expect(() => compileStep(ignored, { jit: true } as never)).toThrow('no option jit');
    expect(() => compileStep(ignored, { xla: 'yes' } as never)).toThrow('true and false');
    for (const options of [null, 5, 'xla', ['xla']]) {
      expect(() => compileStep(ignored, options as never)).toThrow(
        `The options of compileStep are ${JSON.stringify(options)}; they are an object`,
      );
    }
    const step = compileStep((async () => Promise.resolve()) as never);
    expect(() => {
      step();
    }).toThrow('returned a promise');
  });
});

describe('setCompile', () => {
  it('compiles programs that have run ten times, tells so, and stops', () => {
    const expected = eagerly(() => train(ADAM));
    setCompile('xla');
    let seen: number[][] = [];
    const { programs, byXla } = doneByXla(() => {
      seen = train(ADAM);
    });
    expect(farthest(expected, seen)).toBeLessThan(NEAR);
    expect(programs).toBe(1);
    expect(byXla).toBeGreaterThan(0);
    expect(byXla).toBeLessThanOrEqual(STEPS - 10);
    expect(String(compileStatus())).toMatch(
      /last digits.*XLA: \d+ programs compiled in \d+\.\d s; \d+ of \d+ runs/,
    );
    setCompile('off');
    const off = doneByXla(() => {
      expect(train(ADAM)).toEqual(expected);
    });
    expect(off.byXla).toBe(0);
    expect(String(compileStatus())).toMatch(/XLA is off/);
  });

  it('says which policy it does nothing for', () => {
    withPrecision('fp16', () => {
      expect(String(setCompile('xla'))).toMatch(/fp16 runs without XLA/);
    });
  });

  it('refuses what is no compiler', () => {
    expect(() => setCompile('jit' as never)).toThrow("can't be compiled by jit");
  });
});
