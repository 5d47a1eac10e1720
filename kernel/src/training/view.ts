import type { MimeBundle } from '../host';
import { bundle, paragraph, picture, stacked, table, type Fallback } from '../display/fallback';
import { decodeNumber } from '../display/numbers';
import { escapeHtml, plain } from '../display/text';
import { duration, significant } from '../display/units';
import { MIME } from '../payloads/mime-types';
import type { TrainingRun } from '../payloads/training-run';
import { printQuantity } from '../quantities/print';
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

/** `Training of sequential_1 in fp16 (native): 5 epochs, 300 steps in 12.3 s, loss 0.31, 340 J.` */
export function sentence(run: TrainingRun): string {
  const { title, format, execution, state, step, steps } = run;
  const done =
    state === 'stopped'
      ? `stopped at step ${step}${steps === null ? '' : ` of ${steps}`}`
      : `${epochs(run)}${count(step, 'step')}`;
  const parts = [`${done} in ${duration(decodeNumber(run.durationS))}`, ...figures(run)];
  return `${title} in ${format} (${execution}): ${parts.join(', ')}.`;
}

function epochs({ trained, epoch }: TrainingRun): string {
  const done = trained.at(-1)?.epoch ?? epoch;
  return done === 0 ? '' : `${count(done, 'epoch')}, `;
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}

/** The latest of each measure, skipped steps and energy. */
function figures({ trained, batchLoss, lossScale, energyJ }: TrainingRun): string[] {
  const values = trained.at(-1)?.values ?? {};
  const last = batchLoss.at(-1)?.[1];
  const named =
    Object.keys(values).length > 0 || last === undefined
      ? Object.entries(values)
      : [['loss', last] as const];
  return [
    ...named.map(([name, value]) => `${name} ${significant(decodeNumber(value))}`),
    ...(lossScale === null || lossScale.skippedSteps === 0
      ? []
      : [`${count(lossScale.skippedSteps, 'step')} skipped`]),
    ...(energyJ === null
      ? []
      : [`${printQuantity(energyJ, 'J', { interval: false })} (${energyJ.method})`]),
  ];
}

function bar(run: TrainingRun): Fallback {
  const { title, format, execution, step, steps, epoch, epochs: planned, remainingS } = run;
  const where = [
    ...(epoch === 0 ? [] : [`epoch ${epoch}${planned === null ? '' : `/${planned}`}`]),
    `step ${step}${steps === null ? '' : `/${steps}`}`,
    duration(Math.round(decodeNumber(run.durationS))),
    ...(remainingS === null ? [] : [`${duration(Math.ceil(decodeNumber(remainingS)))} left`]),
    ...figures(run),
  ].join(', ');
  const name = `${title} in ${format} (${execution})`;
  const progress =
    steps === null
      ? ''
      : `<progress max="${steps}" value="${step}" style="vertical-align:middle">${step} of ${steps}</progress> `;
  const filled = steps === null ? 0 : Math.round((BAR_WIDTH * step) / Math.max(1, steps));
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
