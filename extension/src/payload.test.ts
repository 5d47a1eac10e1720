import { carbonReport } from 'halfnote/mime';
import { describe, expect, it } from 'vitest';
import { check } from './payload';

const window = { name: 'all', durationS: 1, energyJ: 'NaN', co2eG: 0, parts: [] };
const report = {
  title: 'Energy',
  scope: 'session',
  total: window,
  windows: [],
  intensity: { gramsPerKWh: 473, region: 'WORLD', year: '2024', source: 'Ember', kind: 'average' },
  pue: 1,
  notes: [],
};

describe('check', () => {
  it('takes a valid payload, with numbers that JSON lacks', () => {
    const checked = check(carbonReport, report);
    expect(checked).toMatchObject({ ok: true, payload: { total: { energyJ: 'NaN' } } });
  });

  it('says where a payload is wrong', () => {
    const checked = check(carbonReport, { ...report, total: { ...window, energyJ: 'much' } });
    expect(checked.ok).toBe(false);
    expect(checked.ok ? [] : checked.problems).toEqual([
      expect.stringMatching(/^total\.energyJ: /),
    ]);
  });

  it.each([undefined, null, 'text', 7, [], { scope: {} }])(
    'refuses %j without throwing',
    (data) => {
      expect(check(carbonReport, data).ok).toBe(false);
    },
  );

  it('names at most a handful of problems', () => {
    const checked = check(carbonReport, { notes: Array.from({ length: 100 }, () => 1) });
    const problems = checked.ok ? [] : checked.problems;
    expect(problems.length).toBe(6);
    expect(problems.at(-1)).toMatch(/^and \d+ more$/);
  });
});
