import { expect, it } from 'vitest';
import type { FormatMemory, TrainingMemoryResult } from './result';
import { inferenceMemoryVerdict, trainingMemoryVerdict } from './verdict';

const held = { weights: 40, copies: 0, gradients: 40, optimizer: 80, activations: 320 };
const format = (
  name: FormatMemory['format'],
  peak: number,
  execution: FormatMemory['execution'] = 'native',
): FormatMemory => ({
  format: name,
  execution,
  layers: [],
  total: held,
  batchBytes: 8,
  predictedPeakBytes: 1,
  measuredPeakBytes: peak,
});
const memory = (...formats: readonly FormatMemory[]): TrainingMemoryResult => ({
  model: 'net',
  batchSize: 32,
  optimizer: 'adam',
  formats,
});

it('says how much less the narrowest format takes, and proposes its policy', () => {
  const result = memory(format('fp32', 1000), format('fp16', 690), format('bf16', 700));
  expect(trainingMemoryVerdict(result, 'net')).toEqual({
    sentence: 'fp16 takes 31.0% less than fp32 at its peak, 690 B instead of 1.00 kB.',
    tone: 'good',
    next: '%precision fp16',
  });
  const simulated = memory(format('fp32', 1000), format('bf16', 700, 'simulated'));
  expect(trainingMemoryVerdict(simulated, 'net')).toMatchObject({ tone: 'caution' });
});

it('says so where no format takes less', () => {
  const { sentence, tone, next } = trainingMemoryVerdict(
    memory(format('fp32', 1000), format('bf16', 1000)),
    'net',
  );
  expect(sentence).toMatch(/^No format here takes less than fp32 at batch 32/);
  expect([tone, next]).toEqual(['caution', undefined]);
});

it('says of a single format where its memory goes, and proposes to look at all', () => {
  const { sentence, next } = trainingMemoryVerdict(memory(format('fp32', 1000)), 'net');
  expect(sentence).toMatch(/1\.00 kB at its peak; the largest part is activations\./);
  expect(next).toBe('%memory net --batch 32 --optimizer adam');
});

it('says so where the peak was not measured', () => {
  const modelled = [format('fp32', 1000), format('bf16', 700)].map((each) => ({
    ...each,
    predictedPeakBytes: each.measuredPeakBytes ?? 0,
    measuredPeakBytes: null,
  }));
  expect(trainingMemoryVerdict(memory(...modelled), 'net').sentence).toBe(
    'bf16 takes 30.0% less than fp32 at its peak, 700 B instead of 1.00 kB, modelled.',
  );
  expect(trainingMemoryVerdict(memory(...modelled.slice(0, 1)), 'net').sentence).toContain(
    '1.00 kB at its peak, modelled; ',
  );
});

it('proposes fewer bits for an inference that is mostly weights', () => {
  const result = {
    model: 'm.onnx',
    batchSize: 1,
    nodes: [],
    weightBytes: 900,
    peakActivationBytes: 100,
    peakNode: 'conv_1',
    peakBytes: 1000,
  };
  expect(inferenceMemoryVerdict(result, 'net')).toEqual({
    sentence:
      'At its peak 1.00 kB, modelled: 900 B of weights, and 100 B of activations at conv_1.',
    tone: 'good',
    next: '%quantize int8 net --as small',
  });
  expect(inferenceMemoryVerdict({ ...result, weightBytes: 9 }, 'net').next).toBeUndefined();
  expect(inferenceMemoryVerdict(result, undefined).next).toBeUndefined();
});
