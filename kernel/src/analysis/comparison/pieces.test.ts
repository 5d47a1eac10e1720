import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../../start';
import type { PrecisionRow } from '../../payloads/precision/table';
import { samplePrecisionTable } from '../../payloads/samples.fixture';
import { compareFormatOf } from './compare-formats';
import { measurePerBatch } from './energy';
import { fidelity } from './fidelity';
import { remarks } from './remarks';
import { rowScore } from './row-score';
import { chooseScorer } from '../../models/score';
import { median, quantile } from '../../quantities/statistics';
import { timeInterleaved } from './timing';

beforeAll(() => {
  loadBackend();
});

describe('quantile', () => {
  it('interpolates as numpy.quantile does', () => {
    // numpy.quantile([3, 1, 4, 1, 5, 9], [0.5, 0.95, 0, 1])
    const values = [3, 1, 4, 1, 5, 9];
    expect(median(values)).toBe(3.5);
    expect(quantile(values, 0.95)).toBeCloseTo(8, 12);
    expect(quantile(values, 0)).toBe(1);
    expect(quantile(values, 1)).toBe(9);
  });
});

describe('the name that a format goes by', () => {
  it.each([
    ['float32', 'fp32'],
    ['float16', 'fp16'],
    ['bfloat16', 'bf16'],
    ['TensorFloat32', 'tf32'],
    ['e4m3', 'fp8-e4m3'],
    ['float4_e2m1fn', 'fp4'],
    ['mxfp8_e4m3', 'mxfp8'],
    ['fp16-weight-only', 'fp16-weight-only'],
    ['e8m0', undefined],
  ])('%s is compared as %s', (name, own) => {
    expect(compareFormatOf(name)).toBe(own);
  });
});

describe('fidelity', () => {
  const f = (...values: number[]): Float32Array[] => [Float32Array.from(values)];

  it('has no error and infinite SQNR for equal outputs', () => {
    expect(fidelity(f(1, -2, NaN, Infinity), f(1, -2, NaN, Infinity))).toEqual({
      maxError: 0,
      sqnrDb: Infinity,
    });
  });

  it('knows 20 dB: noise of a tenth of the amplitude', () => {
    const { maxError, sqnrDb } = fidelity(f(10, 10), f(11, 9));
    expect(maxError).toBe(1);
    expect(sqnrDb).toBeCloseTo(20, 10);
  });

  it('does not hide a NaN behind later values', () => {
    const { maxError, sqnrDb } = fidelity(f(1, 2, 3), f(1, NaN, 0));
    expect(maxError).toBeNaN();
    expect(sqnrDb).toBeNaN();
  });
});

describe('chooseScorer', () => {
  const score = (labels: tf.Tensor, output: tf.Tensor, loss?: string): [string, number] => {
    const scorer = chooseScorer(labels, [null, ...output.shape.slice(1)], loss, undefined);
    const sum = Array.from(scorer.each(labels, output)).reduce((a, b) => a + b, 0);
    return [scorer.metric, sum];
  };
  const output = tf.tensor2d([
    [0.1, 0.9],
    [0.8, 0.2],
    [0.4, 0.6],
  ]);

  it('counts hits for one-hot rows and for class numbers', () => {
    expect(
      score(
        tf.tensor2d([
          [0, 1],
          [1, 0],
          [1, 0],
        ]),
        output,
      ),
    ).toEqual(['accuracy', 2]);
    expect(score(tf.tensor1d([1, 0, 1], 'int32'), output)).toEqual(['accuracy', 3]);
    expect(score(tf.tensor2d([[1], [1], [1]]), output)).toEqual(['accuracy', 2]);
  });

  it('takes 0.5 as the threshold of a single output', () => {
    expect(score(tf.tensor1d([1, 0, 0]), tf.tensor2d([[0.7], [0.2], [0.6]]))).toEqual([
      'accuracy',
      2,
    ]);
  });

  it('takes the compiled loss for values, else the squared error', () => {
    const values = tf.tensor2d([[0.5], [-1], [2.5]]);
    const predicted = tf.tensor2d([[0.5], [0], [0.5]]);
    const [metric, sum] = score(values, predicted);
    expect(metric).toBe('loss');
    expect(sum).toBeCloseTo(5, 5);
    expect(score(values, predicted, 'meanAbsoluteError')[1]).toBeCloseTo(3, 5);
  });

  it('refuses labels that fit neither', () => {
    expect(() => score(tf.ones([3, 5]), output)).toThrow(
      /Labels of shape \[3, 5\] don't match the model's output \[batch, 2\]/,
    );
    expect(() => chooseScorer(tf.fill([3, 2], 0.5), [null, 2], undefined, 'accuracy')).toThrow(
      /are no classes/,
    );
  });
});

