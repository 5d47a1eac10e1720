import { type Fallback, paragraph, table } from '../../display/fallback';
import type { Column, Row } from '../../display/table';
import { ABSENT } from '../../display/units';
import type { TrialComparison } from '../../payloads/precision-trials';
import type { PrecisionRow, PrecisionTable } from '../../payloads/schemas';
import { printQuantity } from '../../quantities/print';
import { comparisonText } from '../measure/comparison-text';

const COLUMNS: readonly Column[] = [
  { header: 'Format' },
  { header: 'Time' },
  { header: 'attributed', group: 'Energy' },
  { header: 'machine', group: 'Energy' },
  { header: 'Trials' },
  { header: 'Against', align: 'left' },
  { header: 'in time', align: 'left', group: 'Difference' },
  { header: 'in energy', align: 'left', group: 'Difference' },
];

/** With trials: their verdict, and a batch's time and energy with intervals and what differences they show. */
export function trialsTable({ rows, baseline, trials }: PrecisionTable): Fallback[] {
  if (trials === undefined) return [];
  const cells = rows.flatMap((row) => {
    const made = trialCells(row, baseline);
    return made === undefined ? [] : [made];
  });
  return [
    paragraph(trials.verdict, 'strong'),
    table(COLUMNS, cells, { caption: 'One batch, by trials' }),
  ];
}

function trialCells({ format, trials, against }: PrecisionRow, baseline: string): Row | undefined {
  if (trials === undefined) return undefined;
  const { durationS, energyJ, machineJ, count } = trials;
  return [
    format,
    printQuantity(durationS, 's'),
    energyJ === null ? ABSENT : printQuantity(energyJ, 'J'),
    machineJ === null ? ABSENT : printQuantity(machineJ, 'J'),
    String(count),
    trials.against === null ? ABSENT : (against ?? baseline),
    difference(trials.against?.durationS),
    difference(trials.against?.energyJ),
  ];
}

function difference(comparison: TrialComparison | null | undefined): string {
  return comparison === null || comparison === undefined ? ABSENT : comparisonText(comparison);
}
