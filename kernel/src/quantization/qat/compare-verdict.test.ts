import { expect, it } from 'vitest';
import { decisionsOf, qatComparisonVerdict } from './compare-verdict';

it('says that all codes are the same, and for how many samples another class may be predicted', () => {
  const decisions = { samples: 360, different: 0 };
  expect(qatComparisonVerdict({ codes: 1200, different: 0, largest: 0, decisions })).toEqual({
    sentence:
      'All of 1,200 codes are those of the simulation; another class is predicted for 0 of 360 samples (95% interval 0% to 1.06%).',
    tone: 'good',
  });
});

it('says how many codes differ by how much, and tells accidents of rounding from faults', () => {
  const few = { codes: 1000, different: 1, largest: 1, decisions: undefined };
  expect(qatComparisonVerdict(few)).toEqual({
    sentence: '1 of 1,000 codes (0.10%) differs from the simulation, by 1 at most.',
    tone: 'good',
  });
  expect(qatComparisonVerdict({ ...few, largest: 9 }).tone).toBe('caution');
  const changed = (different: number) => ({ ...few, decisions: { samples: 100, different } });
  expect(qatComparisonVerdict(changed(1)).tone).toBe('caution');
  expect(qatComparisonVerdict(changed(20)).tone).toBe('problem');
});

it('says so where there is nothing to compare, or no number', () => {
  const none = { codes: 0, different: 0, largest: 0, decisions: undefined };
  expect(qatComparisonVerdict(none)).toMatchObject({ tone: 'caution' });
  expect(qatComparisonVerdict({ ...none, codes: 4, different: 1, largest: NaN })).toEqual({
    sentence: 'The integer model gives values that are no numbers.',
    tone: 'problem',
  });
});

it('counts the rows whose largest value is in another place', () => {
  expect(decisionsOf([0, 1, 1, 0, 2, 3], [0, 2, 0, 1, 2, 9], 2)).toEqual({
    samples: 3,
    different: 1,
  });
  expect(decisionsOf([1, 2], [2, 1], 1)).toBeUndefined();
  expect(decisionsOf([1, 2, 3], [1, 2, 3], 2)).toBeUndefined();
});
