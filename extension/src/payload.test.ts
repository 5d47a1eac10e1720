import { gradientRanges, rangeLayer } from 'halfnote/mime/ranges';
import { precisionTable } from 'halfnote/mime/precision';
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

  it.each([
    [{ speedup: 1.4 }, 'a simulated format has no time, speed, energy or CO2e'],
    [
      { energyJ: { value: 1, method: 'modelled', source: 'TDP' } },
      'a simulated format has no time, speed, energy or CO2e',
    ],
    [{ co2eG: 0.1 }, 'a simulated format has no time, speed, energy or CO2e'],
  ])('refuses %j of a simulated format', (claim, problem) => {
    const [row] = table.rows;
    const rows = [{ ...row, execution: 'simulated', ...claim }];
    const checked = check(precisionTable, { ...table, rows });
    expect(checked).toEqual({ ok: false, problems: [`rows.0.execution: ${problem}`] });
  });

  it.each([
    [{ speedup: 'Infinity' }, 'rows.0.speedup: must be number'],
    [{ speedup: -1 }, 'rows.0.speedup: must be at least 0'],
    [{ weightBytes: 1.5 }, 'rows.0.weightBytes: must be int'],
    [{ execution: 'fast' }, 'rows.0.execution: must be one of native, simulated'],
  ])('says what %j must be instead', (part, problem) => {
    const [row] = table.rows;
    const checked = check(precisionTable, { ...table, rows: [{ ...row, ...part }] });
    expect(checked).toEqual({ ok: false, problems: [problem] });
  });

  const layer = {
    ...{ name: 'dense/kernel', kind: 'gradient', shape: [2, 3], count: 6 },
    ...{ zero: 1, inf: 0, nan: 0, firstExponent: -8, bins: [2, 3] },
  };

  it('takes a layer whose values add up', () => {
    expect(check(rangeLayer, layer).ok).toBe(true);
  });

  it.each([
    [{ count: 7 }, 'count: count is the sum of zero, inf, nan and bins'],
    [{ firstExponent: -2e9 }, 'firstExponent: must be at least -1074'],
    [{ firstExponent: 2000 }, 'firstExponent: must be at most 1023'],
    [{ bins: Array.from({ length: 3000 }, () => 0), count: 1 }, 'bins: must be at most 2098'],
  ])('refuses a layer with %j', (part, problem) => {
    const checked = check(rangeLayer, { ...layer, ...part });
    expect(checked).toEqual({ ok: false, problems: [problem] });
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
