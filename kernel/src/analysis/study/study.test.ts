import { beforeAll, describe, expect, it } from 'vitest';
import { JUPYTER_DISPLAY } from '../../host';
import { deviceFacts } from '../../backend/load';
import { precisionStatus } from '../../precision/status';
import { ensureBackend } from '../../start';
import { accuracyStudy, type StudyOptions } from './study';
import { standardDeviation } from '../../quantities/statistics';
import { comparePairs } from '../../quantities/paired';

const baseline = [0.961, 0.958, 0.969, 0.956, 0.964];
const other = [0.96, 0.961, 0.967, 0.953, 0.966];

const at = (scores: readonly number[], seed: number): number => scores[seed] ?? NaN;

describe('paired runs', () => {
  // scipy 1.17.1: ttest_rel, ttest_1samp(alternative=...), std(ddof=1) on the same ten numbers.
  it("agree with SciPy's paired t-test and its two one-sided tests", () => {
    const compared = comparePairs(baseline, other, 0.005);
    expect(compared.meanDifference).toBeCloseTo(-0.0002, 12);
    expect(compared.pDifference).toBeCloseTo(0.8712193191878358, 9);
    expect(compared.interval95[0]).toBeCloseTo(-0.0034139675707319937, 9);
    expect(compared.interval95[1]).toBeCloseTo(0.0030139675707319936, 9);
    expect(compared.pEquivalence).toBeCloseTo(0.007150021698561019, 9);
    expect(standardDeviation(baseline)).toBeCloseTo(0.005128352561983239, 12);
  });

  it('that are all the same are equivalent, and a constant shift beyond the margin differs', () => {
    const same = comparePairs([1, 2], [1, 2], 0.1);
    expect([same.pDifference, same.pEquivalence]).toEqual([1, 0]);
    const shifted = comparePairs([1, 2], [2, 3], 0.1);
    expect([shifted.pDifference, shifted.pEquivalence]).toEqual([0, 1]);
  });

  it('decide nothing when there is only one', () => {
    expect(comparePairs([1], [1], 0.1)).toMatchObject({ pDifference: NaN, pEquivalence: NaN });
  });
});

describe('an accuracy study', () => {
  beforeAll(() => ensureBackend());

  const options: StudyOptions = {
    title: 'Toy',
    metric: 'accuracy',
    formats: ['fp32', 'bf16', 'fp16'],
    seeds: [0, 1, 2, 3, 4],
    margin: 0.005,
    run: ({ seed, format }) =>
      format === 'fp32'
        ? at(baseline, seed)
        : format === 'bf16'
          ? at(other, seed)
          : at(baseline, seed) - 0.05 - seed * 1e-4,
  };

  it('runs every seed in every format, under its policy', async () => {
    const policies: string[] = [];
    await accuracyStudy({
      ...options,
      run: async ({ seed, format }) => {
        await Promise.resolve();
        policies.push(`${format} ${precisionStatus().policy.compute}`);
        return at(baseline, seed);
      },
    });
    expect(policies).toHaveLength(15);
    for (const entry of policies) expect(entry.split(' ')[0]).toBe(entry.split(' ')[1]);
  });

  it('tells the same from the different, and how each format was executed', async () => {
    const study = await accuracyStudy(options);
    expect(study.row('fp32')?.verdict).toBe('baseline');
    expect(study.row('bf16')?.verdict).toBe('equivalent');
    expect(study.row('fp16')?.verdict).toBe('differs');
    expect(study.row('bf16')?.execution).toBe(deviceFacts().formats.bf16.execution);
    const text = String(study[JUPYTER_DISPLAY]()['text/plain']);
    expect(text).toContain('same within ±0.005');
    expect(text).toContain('lower');
  });

  it('says so when a training diverged, instead of averaging what is left', async () => {
    const study = await accuracyStudy({
      ...options,
      run: ({ seed, format }) => (format === 'fp16' && seed === 2 ? NaN : at(baseline, seed)),
    });
    expect(study.row('fp16')?.verdict).toBe('diverged');
    expect(String(study[JUPYTER_DISPLAY]()['text/plain'])).toContain('diverged in 1 of 5');
  });

  it.each([
    [{ formats: ['fp32'] as const }, /at least two formats; it was given \[fp32\]/],
    [{ seeds: [1] }, /at least two seeds; it was given \[1\]/],
    [{ seeds: [1, 1] }, /seed stands twice in \[1, 1\]/],
    [{ margin: 0 }, /margin 0 has to be above 0/],
  ])('refuses %j', async (wrong, message) => {
    await expect(accuracyStudy({ ...options, ...wrong })).rejects.toThrow(message);
  });
});
