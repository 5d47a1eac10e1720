import { significant } from '../../display/units';
import type { Tone, Verdict } from '../../display/verdict';
import { listed } from '../../display/words';
import type { StudyResult, StudyRow } from './result';

/** Which formats score as the first one does, which don't, and of which the seeds don't tell. */
export function studyVerdict({ rows, margin, metric, seeds }: StudyResult): Verdict {
  const [baseline, ...others] = rows;
  const groups = { same: named(others, isSame), worse: named(others, isWorse) };
  const more = {
    higher: named(others, isHigher),
    diverged: named(others, ({ verdict }) => verdict === 'diverged'),
    undecided: named(others, ({ verdict }) => verdict === 'undecided'),
  };
  const told = [
    said(more.diverged, 'diverged'),
    said(groups.worse, 'differs, and is lower in its mean', 'differ, and are lower in their means'),
    said(
      groups.same,
      `is the same within ±${significant(margin)}`,
      `are the same within ±${significant(margin)}`,
    ),
    said(
      more.higher,
      'differs, and is higher in its mean',
      'differ, and are higher in their means',
    ),
    said(
      more.undecided,
      'is undecided: it takes more seeds',
      'are undecided: they take more seeds',
    ),
  ].filter((part) => part !== '');
  const against = `by ${metric} over ${seeds.length} seeds against ${baseline?.format ?? 'the baseline'}`;
  return {
    sentence:
      told.length === 0
        ? `${baseline?.format ?? 'The baseline'} alone: there is nothing to compare it with.`
        : `${told.join('; ')}; ${against}.`,
    tone: toneOf(more.diverged.length + groups.worse.length, more.undecided.length),
  };
}

function toneOf(worse: number, undecided: number): Tone {
  if (worse > 0) return 'problem';
  return undecided > 0 ? 'caution' : 'good';
}

function named(rows: readonly StudyRow[], wanted: (row: StudyRow) => boolean): readonly string[] {
  return rows.filter(wanted).map(({ format }) => format);
}

function isSame({ verdict }: StudyRow): boolean {
  return verdict === 'equivalent';
}

function isWorse({ verdict, comparison }: StudyRow): boolean {
  return verdict === 'differs' && (comparison?.meanDifference ?? 0) < 0;
}

function isHigher(row: StudyRow): boolean {
  return row.verdict === 'differs' && !isWorse(row);
}

function said(formats: readonly string[], one: string, several = one): string {
  if (formats.length === 0) return '';
  return `${listed(formats, formats.length)} ${formats.length === 1 ? one : several}`;
}
