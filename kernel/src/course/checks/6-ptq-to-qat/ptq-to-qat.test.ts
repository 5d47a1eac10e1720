import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { type AnyCheck, runCheck } from '../../run-check';
import { PTQ_TO_QAT } from '.';

interface LearnableChannels {
  readonly steps: number[];
  readonly dy: number[];
  readonly y: number[];
  readonly dx: number[];
  readonly dsteps: number[];
  readonly gradientScale: number;
}
const FIXTURE = join(__dirname, '../../../../../test/pytorch/fake_quantize.json');
const { learnableChannels } = JSON.parse(readFileSync(FIXTURE, 'utf8')) as {
  learnableChannels: LearnableChannels;
};

/** The numbers that PyTorch was given, as `wave` in test/pytorch/generate_fake_quantize.py makes them. */
const wave = (size: number): number[] =>
  Array.from({ length: size }, (_, i) => Math.sin(12.9898 * (i + 1)) + Math.sin(78.233 * (i + 1)));

describe('the references of assignment 6 agree with PyTorch', () => {
  const { steps, dy, y, dx, dsteps, gradientScale } = learnableChannels;
  const x = tf.tensor2d(wave(60), [15, 4]);
  const upstream = tf.tensor2d(dy, [15, 4]);
  const column = (all: Tensor, c: number): Tensor => tf.slice(all, [0, c], [15, 1]);

  it('on values', () => {
    const { reference } = PTQ_TO_QAT['fake-quantize'];
    const got = (reference(x, tf.tensor1d(steps), 4) as Tensor).dataSync();
    got.forEach((value, i) => {
      expect(value).toBeCloseTo(y[i] ?? NaN, 5);
    });
  });

  it('on straight-through gradients', () => {
    const { reference } = PTQ_TO_QAT['straight-through'];
    steps.forEach((step, c) => {
      const op = reference(step, 4) as (x: Tensor) => Tensor;
      const gradient = tf.grad(op)(column(x, c), column(upstream, c)).dataSync();
      gradient.forEach((value, row) => {
        expect(value).toBeCloseTo(dx[row * 4 + c] ?? NaN, 5);
      });
    });
  });

  it('on gradients of a learned scale', () => {
    const { reference } = PTQ_TO_QAT['scale-gradient'];
    steps.forEach((step, c) => {
      const gradient = reference(column(x, c), step, 4, column(upstream, c)) as number;
      expect(gradient * gradientScale).toBeCloseTo(dsteps[c] ?? NaN, 3);
    });
  });
});

describe('assignment 6', () => {
  const tell = (id: keyof typeof PTQ_TO_QAT, fn: unknown) => {
    const check = PTQ_TO_QAT[id] as unknown as AnyCheck;
    return runCheck(check, fn, check.cases).failure;
  };

  it('tells a tensor that is asked for apart from the function that gives it', () => {
    const failure = tell('straight-through', () => tf.scalar(1));
    expect(failure?.difference.problem?.en).toContain('A function is asked for');
  });

  it.each([
    ['hands x on', () => (x: Tensor) => x],
    ['gives nothing', () => () => undefined],
    ['throws', () => () => tf.tensor1d([NaN]).reshape([3])],
  ])('explains what is wrong with a function that %s', (_, fn) => {
    const problem = tell('straight-through', fn)?.difference.problem;
    expect(problem?.en).toContain('or its gradient, throws');
    expect(problem?.zh).toContain('抛出了错误');
  });

  it('says that the gradient of plain rounding is 0', () => {
    const plain = (scale: number, bits: number) => (x: Tensor) => {
      const limit = 2 ** (bits - 1) - 1;
      return tf.mul(tf.clipByValue(tf.round(tf.div(x, scale)), -limit, limit), scale);
    };
    const failure = tell('straight-through', plain);
    expect(failure?.difference.path).toMatch(/^gradient/);
    expect(failure?.hint?.en).toContain('Nothing would be learned');
  });

  it('takes a step written with variables and straight-through rounding of its own', () => {
    const step = (
      masters: Tensor[],
      lossOf: (w: Tensor[]) => tf.Scalar,
      bits: number,
      rate: number,
    ) => {
      const limit = 2 ** (bits - 1) - 1;
      const through = (w: Tensor) =>
        tf.customGrad((...args) => {
          const [input] = args as [Tensor];
          const scale = tf.div(tf.max(tf.abs(input), 0), limit);
          const value = tf.mul(tf.round(tf.div(input, scale)), scale);
          return { value, gradFunc: (dy: Tensor) => dy };
        })(w);
      const variables = masters.map((w) => tf.variable(w));
      const { grads } = tf.variableGrads(() =>
        lossOf(variables.map((w) => (w.rank > 1 ? through(w) : w))),
      );
      return variables.map((w) => {
        const gradient = grads[w.name];
        return gradient === undefined ? w : tf.sub(w, tf.mul(gradient, rate));
      });
    };
    expect(tell('qat-step', step)).toBeUndefined();
  });
});
