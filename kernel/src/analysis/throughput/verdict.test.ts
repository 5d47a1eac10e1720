import { expect, it } from 'vitest';
import { exact } from '../../quantities/make';
import type { TargetRun, ThroughputResult, ThroughputRow, TrainingToTargetResult } from './result';
import { targetVerdict, throughputVerdict } from './verdict';

const row = (batchSize: number, samplesPerS: number, p99: number | null): ThroughputRow => ({
  batchSize,
  latencyS: { p50: batchSize / samplesPerS, p50Interval: null, p95: null, p99, runs: 9 },
  samplesPerS,
});
const result = (...rows: readonly ThroughputRow[]): ThroughputResult => ({
  model: 'net',
  format: 'bf16',
  execution: 'native',
  device: 'cpu',
  threads: 2,
  rows,
});
const named = { model: 'net', x: 'xTest' };

it('says at which batch most samples come, and measures longer where the tail is not known', () => {
  expect(throughputVerdict(result(row(1, 100, 1), row(8, 400, null)), named)).toEqual({
    sentence:
      'Most samples a second at batch 8: 400 samples/s, half of the batches within 20.0 ms; 4.00 times those of batch 1.',
    tone: 'good',
    next: '%throughput net --data xTest --batch 1,8 --seconds 10',
  });
  const known = result(row(1, 100, 1), row(8, 50, 1));
  expect(throughputVerdict(known, named).next).toBeUndefined();
  expect(throughputVerdict(known, named).sentence).not.toContain('times those');
  expect(throughputVerdict(result(row(1, 100, null)), { ...named, x: undefined })).toEqual({
    sentence: '100 samples/s at batch 1, half of the batches within 10.0 ms.',
    tone: 'good',
  });
});

it('says no speed of a format that is simulated', () => {
  const simulated = throughputVerdict({ ...result(), execution: 'simulated' }, named);
  expect(simulated.tone).toBe('caution');
  expect(simulated.sentence).toContain('no speed is shown');
});

const run = (epoch: number | null): TargetRun => ({
  epoch,
  epochs: 20,
  best: 0.9,
  durationS: 3,
  energyJ: exact(40, { method: 'counter' }),
});
const training = (...runs: readonly TargetRun[]): TrainingToTargetResult => ({
  ...result(),
  target: 'accuracy >= 0.95',
  metric: 'acc',
  validated: false,
  from: 'initializers',
  maxEpochs: 20,
  batchSize: 32,
  runs,
  mean: null,
});

it('says when a target was met and what it took, and is a problem where it never was', () => {
  expect(targetVerdict(training(run(7)))).toEqual({
    sentence: 'accuracy >= 0.95 was met in epoch 7, after 3.00 s and 40.00 J.',
    tone: 'good',
  });
  expect(targetVerdict(training(run(7), run(null)))).toMatchObject({
    sentence: expect.stringMatching(/was met in 1 of 2 trainings of at most 20 epochs; /) as string,
    tone: 'caution',
  });
  expect(targetVerdict(training(run(null)))).toMatchObject({
    sentence: expect.stringMatching(/was not met in 1 training of at most 20 epochs/) as string,
    tone: 'problem',
  });
});
