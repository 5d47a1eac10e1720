import { type Displayable, JUPYTER_DISPLAY, type MimeBundle } from '../../host';
import { notes, stacked, staticBundle, table } from '../../display/fallback';
import type { Column, Row } from '../../display/table';
import { ABSENT, significant } from '../../display/units';
import { howFound, verdict } from '../../display/verdict';
import type { StudyResult, StudyRow } from './result';
import { studyVerdict } from './verdict';

const COLUMNS: readonly Column[] = [
  { header: 'Format' },
  { header: 'Execution', align: 'left' },
  { header: 'Mean' },
  { header: 'SD' },
  { header: 'Difference' },
  { header: '95% interval' },
  { header: 'p (difference)' },
  { header: 'p (equivalence)' },
  { header: 'Verdict', align: 'left' },
];

/** Scores of several seeds per format, with what they say about each format against the first one. */
export class AccuracyStudy implements Displayable {
  constructor(readonly result: StudyResult) {}

  /** The row of one format, or undefined. */
  row(format: string): StudyRow | undefined {
    return this.result.rows.find((row) => row.format === format);
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    const { title, metric, seeds, rows } = this.result;
    const caption = `${title}: ${metric} over ${seeds.length} seeds`;
    const scores = rows.map((row) => cells(row, this.result));
    return staticBundle(
      stacked(
        verdict(studyVerdict(this.result)),
        table(COLUMNS, scores, { caption }),
        notes(remarks(this.result)),
        howFound(methods(this.result)),
      ),
    );
  }
}

function cells(row: StudyRow, { margin }: StudyResult): Row {
  const { comparison } = row;
  const score = (value: number): string => significant(value, 4);
  return [
    row.format,
    row.execution,
    score(row.mean),
    score(row.standardDeviation),
    comparison === undefined ? ABSENT : signed(comparison.meanDifference),
    comparison === undefined ? ABSENT : comparison.interval95.map(signed).join(' to '),
    comparison === undefined ? ABSENT : probability(comparison.pDifference),
    comparison === undefined ? ABSENT : probability(comparison.pEquivalence),
    verdictText(row, margin),
  ];
}

function verdictText(row: StudyRow, margin: number): string {
  const failed = row.scores.filter((score) => !Number.isFinite(score)).length;
  switch (row.verdict) {
    case 'equivalent':
      return `same within ±${significant(margin)}`;
    case 'differs':
      return (row.comparison?.meanDifference ?? 0) < 0 ? 'lower' : 'higher';
    case 'diverged':
      return `diverged in ${failed} of ${row.scores.length}`;
    case 'undecided':
      return 'undecided: more seeds';
    case 'baseline':
      return 'baseline';
  }
}

const signed = (value: number): string =>
  `${value > 0 ? '+' : ''}${significant(value, 2)}`.replace('-', '−');

function probability(value: number): string {
  if (Number.isNaN(value)) return ABSENT;
  return value < 0.001 ? '<0.001' : value.toFixed(3);
}

function remarks({ rows }: StudyResult): string[] {
  const simulated = rows.filter((row) => row.execution === 'simulated').map((row) => row.format);
  return simulated.length === 0
    ? []
    : [
        `${simulated.join(', ')}: simulated here. Values are rounded as the format does, so the scores are what the format gives; nothing is said of its speed.`,
      ];
}

function methods({ rows, margin }: StudyResult): string[] {
  const [baseline] = rows;
  return [
    `Pairs of runs share their seed: the same initial weights and batches as ${baseline?.format ?? 'the baseline'}. p (difference): paired t-test; p (equivalence): two one-sided t-tests of ±${significant(margin)}; below 0.05 counts.`,
  ];
}
