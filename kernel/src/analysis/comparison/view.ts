import type { MimeBundle } from '../../host';
import { bundle, notes, picture, stacked, table } from '../../display/fallback';
import type { Column, Row } from '../../display/table';
import { decodeNumber } from '../../display/numbers';
import { MIME } from '../../payloads/mime-types';
import type { WireNumber } from '../../display/numbers';
import { batchCO2e, batchEnergy } from '../../payloads/precision/batch-energy';
import type { PrecisionRow, PrecisionTable } from '../../payloads/precision/table';
import { speedBaseline } from '../../payloads/precision/speed-baseline';
import { notesBelowVerdict } from '../../payloads/precision/trial-rows';
import { speedupChart } from './speedup-chart';
import { trialsTable } from './trials-view';
import { ABSENT, bytes, duration, ratio, si, significant } from '../../display/units';

const EXPECTED_CAPTION = 'Here against the literature';
const EXPECTED: readonly Column[] = [
  { header: 'Format' },
  ...['Speedup', 'Memory saved', 'Energy saved'].flatMap((group): Column[] => [
    { header: 'here', group },
    { header: 'literature', group },
  ]),
  { header: 'Source', align: 'left' },
];
const SCORE = { accuracy: 'Accuracy', loss: 'Loss', none: 'Score' } as const;

/** The comparison of number formats on one model, as our MIME type, HTML and text. */
export function precisionTableBundle(payload: PrecisionTable): MimeBundle {
  const columns = measuredColumns(payload);
  const rows = payload.rows.map((row) => measuredCells(row, payload));
  const expected = expectedRows(payload);
  return bundle(
    MIME.precisionTable,
    payload,
    stacked(
      table(columns, rows, { caption: caption(payload) }),
      ...trialsTable(payload),
      picture((width) => speedupChart(payload, width)),
      ...(expected.length === 0 ? [] : [table(EXPECTED, expected, { caption: EXPECTED_CAPTION })]),
      notes([...remarks(payload), ...notesBelowVerdict(payload)]),
    ),
  );
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

function measuredColumns({ metric }: PrecisionTable): Column[] {
  return [
    { header: 'Format' },
    { header: 'Execution', align: 'left' },
    { header: 'Latency' },
    { header: 'Speedup' },
    { header: 'Weights' },
    { header: 'Energy/batch' },
    { header: 'CO2e/batch' },
    { header: SCORE[metric] },
    { header: 'Max error' },
    { header: 'SQNR' },
  ];
}

function measuredCells(row: PrecisionRow, payload: PrecisionTable): Row {
  const { latencyS, energyJ } = row;
  return [
    row.format,
    row.execution,
    latencyS === null ? ABSENT : si(decodeNumber(latencyS.median), 's'),
    optional(row.speedup, ratio),
    bytes(row.weightBytes),
    energyJ === null ? ABSENT : `${batchEnergy(row) ?? ABSENT} ${energyJ.method}`,
    batchCO2e(row) ?? ABSENT,
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

function expectedRows({ rows, baseline }: PrecisionTable): Row[] {
  return rows.flatMap((row) => {
    const { literature, format, energyJ } = row;
    if (literature === null) return [];
    const reference = rows.find((other) => other.format === (row.against ?? baseline));
    const weights = reference === undefined ? NaN : 1 - row.weightBytes / reference.weightBytes;
    const joules = reference?.energyJ ?? null;
    return [
      [
        format,
        optional(row.speedup, ratio),
        interval(literature.speedup, (value) => significant(value, 2), 'x'),
        saved(weights),
        interval(literature.memorySaved, (value) => (value * 100).toFixed(0), '%'),
        energyJ === null || joules === null
          ? ABSENT
          : `${saved(1 - decodeNumber(energyJ.value) / decodeNumber(joules.value))} ${energyJ.method}`,
        interval(literature.energySaved, (value) => (value * 100).toFixed(0), '%'),
        literature.source,
      ],
    ];
  });
}

/** A fraction saved; negative where more was spent. */
function saved(fraction: number): string {
  return Number.isFinite(fraction) ? `${(fraction * 100).toFixed(0)}%` : ABSENT;
}

function interval(
  [low, high]: readonly [WireNumber, WireNumber],
  show: (value: number) => string,
  unit: string,
): string {
  const [from, to] = [show(decodeNumber(low)), show(decodeNumber(high))];
  return from === to ? `${to}${unit}` : `${from}–${to}${unit}`;
}

/** What a reader must know to read the figures: how each came about, and what is lost. */
function remarks(payload: PrecisionTable): string[] {
  const { rows } = payload;
  const timed = rows.find((row) => row.latencyS !== null)?.latencyS;
  const how =
    timed === undefined || timed === null
      ? []
      : [
          `Latency is measured: the median of ${payload.trials === undefined ? `${count(timed.runs, 'run')} a batch` : `the trials' means`}, p95 ` +
            rows
              .flatMap(({ format, latencyS }) =>
                latencyS === null ? [] : [`${format} ${duration(decodeNumber(latencyS.p95))}`],
              )
              .join(', ') +
            `. Speedup is against ${speedBaseline(payload)}; a simulated format claims none.`,
        ];
  const sources = new Set(
    rows.flatMap(({ energyJ }) =>
      energyJ === null ? [] : [`Energy is ${energyJ.method}: ${energyJ.source}.`],
    ),
  );
  return [...how, ...sources, ...engineNotes(rows), ...lossNotes(payload)];
}

/** One line for all formats of which the same is to be said. */
function engineNotes(rows: readonly PrecisionRow[]): string[] {
  const formats = new Map<string, string[]>();
  for (const { format, execution, engine, note } of rows) {
    const text = `${execution}, ${engine}${note === '' ? '' : `; ${note}`}`;
    formats.set(text, [...(formats.get(text) ?? []), format]);
  }
  return Array.from(formats, ([text, names]) => `${names.join(', ')}: ${text}`);
}

/** Where accuracy is lost. Where speed isn't gained, whoever timed the formats says so in `notes`. */
function lossNotes({ rows, baseline, metric }: PrecisionTable): string[] {
  const reference = rows.find((row) => row.format === baseline)?.score ?? null;
  if (metric !== 'accuracy' || reference === null) return [];
  const losses = rows.flatMap(({ format, score }) => {
    const lost = score === null ? 0 : decodeNumber(reference) - decodeNumber(score);
    return lost > 0.01 ? [{ format, points: (lost * 100).toFixed(2) }] : [];
  });
  const [only, ...others] = losses;
  if (only === undefined) return [];
  if (others.length === 0) {
    return [`${only.format} loses ${only.points} percentage points of accuracy.`];
  }
  const list = losses.map(({ format, points }) => `${format} ${points}`);
  return [`Percentage points of accuracy lost: ${list.join(', ')}.`];
}
