import { expect, it } from 'vitest';
import type { Roof, RooflinePoint, RooflineResult } from './result';
import { farthestFirst, rooflineVerdict } from './verdict';

const roof = (format: Roof['format'], peakFlopPerS: number | null): Roof => ({
  format,
  execution: peakFlopPerS === null ? 'simulated' : 'native',
  peakFlopPerS,
  bandwidthBytePerS: peakFlopPerS === null ? null : 1e10,
  ridgeFlopPerByte: peakFlopPerS === null ? null : peakFlopPerS / 1e10,
  reason: '',
});
const point = (
  name: string,
  bound: RooflinePoint['bound'],
  measuredFlopPerS: number | null,
): RooflinePoint => ({
  number: 1,
  name,
  kind: 'Dense',
  format: 'fp32',
  intensityFlopPerByte: 2,
  attainableFlopPerS: 1e10,
  measuredFlopPerS,
  bound,
});
const result = (
  points: readonly RooflinePoint[],
  roofs: readonly Roof[] = [roof('fp32', 1e11)],
): RooflineResult => ({
  model: 'net',
  batchSize: 32,
  device: 'cpu',
  threads: 2,
  loadBefore: 0,
  roofs,
  points,
  others: 0,
});

const memory = [point('a', 'memory', 5e9), point('b', 'memory', 1e9), point('c', 'compute', 9e9)];

it('says what limits most layers and which is farthest below its roof, and proposes a larger batch', () => {
  expect(rooflineVerdict(result(memory), 'net')).toEqual({
    sentence:
      'Bound by memory: 2 of 3 layers in fp32 at batch 32; b is farthest below its roof, at 10.0%.',
    tone: 'good',
    next: '%roofline net --batch 256',
  });
  expect(rooflineVerdict(result(memory), undefined).next).toBeUndefined();
});

it('proposes a format with a clearly higher peak where computing limits', () => {
  const computing = [point('a', 'compute', 5e9)];
  const verdict = (...roofs: readonly Roof[]) =>
    rooflineVerdict(result(computing, [roof('fp32', 1e11), ...roofs]), 'net');
  expect(verdict(roof('bf16', 4e11)).sentence).toMatch(/^Bound by computing: 1 of 1 layer /);
  expect(verdict(roof('bf16', 4e11)).next).toBe('%precision bf16');
  expect(verdict(roof('bf16', 1.1e11), roof('int8', 2e11)).next).toBe(
    '%quantize int8 net --as small',
  );
  expect(verdict(roof('bf16', null)).next).toBeUndefined();
});

it('warns of layers that nothing limits, of a busy machine and of a roof that is not there', () => {
  expect(rooflineVerdict(result([point('a', 'memory', 1e7)]), 'net').tone).toBe('caution');
  const busy = rooflineVerdict({ ...result(memory), loadBefore: 1.5 }, 'net');
  expect(busy).toMatchObject({ tone: 'problem', next: '%roofline net --batch 32' });
  expect(busy.sentence).toMatch(/^The machine was busy before: 1\.5 threads/);
  expect(rooflineVerdict(result([], [roof('fp16', null)]), 'net').sentence).toBe(
    'No roof: fp16 is only simulated here.',
  );
  expect(rooflineVerdict(result([]), 'net').sentence).toMatch(/^No layer of net multiplies/);
});

it('orders layers by how far they are below their roof, those that were not timed last', () => {
  expect(farthestFirst([point('a', 'memory', null), ...memory])).toEqual([2, 1, 3, 0]);
});
