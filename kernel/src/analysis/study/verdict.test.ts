import { expect, it } from 'vitest';
import type { StudyResult, StudyRow, StudyVerdict } from './result';
import { studyVerdict } from './verdict';

const row = (format: StudyRow['format'], verdict: StudyVerdict, meanDifference = 0): StudyRow => ({
  format,
  execution: 'native',
  scores: [1],
  mean: 1,
  standardDeviation: 0,
  comparison: {
    pairs: 5,
    meanDifference,
    interval95: [meanDifference - 0.05, meanDifference + 0.05],
    pDifference: 0,
    pEquivalence: 0,
  },
  verdict,
});
const study = (...rows: readonly StudyRow[]): StudyResult => ({
  title: 't',
  metric: 'accuracy',
  margin: 0.005,
  seeds: [1, 2, 3, 4, 5],
  rows: [row('fp32', 'baseline'), ...rows],
});

it('tells the formats that score the same from those that lose, which are a problem', () => {
  const { sentence, tone } = studyVerdict(
    study(row('bf16', 'equivalent'), row('tf32', 'equivalent'), row('fp8', 'differs', -0.1)),
  );
  expect(sentence).toBe(
    'fp8 is lower by 0.100 (95% interval 0.0500 to 0.150); bf16 and tf32 are the same within ±0.00500; by accuracy over 5 seeds against fp32.',
  );
  expect(tone).toBe('problem');
});

it('of a metric that is better when it is lower takes what is higher for worse', () => {
  const bits = { metric: 'bits per character', lowerIsBetter: true };
  const higher = studyVerdict({ ...study(row('fp8', 'differs', 0.1)), ...bits });
  expect(higher).toMatchObject({ tone: 'problem' });
  expect(higher.sentence).toMatch(/^fp8 is higher by 0\.100 \(95% interval 0\.0500 to 0\.150\);/);
  expect(studyVerdict({ ...study(row('fp8', 'differs', -0.1)), ...bits }).tone).toBe('good');
});

it('is good where all are the same or higher, and a caution where the seeds do not tell', () => {
  expect(studyVerdict(study(row('bf16', 'equivalent'))).tone).toBe('good');
  expect(studyVerdict(study(row('bf16', 'differs', 0.1)))).toMatchObject({ tone: 'good' });
  expect(studyVerdict(study(row('bf16', 'undecided')))).toMatchObject({ tone: 'caution' });
  expect(studyVerdict(study(row('fp16', 'diverged'))).sentence).toMatch(/^fp16 diverged; /);
  expect(studyVerdict(study()).sentence).toBe('fp32 alone: there is nothing to compare it with.');
});
