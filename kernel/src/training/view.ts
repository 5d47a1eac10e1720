import type { MimeBundle } from '../host';
import { bundle, paragraph, picture, stacked, table, type Fallback } from '../display/fallback';
import { decodeNumber } from '../display/numbers';
import { escapeHtml, plain } from '../display/text';
import { significant } from '../display/units';
import { MIME } from '../payloads/mime-types';
import type { TrainingRun } from '../payloads/training/run';
import { runName, sentence, whereItIs } from '../payloads/training/words';
import { evenly } from './curve';
import { trainingChart } from './chart';

const BAR_WIDTH = 24;
/** Epochs that the table has, the last among them. */
const ROWS = 6;

/** A training as a notebook shows it: a bar while it runs, its curves, and the figures of its epochs. */
export function trainingBundle(run: TrainingRun): MimeBundle {
  return bundle(
    MIME.trainingRun,
    run,
    stacked(
      run.state === 'running' ? bar(run) : paragraph(sentence(run), 'strong'),
      picture(trainingChart(run)),
      epochTable(run),
    ),
  );
}

function bar(run: TrainingRun): Fallback {
  const { step, steps } = run;
  const where = whereItIs(run);
  const name = runName(run);
  const progress =
    steps === null
      ? ''
      : `<progress max="${steps}" value="${step}" style="vertical-align:middle">${step} of ${steps}</progress> `;
  // There may be more steps than was said.
  const done = steps === null ? 0 : Math.min(1, step / Math.max(1, steps));
  const filled = Math.round(BAR_WIDTH * done);
  const drawn = steps === null ? '' : `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} `;
  return {
    html: `<div style="font-variant-numeric:tabular-nums"><label>${escapeHtml(name)} ${progress}</label>${escapeHtml(where)}</div>`,
    text: `${plain(name)} ${drawn}${plain(where)}`,
  };
}

function epochTable({ trained, state }: TrainingRun): Fallback {
  if (trained.length < 2 || state === 'running') return { html: '', text: '' };
  const names = [...new Set(trained.flatMap(({ values }) => Object.keys(values)))];
  const rows = evenly(trained, ROWS).map(({ epoch, values }) => [
    String(epoch),
    ...names.map((name) => {
      const value = values[name];
      return value === undefined ? '' : significant(decodeNumber(value));
    }),
  ]);
  const columns = [
    { header: 'Epoch', align: 'right' as const },
    ...names.map((header) => ({ header })),
  ];
  return table(columns, rows);
}
