import { significant } from '../../display/units';
import type { Tone, Verdict } from '../../display/verdict';
import { counted, listed } from '../../display/words';
import type { StudyResult, StudyRow, StudyVerdict } from './result';

/** Which formats score as the first one does, which don't and by how much, and of which the seeds don't tell. */
export function studyVerdict({
  rows,
  margin,
  metric,
  seeds,
  lowerIsBetter = false,
}: StudyResult): Verdict {
  const [baseline, ...others] = rows;
  const apart = others.filter(({ verdict }) => verdict === 'differs');
  const worse = apart.filter((row) => isLower(row) !== lowerIsBetter);
  const better = apart.filter((row) => !worse.includes(row));
  const diverged = named(others, 'diverged');
  const undecided = named(others, 'undecided');
  const told = [
    said(diverged, 'diverged'),
    ...worse.map(differenceText),
    said(
      named(others, 'equivalent'),
      `is the same within ±${significant(margin)}`,
      `are the same within ±${significant(margin)}`,
    ),
    ...better.map(differenceText),
    said(undecided, 'is undecided: it takes more seeds', 'are undecided: they take more seeds'),
  ].filter((part) => part !== '');
  const against = `by ${metric} over ${counted(seeds.length, 'seed')} against ${baseline?.format ?? 'the baseline'}`;
  return {
    sentence:
      told.length === 0
        ? `${baseline?.format ?? 'The baseline'} alone: there is nothing to compare it with.`
        : `${told.join('; ')}; ${against}.`,
    tone: toneOf(diverged.length + worse.length, undecided.length),
  };
}

/** `fp8 is lower by 0.100 (95% interval 0.0500 to 0.150)`. */
function differenceText({ format, comparison }: StudyRow): string {
  const { meanDifference = NaN, interval95 = [NaN, NaN] } = comparison ?? {};
  const isLess = meanDifference < 0;
  const side = isLess ? 'lower' : 'higher';
  const ends = interval95.map((end) => (isLess ? -end : end)).toSorted((a, b) => a - b);
  return `${format} is ${side} by ${significant(Math.abs(meanDifference))} (95% interval ${ends.map((end) => significant(end).replace('-', '−')).join(' to ')})`;
}

function toneOf(worse: number, undecided: number): Tone {
  if (worse > 0) return 'problem';
  return undecided > 0 ? 'caution' : 'good';
}

function named(rows: readonly StudyRow[], verdict: StudyVerdict): readonly string[] {
  return rows.filter((row) => row.verdict === verdict).map(({ format }) => format);
}

function isLower({ comparison }: StudyRow): boolean {
  return (comparison?.meanDifference ?? 0) < 0;
}

function said(formats: readonly string[], one: string, several = one): string {
  if (formats.length === 0) return '';
  return `${listed(formats, formats.length)} ${formats.length === 1 ? one : several}`;
}
