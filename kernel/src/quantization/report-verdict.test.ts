import { expect, test } from 'vitest';
import { floatFirst, type ReportedLayer, reportVerdict } from './report-verdict';

const layer = (
  name: string,
  format: string,
  given: Partial<ReportedLayer> = {},
): ReportedLayer => ({
  name,
  format,
  execution: format === 'fp32' ? undefined : 'native',
  reason: '',
  weightBytes: format === 'fp32' ? 400 : 100,
  floatWeightBytes: 400,
  ...given,
});
const report = (...layers: readonly ReportedLayer[]) => ({
  layers,
  weightBytes: layers.reduce((sum, { weightBytes }) => sum + weightBytes, 0),
  floatWeightBytes: layers.reduce((sum, row) => sum + row.floatWeightBytes, 0),
});

test('a report says what is left of the bytes, and proposes to export it', () => {
  expect(reportVerdict(report(layer('a', 'int8'), layer('b', 'int8')), 'small')).toEqual({
    sentence: 'int8: 200 of 800 bytes of weights (25.0%); 2 layers on kernels of the format.',
    tone: 'good',
    next: '%export onnx small --to small.onnx',
  });
  expect(reportVerdict(report(layer('a', 'int8')), undefined).next).toBeUndefined();
  expect(reportVerdict(report(layer('a', 'codebook4')), 'small').next).toBeUndefined();
});

test('layers that stay in float are named with the reason, a caution where they are much of the model', () => {
  const rnn = layer('rnn', 'fp32', { reason: 'no integer kernel for LSTM' });
  const { sentence, tone } = reportVerdict(report(layer('a', 'int8'), rnn), 'small');
  expect(sentence).toMatch(/; rnn stays in float: no integer kernel for LSTM\.$/);
  expect(tone).toBe('caution');
  expect(reportVerdict(report(rnn), 'small')).toEqual({
    sentence: 'Nothing is quantized: no integer kernel for LSTM.',
    tone: 'problem',
  });
});

test('what is only simulated is said to be no faster', () => {
  const slow = layer('a', 'int2', { execution: 'simulated' });
  expect(reportVerdict(report(slow, layer('b', 'int8')), undefined)).toMatchObject({
    sentence: expect.stringContaining('1 of 2 layers simulated') as string,
    tone: 'caution',
  });
});

test('what stays in float comes first, then what takes most bytes', () => {
  const rows = [layer('a', 'int8'), layer('b', 'int8', { weightBytes: 200 }), layer('c', 'fp32')];
  expect(floatFirst(rows)).toEqual([2, 1, 0]);
});
