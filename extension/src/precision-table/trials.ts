import { trialRows, type PrecisionTable, type TrialRow } from 'halfnote/mime/precision';
import { element } from '../dom/element';
import { PlainTable, type PlainColumn } from '../dom/plain-table';

const COLUMNS: readonly PlainColumn<TrialRow>[] = [
  { title: 'Format', cell: ({ format }) => format },
  { title: 'Time', cell: ({ time }) => time },
  { title: 'Energy, attributed', cell: ({ energy }) => energy },
  { title: 'Energy, machine', cell: ({ machine }) => machine },
  { title: 'Trials', cell: ({ trials }) => trials },
  { title: 'Against', cell: ({ against }) => against },
  { title: 'Difference in time', cell: ({ inTime }) => inTime },
  { title: 'Difference in energy', cell: ({ inEnergy }) => inEnergy },
];

/** What a table that was measured by trials begins with: whether they are valid, and their intervals. */
export function trialsPart(payload: PrecisionTable): readonly HTMLElement[] {
  const { trials } = payload;
  if (trials === undefined) return [];
  const table = new PlainTable(`One batch, by ${trials.rounds} trials of each format`, COLUMNS);
  table.node.classList.add('hn-trials');
  table.update(trialRows(payload));
  return [verdictLine(trials), table.node];
}

/** `VALID`, or `INVALID because ...`, with the word itself in color. */
function verdictLine({ valid, verdict }: NonNullable<PrecisionTable['trials']>): HTMLElement {
  const [word = '', ...reasons] = verdict.split(' ');
  return element('p', { class: `hn-verdict hn-${valid ? 'valid' : 'invalid'}`, role: 'status' }, [
    element('strong', {}, [word]),
    ` ${reasons.join(' ')}`,
  ]);
}
