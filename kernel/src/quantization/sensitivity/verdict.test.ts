import { expect, test } from 'vitest';
import type { SensitivityRow } from './result';
import { assignmentVerdict, proposedQuantization, toneOf } from './verdict';

const row = (given: Partial<SensitivityRow> = {}): SensitivityRow => ({
  layer: 'dense_3',
  kind: 'Dense',
  format: 'int4',
  weights: 8,
  bytes: 4,
  floatBytes: 32,
  sqnrDb: 30,
  relativeNoise: 0.001,
  kl: 0,
  score: 0.9,
  drop: 0,
  ...given,
});

test('how bad a layer is goes by the metric that was asked for', () => {
  expect(toneOf(row(), 'sqnr', NaN)).toBe('good');
  expect(toneOf(row({ sqnrDb: 15 }), 'sqnr', NaN)).toBe('caution');
  expect(toneOf(row({ sqnrDb: 5 }), 'sqnr', NaN)).toBe('problem');
  expect(toneOf(row({ drop: 0.03 }), 'accuracy', 0.9)).toBe('problem');
  expect(toneOf(row({ drop: -0.03 }), 'accuracy', 0.9)).toBe('good');
  expect(toneOf(row({ drop: 0.05 }), 'loss', 1)).toBe('caution');
  expect(toneOf(row({ kl: 0.2 }), 'kl', NaN)).toBe('problem');
});

test('the next step quantizes in that format, without the layer that suffers', () => {
  expect(proposedQuantization('net', 'int4', row(), 'problem')).toBe(
    '%quantize int4 net --as small --exclude dense_3',
  );
  expect(proposedQuantization('net', 'int4', row({ layer: 'block/a b' }), 'caution')).toBe(
    '%quantize int4 net --as small --exclude "block/a b"',
  );
  expect(proposedQuantization('net', 'int8', row(), 'good')).toBe('%quantize int8 net --as small');
  expect(proposedQuantization(undefined, 'int8', row(), 'good')).toBeUndefined();
});

test.each(['a"b', 'a,b', 'a*', 'a\nprocess.exit()', 'a\u2028b', ' a'])(
  'no step is proposed for a layer whose name a magic would read as something else: %j',
  (layer) => {
    expect(proposedQuantization('net', 'int4', row({ layer }), 'problem')).toBeUndefined();
    expect(proposedQuantization('net', 'int4', row({ layer }), 'good')).toBeDefined();
  },
);

test('an assignment says what it costs and saves, and the statement that quantizes so', () => {
  const figures = {
    meanBits: 3.9,
    share: 0.123,
    outcome: 'accuracy −0.4 pt',
    budget: 'at most 4 bits a weight',
    isKept: true,
  };
  expect(assignmentVerdict(figures, 'net', 'bits')).toEqual({
    sentence:
      "3.9 bits a weight on average, 12.3% of the model's bytes in fp32, accuracy −0.4 pt, measured: it keeps to the budget of at most 4 bits a weight.",
    tone: 'good',
    next: "import { quantize } from 'halfnote';\nconst small = await quantize(net, bits.options);",
  });
  expect(assignmentVerdict({ ...figures, room: '2.1 pt' }, undefined, undefined)).toEqual({
    sentence:
      "3.9 bits a weight on average, 12.3% of the model's bytes in fp32, accuracy −0.4 pt, measured: it keeps to the budget of at most 4 bits a weight, but so few samples leave room for up to 2.1 pt less.",
    tone: 'caution',
  });
  const missed = assignmentVerdict({ ...figures, isKept: false }, 'net', undefined);
  expect(missed).toMatchObject({ tone: 'caution' });
  expect(missed.next).toBeUndefined();
});
