import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { NamedTensorMap } from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { optimizers } from '../optimizers/optimizers';
import { autocast } from '../scope';
import { lossScaler } from '../session';
import { loadBackend } from '../../start';
import { setPrecision } from '../status';
import { DynamicLossScaler } from './dynamic';
import { GradScaler } from './grad-scaler';
import type { SkippedStep } from './result';

interface Sequence {
  readonly name: string;
  readonly options: Readonly<
    Record<'init_scale' | 'growth_factor' | 'backoff_factor' | 'growth_interval', number>
  >;
  readonly start: number[];
  readonly gradients: number[][];
  readonly bad: (readonly [number, 'inf' | '-inf' | 'nan'] | null)[];
  readonly trace: { readonly scale: number; readonly tracker: number; readonly weight: number[] }[];
}

/** Made by test/pytorch/generate_loss_scale.py. */
const fixture = JSON.parse(
  readFileSync(join(__dirname, '../../../../test/pytorch/loss_scale.json'), 'utf8'),
) as { readonly learningRate: number; readonly sequences: readonly Sequence[] };

const VALUES = { inf: Infinity, '-inf': -Infinity, nan: NaN };

beforeAll(() => {
  loadBackend();
});
afterEach(() => {
  setPrecision('fp32');
});

function gradientAt({ gradients, bad }: Sequence, step: number): number[] {
  const gradient = [...(gradients[step] ?? [])];
  const [position, value] = bad[step] ?? [];
  if (position !== undefined && value !== undefined) gradient[position] = VALUES[value];
  return gradient;
}

describe('GradScaler and torch.amp.GradScaler', () => {
  const titled = fixture.sequences.map(
    (sequence, i) => [i, sequence.name, sequence.options.growth_interval, sequence] as const,
  );
  it.each(titled)('agree step by step on sequence %i, %s, interval %i', (...[, , , sequence]) => {
    const { init_scale, growth_factor, backoff_factor, growth_interval } = sequence.options;
    const scaler = new GradScaler(
      new DynamicLossScaler({
        initialScale: init_scale,
        growthFactor: growth_factor,
        backoffFactor: backoff_factor,
        growthInterval: growth_interval,
      }),
    );
    const weight = tf.tidy(() => tf.tensor1d(sequence.start).variable());
    const optimizer = optimizers.sgd({ learningRate: fixture.learningRate });
    sequence.trace.forEach((expected, step) => {
      tf.tidy(() => {
        const gradient = tf.tensor1d(gradientAt(sequence, step));
        const { grads } = tf.variableGrads(
          () => scaler.scale(tf.sum<tf.Scalar>(tf.mul(weight, gradient))),
          [weight],
        );
        expect(scaler.step(optimizer, grads)).toBe(sequence.bad[step] === null);
        scaler.update();
      });
      expect(scaler.getScale()).toBe(expected.scale);
      expect(scaler.stateDict()).toMatchObject({ growthTracker: expected.tracker });
      weight.dataSync<'float32'>().forEach((value, i) => {
        expect(value).toBeCloseTo(expected.weight[i] ?? NaN, 5);
      });
    });
    expect(scaler.trace.skippedSteps).toBe(sequence.bad.filter((bad) => bad !== null).length);
    weight.dispose();
    optimizer.dispose();
  });
});

describe('GradScaler', () => {
  const weightOf = (): tf.Variable =>
    tf.tidy(() => tf.tensor1d([1, 2]).variable(true, 'layer/kernel'));

  it('takes the place of the automatic scaling within autocast', () => {
    const weight = weightOf();
    const scaler = new GradScaler(2 ** 10);
    const before = lossScaler().step;
    autocast('fp16', () => {
      tf.tidy(() => {
        const { value, grads } = tf.variableGrads(
          () => scaler.scale(tf.sum<tf.Scalar>(weight)),
          [weight],
        );
        expect(value.dataSync()[0]).toBe(3);
        expect([...(grads['layer/kernel']?.dataSync() ?? [])]).toEqual([1024, 1024]);
        expect(scaler.step(tf.train.sgd(0.5), grads)).toBe(true);
        scaler.update();
        expect(lossScaler().step).toBe(before);
      });
    });
    expect([...weight.dataSync()]).toEqual([0.5, 1.5]);
    weight.dispose();
  });

  it('names the layers of gradients that are not finite, and tells listeners', () => {
    const weight = weightOf();
    const scaler = new GradScaler(8);
    const heard: SkippedStep[] = [];
    scaler.trace.onSkip((skip) => heard.push(skip));
    tf.tidy(() => {
      scaler.step(tf.train.sgd(1), { 'layer/kernel': tf.tensor1d([NaN, Infinity]) });
      scaler.update();
    });
    const gradients = [{ variable: 'layer/kernel', layer: 'layer', nan: 1, infinite: 1, size: 2 }];
    expect(heard).toEqual([{ step: 0, scale: 8, gradients }]);
    expect(scaler.trace.skips).toEqual(heard);
    expect([...weight.dataSync()]).toEqual([1, 2]);
    weight.dispose();
  });

  it('refuses a wrong order, a loss that is no scalar, and a bad scale', () => {
    const scaler = new GradScaler();
    const optimizer = tf.train.sgd(1);
    tf.tidy(() => {
      expect(() => scaler.scale(tf.ones([3, 2]))).toThrow(
        /shape \[3, 2\]; allowed is a scalar, shape \[\]\.\n.*tf\.mean/,
      );
      expect(() => {
        scaler.update();
      }).toThrow(expect.objectContaining({ code: 'nothing-checked' }));
      const gradients = { 'layer/kernel': tf.tensor1d([1, 1]) };
      scaler.unscale(optimizer, gradients);
      expect(() => scaler.unscale(optimizer, gradients)).toThrow(
        expect.objectContaining({ code: 'already-unscaled' }),
      );
      scaler.step(optimizer, gradients);
      expect(() => scaler.step(optimizer, gradients)).toThrow(
        expect.objectContaining({ code: 'already-stepped' }),
      );
    });
    expect(() => new GradScaler(0)).toThrow(/is 0; allowed are numbers > 0/);
    expect(() => new GradScaler('torch' as 'pytorch')).toThrow(/pytorch, keras, none/);
  });

  it.each([[{}], [{ 'layer/kernel': undefined }], [[]], [undefined], [null]])(
    'refuses a step of no gradients, and is as before: %j',
    (gradients) => {
      const scaler = new GradScaler();
      const step = (): boolean =>
        scaler.step(tf.train.sgd(1), gradients as unknown as NamedTensorMap);
      expect(step).toThrow(expect.objectContaining({ code: 'no-gradients' }));
      expect(step).toThrow('tf.variableGrads');
      expect(() => {
        scaler.update();
      }).toThrow(expect.objectContaining({ code: 'nothing-checked' }));
      expect(scaler.stateDict()).toEqual(new GradScaler().stateDict());
    },
  );

  it('goes on from a checkpoint', () => {
    const scaler = new GradScaler('keras');
    const optimizer = tf.train.sgd(1);
    for (let i = 0; i < 3; i++) {
      tf.tidy(() => scaler.step(optimizer, { 'layer/kernel': tf.tensor1d([1, 1]) }));
      scaler.update();
    }
    const restored = new GradScaler('none');
    restored.loadStateDict(JSON.parse(JSON.stringify(scaler.stateDict())) as never);
    expect(restored.stateDict()).toEqual(scaler.stateDict());
    expect(restored.stateDict()).toMatchObject({ scale: 32768, growthTracker: 3 });
  });
});
