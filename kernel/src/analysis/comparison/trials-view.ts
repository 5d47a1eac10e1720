import { type Fallback, paragraph, table } from '../../display/fallback';
import type { Column } from '../../display/table';
import type { PrecisionTable } from '../../payloads/precision/table';
import { trialRows } from '../../payloads/precision/trial-rows';

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
export function trialsTable(payload: PrecisionTable): Fallback[] {
  const { trials } = payload;
  if (trials === undefined) return [];
  const cells = trialRows(payload).map(
    ({ format, time, energy, machine, trials: count, against, inTime, inEnergy }) => [
      ...[format, time, energy, machine, count, against, inTime, inEnergy],
    ],
  );
  return [
    paragraph(trials.verdict, 'strong'),
    table(COLUMNS, cells, { caption: 'One batch, by trials' }),
  ];
}
