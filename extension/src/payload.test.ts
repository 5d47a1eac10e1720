import { gradientRanges, precisionTable } from 'halfnote/mime';
import { describe, expect, it } from 'vitest';
import { check } from './payload';

const table = {
  title: 'Formats',
  model: { name: 'mlp', parameters: 10 },
  device: { name: 'CPU', engine: 'TensorFlow', threads: 2 },
  batchSize: 1,
  samples: 1,
  metric: 'none',
  baseline: 'fp32',
  rows: [
    {
      format: 'fp32',
      execution: 'native',
      engine: 'TensorFlow',
      note: '',
      latencyS: null,
      throughputPerS: null,
      speedup: null,
      weightBytes: 40,
      energyJ: null,
      co2eG: null,
      score: null,
      maxError: 0,
      sqnrDb: 'Infinity',
      literature: null,
    },
  ],
  notes: [],
};

describe('check', () => {
  it('takes a valid payload, with numbers that JSON lacks', () => {
    const checked = check(precisionTable, table);
    expect(checked).toMatchObject({ ok: true, payload: { rows: [{ sqnrDb: 'Infinity' }] } });
  });

  it('says where a payload is wrong', () => {
    const [row] = table.rows;
    const checked = check(precisionTable, { ...table, rows: [{ ...row, sqnrDb: 'much' }] });
    expect(checked.ok).toBe(false);
    expect(checked.ok ? [] : checked.problems).toEqual([
      expect.stringMatching(/^rows\.0\.sqnrDb: /),
    ]);
  });

  it.each([undefined, null, 'text', 7, [], { scope: {} }])(
    'refuses %j without throwing',
    (data) => {
      expect(check(gradientRanges, data).ok).toBe(false);
    },
  );

  it('names at most a handful of problems', () => {
    const checked = check(gradientRanges, { formats: Array.from({ length: 100 }, () => 1) });
    const problems = checked.ok ? [] : checked.problems;
    expect(problems.length).toBe(6);
    expect(problems.at(-1)).toMatch(/^and \d+ more$/);
  });
});
