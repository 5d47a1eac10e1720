import type { MimeBundle } from '../host';
import { bundle, htmlNotes, textNotes } from './fallback';
import { decodeNumber } from './numbers';
import { MIME } from './payloads';
import type { PrecisionRow, PrecisionTable, WireNumber } from './payloads';
import { speedupChart } from './speedup-chart';
import { htmlTable, textTable } from './table';
import type { Column, Row } from './table';
import { ABSENT, bytes, duration, percent, ratio, si, significant } from './units';

const SCORE = { accuracy: 'Accuracy', loss: 'Loss', none: 'Score' } as const;

/** The comparison of number formats on one model, as our MIME type, HTML and text. */
export function precisionTableBundle(payload: PrecisionTable): MimeBundle {
  const notes = [...remarks(payload), ...payload.notes];
  return bundle(MIME.precisionTable, payload, {
    html:
      htmlTable(
        [...measuredColumns(payload, 'Here'), ...literatureColumns('Literature')],
        payload.rows.map((row) => [...measuredCells(row, payload), ...literatureCells(row)]),
        { caption: caption(payload) },
      ) +
      speedupChart(payload) +
      htmlNotes(notes),
    text: text(payload, notes),
  });
}

function text(payload: PrecisionTable, notes: readonly string[]): string {
  const measured = textTable(
    measuredColumns(payload),
    payload.rows.map((row) => measuredCells(row, payload)),
    { caption: caption(payload) },
  );
  const cited = payload.rows.filter((row) => row.literature !== null);
  const literature = textTable(
    [{ header: 'Format' }, ...literatureColumns()],
    cited.map((row) => [row.format, ...literatureCells(row)]),
    { caption: 'Expected, from the literature' },
  );
  const tables = cited.length === 0 ? [measured] : [measured, '', literature];
  return [...tables, ...(notes.length === 0 ? [] : ['', ...textNotes(notes)])].join('\n');
}

function caption({ title, model, device, batchSize, samples }: PrecisionTable): string {
  return (
    `${title}: ${model.name}, ${model.parameters.toLocaleString('en')} parameters; ` +
    `${device.name}, ${device.engine}, ${count(device.threads, 'thread')}; batch ${batchSize}, ${count(samples, 'sample')}`
  );
}

function count(value: number, noun: string): string {
  return `${value.toLocaleString('en')} ${noun}${value === 1 ? '' : 's'}`;
}

function measuredColumns(payload: PrecisionTable, group?: string): Column[] {
  const headers = [
    'Execution',
    'Latency',
    'Speedup',
    'Samples/s',
    'Weights',
    'Energy/batch',
    'CO2e/batch',
    SCORE[payload.metric],
    'Max error',
    'SQNR',
  ];
  return [
    { header: 'Format' },
    ...headers.map((header, index): Column => {
      const align = index === 0 ? 'left' : 'right';
      return group === undefined ? { header, align } : { header, align, group };
    }),
  ];
}

function literatureColumns(group?: string): Column[] {
  return ['Speedup', 'Memory saved', 'Energy saved', 'Source'].map((header): Column => {
    const align = header === 'Source' ? 'left' : 'right';
    return group === undefined ? { header, align } : { header, align, group };
  });
}

function measuredCells(row: PrecisionRow, payload: PrecisionTable): Row {
  const { latencyS, energyJ } = row;
  return [
    row.format,
    row.execution,
    latencyS === null ? ABSENT : si(decodeNumber(latencyS.median), 's'),
    optional(row.speedup, ratio),
    optional(row.throughputPerS, (value) => significant(value)),
    bytes(row.weightBytes),
    energyJ === null ? ABSENT : `${si(decodeNumber(energyJ.value), 'J')} ${energyJ.method}`,
    optional(row.co2eG, (value) => si(value, 'g')),
    optional(row.score, (value) => scoreText(value, payload)),
    significant(decodeNumber(row.maxError)),
    decibels(decodeNumber(row.sqnrDb)),
  ];
}

function optional(value: WireNumber | null, show: (value: number) => string): string {
  return value === null ? ABSENT : show(decodeNumber(value));
}

function scoreText(value: number, payload: PrecisionTable): string {
  return payload.metric === 'accuracy' ? `${(value * 100).toFixed(2)}%` : significant(value, 4);
}

function decibels(value: number): string {
  return Number.isFinite(value) ? `${value.toFixed(1)} dB` : `${significant(value)} dB`;
}

function literatureCells({ literature }: PrecisionRow): Row {
  if (literature === null) return [ABSENT, ABSENT, ABSENT, ABSENT];
  return [
    interval(literature.speedup, (value) => significant(value, 2), 'x'),
    interval(literature.memorySaved, (value) => (value * 100).toFixed(0), '%'),
    interval(literature.energySaved, (value) => (value * 100).toFixed(0), '%'),
    literature.source,
  ];
}

function interval(
  [low, high]: readonly [WireNumber, WireNumber],
  show: (value: number) => string,
  unit: string,
): string {
  const [from, to] = [show(decodeNumber(low)), show(decodeNumber(high))];
  return from === to ? `${to}${unit}` : `${from}–${to}${unit}`;
}

/** What a reader must know to read the figures: how each came about, and where a format doesn't pay. */
function remarks(payload: PrecisionTable): string[] {
  const { rows, baseline } = payload;
  const timed = rows.find((row) => row.latencyS !== null)?.latencyS;
  const how =
    timed === undefined || timed === null
      ? []
      : [
          `Latency is measured: the median of ${count(timed.runs, 'run')} a batch, p95 ` +
            rows
              .flatMap(({ format, latencyS }) =>
                latencyS === null ? [] : [`${format} ${duration(decodeNumber(latencyS.p95))}`],
              )
              .join(', ') +
            `. Speedup is against ${baseline}; a simulated format claims none.`,
        ];
  const sources = new Set(
    rows.flatMap(({ energyJ }) =>
      energyJ === null ? [] : [`Energy is ${energyJ.method}: ${energyJ.source}.`],
    ),
  );
  return [...how, ...sources, ...rows.map(engineNote), ...lossNotes(payload)];
}

function engineNote({ format, execution, engine, note }: PrecisionRow): string {
  return `${format}: ${execution}, ${engine}${note === '' ? '' : `; ${note}`}`;
}

function lossNotes({ rows, baseline, metric }: PrecisionTable): string[] {
  const reference = rows.find((row) => row.format === baseline)?.score ?? null;
  return rows.flatMap((row) => {
    const found: string[] = [];
    const speedup = row.speedup === null ? 1 : decodeNumber(row.speedup);
    if (row.format !== baseline && speedup < 0.98) {
      found.push(`${row.format} does not pay here: ${ratio(speedup)} the speed of ${baseline}.`);
    }
    if (metric === 'accuracy' && reference !== null && row.score !== null) {
      const lost = decodeNumber(reference) - decodeNumber(row.score);
      if (lost > 0.01) found.push(`${row.format} costs ${percent(lost)} of accuracy (points).`);
    }
    return found;
  });
}