describe("a row's score", () => {
  const hits = (right: number): number[] =>
    Array.from({ length: 100 }, (_, i) => Number(i < right));

  it('has an interval, and is tested on the samples that the baseline was scored on', () => {
    const { score, scoreInterval, scoreTest } = rowScore('accuracy', hits(80), hits(90));
    expect(score).toBe(0.8);
    // Wilson, by SciPy: binomtest(80, 100).proportion_ci(method='wilson')
    expect(scoreInterval?.map((end) => end.toFixed(4))).toEqual(['0.7112', '0.8666']);
    expect(scoreTest).toMatchObject({ test: 'mcnemar', p: 2 ** -10 });
    expect(scoreTest?.difference).toBeCloseTo(-0.1, 12);
  });

  it('of the baseline itself is not tested, and of no labels is none', () => {
    expect(rowScore('accuracy', hits(90), undefined).scoreTest).toBeUndefined();
    expect(rowScore('none', [], [])).toEqual({ score: null });
    expect(rowScore('loss', [1, NaN], [1, 1])).toEqual({ score: 'NaN' });
  });

  it('that is a loss is tested by its mean', () => {
    const losses = (offset: number): number[] => hits(50).map((x, i) => x + offset + (i % 7) / 100);
    const { scoreTest, scoreInterval } = rowScore('loss', losses(0.2), losses(0));
    expect(scoreTest).toMatchObject({ test: 'bootstrap' });
    expect(scoreTest?.difference).toBeCloseTo(0.2, 9);
    expect(scoreInterval).toHaveLength(2);
  });
});

describe('remarks', () => {
  const row = (format: string, speedup: number | null): PrecisionRow => ({
    ...(samplePrecisionTable.rows[0] as PrecisionRow),
    format,
    speedup,
    execution: speedup === null ? 'simulated' : 'native',
    latencyS: speedup === null ? null : { median: 1, p95: 1, runs: 1 },
  });

  it('name each format that is slower than the baseline, and the simulated ones', () => {
    const rows = [row('fp32', 1), row('int8', 0.8), row('bf16', 1.9), row('fp16', null)];
    expect(remarks([...rows, row('int4', 1.04), row('nf4', null)], 'fp32', 4)).toEqual([
      'No gain in time here at batch size 4, against the speed of fp32: int8 0.80x, int4 1.04x.',
      'Simulated here, so that errors are real and no speed is shown: fp16, nf4.',
    ]);
  });

  it('explain missing speedups when the baseline is simulated', () => {
    expect(remarks([row('bf16', null), row('fp32', null)], 'bf16', 1)[0]).toMatch(
      /^No speedups: the baseline, bf16, is simulated here/,
    );
  });
});

describe('timeInterleaved', () => {
  it('rests before each run where it is asked to', () => {
    const gaps: number[] = [];
    let last = performance.now();
    const run = (): void => {
      gaps.push(performance.now() - last);
      last = performance.now();
    };
    timeInterleaved([run, run], { repeats: 3, warmUp: 1, budgetS: 60, restMs: 20 });
    expect(gaps).toHaveLength(8);
    expect(Math.min(...gaps)).toBeGreaterThan(19);
  });

  it('gives each function the same number of runs, and turns who goes first', () => {
    const order: string[] = [];
    const runs = ['a', 'b', 'c'].map((name) => () => {
      order.push(name);
    });
    const latencies = timeInterleaved(runs, { repeats: 3, warmUp: 1, budgetS: 60 });
    expect(order.join('')).toBe('abc' + 'abc' + 'bca' + 'cab');
    expect(latencies.map(({ runs: count }) => count)).toEqual([3, 3, 3]);
  });

  it('makes fewer rounds when the budget would not last, but at least three', () => {
    const [latency] = timeInterleaved([() => undefined], { repeats: 50, warmUp: 1, budgetS: 0 });
    expect(latency?.runs).toBe(3);
  });
});

describe('measurePerBatch', () => {
  it('divides a window’s energy by the runs in it', async () => {
    let runs = 0;
    const reading = await measurePerBatch(
      (_, work) => {
        work();
        const interval = { low: 5 * runs, high: 20 * runs };
        return { energyJ: 10 * runs, interval, co2eG: runs, method: 'modelled', source: 'test' };
      },
      'window',
      () => {
        runs++;
      },
      0.01,
    );
    expect(runs).toBeGreaterThan(1);
    expect(reading).toEqual({
      energyJ: 10,
      interval: { low: 5, high: 20 },
      co2eG: 1,
      method: 'modelled',
      source: 'test',
    });
  });
});
