import type { MimeBundle } from '../host';
import { progressBar } from '../display/bar';
import { bundle, paragraph, picture, stacked, table, type Fallback } from '../display/fallback';
import { decodeNumber } from '../display/numbers';
import { significant } from '../display/units';
import { MIME } from '../payloads/mime-types';
import type { TrainingRun } from '../payloads/training/run';
import { runName, sentence, whereItIs } from '../payloads/training/words';
import { evenly } from './curve';
import { trainingChart } from './chart';

/** Epochs that the table has, the last among them. */
const ROWS = 6;

/** A training as a notebook shows it: a bar while it runs, its curves, and the figures of its epochs. */
export function trainingBundle(run: TrainingRun): MimeBundle {
  return bundle(
    MIME.trainingRun,
    run,
    stacked(
      run.state === 'running'
        ? progressBar(runName(run), { done: run.step, total: run.steps }, whereItIs(run))
        : paragraph(sentence(run), 'strong'),
      picture((width) => trainingChart(run, width)),
      epochTable(run),
    ),
  );
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
