import { expect, it } from 'vitest';
import type { TrialsResult, VariantComparison } from '../../energy/trials/result';
import { welch } from '../../quantities/welch';
import { measurementVerdict } from './verdict';

const against = (name: string, durations: readonly number[]): VariantComparison => ({
  name,
  baseline: 'plain',
  durationS: welch([1, 1.1, 0.9, 1.05], durations),
  energyJ: null,
  machineJ: null,
});
const same = (name: string): VariantComparison => against(name, [1.02, 1.1, 0.92, 1]);
const other = (name: string): VariantComparison => against(name, [2, 2.1, 1.9, 2.05]);
const said = (...comparisons: readonly VariantComparison[]): string => {
  const variants = [{ name: 'plain', energyJ: null }];
  const verdict = { valid: true, reasons: [], warnings: [], unknown: [] };
  const result = { verdict, variants, comparisons } as unknown as TrialsResult;
  return measurementVerdict(result).sentence;
};

it('says of no work that it takes as long: only that no difference is shown', () => {
  expect(said(same('a'))).toBe('VALID: a is not shown to differ from plain in time or energy.');
  expect(said(same('a'), same('b'))).toBe(
    'VALID: of a and b none is shown to differ from plain in time or energy.',
  );
});

it('names the works that differ, and those of which it is not known', () => {
  expect(said(other('a'), same('b'), other('c'))).toBe(
    'VALID: a and c differ from plain in time or energy; b is not shown to differ.',
  );
  expect(said(other('a'))).toBe('VALID: a differs from plain in time or energy.');
});
