import { expect, test } from 'vitest';
import type { QatRow } from './rows';
import { qatVerdict, unreadyFirst } from './verdict';

const row = (name: string, given: Partial<QatRow> = {}): QatRow => ({
  name,
  kind: 'Dense',
  weights: { format: 'int8', largestCode: 127, scales: [0.1, 0.2] },
  inputs: undefined,
  output: 'uint8',
  params: { scale: 0.1, zeroPoint: 3 },
  isFloat: false,
  note: '',
  ...given,
});

test('a model that was trained is proposed to be converted', () => {
  expect(qatVerdict([row('a'), row('b')], 'student')).toEqual({
    sentence: 'Weights are rounded to int8 in 2 layers, with all ranges known.',
    tone: 'good',
    next: '%qat convert student --as small',
  });
});

test('one that has seen no data says so, and is not proposed to be converted', () => {
  const { sentence, tone, next } = qatVerdict([row('a', { params: undefined })], 'student');
  expect(sentence).toMatch(/^No ranges yet for a: .*nothing is rounded before; int8 in 1 layer\.$/);
  expect([tone, next]).toEqual(['caution', undefined]);
});

test('layers in float are a caution, and come before those that are as they should be', () => {
  const rows = [row('a'), row('rnn', { isFloat: true, weights: undefined, output: 'float' })];
  expect(qatVerdict(rows, undefined)).toMatchObject({ tone: 'caution' });
  expect(qatVerdict(rows, undefined).sentence).toContain('; in float: rnn.');
  expect(qatVerdict(rows.slice(1), 'student')).toEqual({
    sentence: 'No weights are rounded: all layers stay in float.',
    tone: 'caution',
  });
  expect(unreadyFirst([...rows, row('b', { params: undefined })])).toEqual([2, 1, 0]);
});
