import { describe, expect, it, vi } from 'vitest';
import { toBundle } from '../../display/display';
import { CheckResult } from '../check';
import { type AnyCheck, runCheckAsync } from '../run-check';
import { language } from '../text';
import { ASSIGNMENTS, CHECKS } from './table';

const checks = Object.entries(CHECKS) as unknown as [string, AnyCheck][];
type Fn = (...args: readonly unknown[]) => unknown;

describe('every check of the course', () => {
  it('has a name of its own', () => {
    const names = Object.values(ASSIGNMENTS).flatMap((assignment) => Object.keys(assignment));
    expect(names).toHaveLength(new Set(names).size);
    expect(new Set(names)).toEqual(new Set(Object.keys(CHECKS)));
  });

  it.each(checks)('%s takes its own reference for right', async (_, check) => {
    // A function that throws where the reference throws too would be right.
    const reference = vi.fn(check.reference as Fn);
    const outcome = await runCheckAsync({ ...check, reference }, reference, check.cases);
    expect(outcome.failure).toBeUndefined();
    expect(reference.mock.results.filter(({ type }) => type === 'throw')).toEqual([]);
    expect(reference).toHaveBeenCalledTimes(2 * check.cases.length);
  });

  it.each(checks)('%s tells each wrong function what is wrong with it', async (_, check) => {
    for (const { wrong, hint } of check.mistakes ?? []) {
      const outcome = await runCheckAsync(check, wrong, check.cases);
      expect(outcome.failure?.hint, hint.en).toEqual(hint);
    }
  });

  it.each(checks)(
    '%s refuses functions that give nothing, NaN, throw, or promise',
    async (_, check) => {
      const bad: Fn[] = [
        () => undefined,
        () => NaN,
        () => {
          throw new Error('no');
        },
        () => [],
      ];
      for (const fn of bad) {
        const outcome = await runCheckAsync(check, fn, check.cases);
        expect(outcome.failure).toBeDefined();
      }
    },
  );

  it.each(checks)('%s says all in both languages', async (_, check) => {
    const texts = [
      check.what,
      ...check.cases.map(({ hint }) => hint),
      ...(check.mistakes ?? []).map(({ hint }) => hint),
    ];
    for (const { en, zh } of texts) {
      expect(en).not.toMatch(/[\u4e00-\u9fff]/);
      expect(zh).toMatch(/[\u4e00-\u9fff]/);
    }
    const outcome = await runCheckAsync(check, () => undefined, check.cases);
    language('zh');
    const said = String(toBundle(new CheckResult(outcome))['text/plain']);
    language('en');
    expect(said).toContain('提示');
  });
});
