import type { Fallback } from '../../display/fallback';
import { NO_EXHIBITS } from '../../display/exhibits';
import { decodeNumber, type WireNumber } from '../../display/numbers';
import { type Column, markupTable, textTable } from '../../display/table';
import { escapeHtml, plain } from '../../display/text';
import { ABSENT, bytes, ratio, si, significant } from '../../display/units';
import { batchCO2e, batchEnergy } from '../../payloads/precision/batch-energy';
import { BEST, bestFormats, type Ranked } from '../../payloads/precision/best';
import {
  scoreChangeText,
  scoreIntervalText,
  scoreText,
} from '../../payloads/precision/score-words';
import type { PrecisionRow, PrecisionTable } from '../../payloads/precision/table';

/** Longer cells wrap. */
const SENTENCE = 40;
const SCORE = { accuracy: 'Accuracy', loss: 'Loss' } as const;

interface Figure {
  readonly column: Column;
  readonly rank?: Ranked;
  readonly text: (row: PrecisionRow, payload: PrecisionTable) => string;
}

function figuresOf({ metric, baseline }: PrecisionTable): Figure[] {
  return [
    { column: { header: 'Format' }, text: ({ format }) => format },
    { column: { header: 'Execution', align: 'left' }, text: ({ execution }) => execution },
    ...(metric === 'none'
      ? []
      : [
          {
            column: { header: SCORE[metric] },
            rank: 'score' as const,
            text: (row: PrecisionRow, payload: PrecisionTable) => scoreCell(row, payload),
          },
          {
            column: { header: `Against ${plain(baseline)}`, align: 'left' as const },
            text: scoreChangeText,
          },
        ]),
    {
      column: { header: 'Speedup' },
      rank: 'speedup',
      text: ({ speedup }) => optional(speedup, ratio),
    },
    {
      column: { header: 'Energy/batch' },
      rank: 'energy',
      text: (row) =>
        row.energyJ === null ? ABSENT : `${batchEnergy(row) ?? ABSENT} ${row.energyJ.method}`,
    },
    {
      column: { header: 'Weights' },
      rank: 'weights',
      text: ({ weightBytes }) => bytes(weightBytes),
    },
    {
      column: { header: 'Latency' },
      rank: 'latency',
      text: ({ latencyS }) => (latencyS === null ? ABSENT : si(decodeNumber(latencyS.median), 's')),
    },
    {
      column: { header: 'SQNR' },
      rank: 'sqnr',
      text: ({ sqnrDb }) => decibels(decodeNumber(sqnrDb)),
    },
    {
      column: { header: 'Max error' },
      rank: 'error',
      text: ({ maxError }) => significant(decodeNumber(maxError)),
    },
    { column: { header: 'CO2e/batch' }, text: (row) => batchCO2e(row) ?? ABSENT },
  ];
}

/** All figures; the best of a column in bold, after a sign. */
export function figuresTable(payload: PrecisionTable): Fallback {
  const figures = figuresOf(payload);
  const best = bestFormats(payload);
  const columns = figures.map(({ column }) => column);
  const plainRows = payload.rows.map((row) => figures.map(({ text }) => text(row, payload)));
  const rows = plainRows.map((texts, i) =>
    texts.map((text, k) => {
      const rank = figures[k]?.rank;
      const isBest = rank !== undefined && best.get(rank)?.has(payload.rows[i]?.format ?? '');
      return isBest === true ? `${BEST} ${text}` : text;
    }),
  );
  const cells = rows.map((row) =>
    row.map((text) => ({
      html: text.startsWith(BEST) ? `<strong>${escapeHtml(text)}</strong>` : escapeHtml(text),
      wraps: text.length > SENTENCE,
    })),
  );
  const options = { caption: caption(payload) };
  return {
    html: markupTable(columns, cells, options),
    text: textTable(columns, rows, options),
    exhibits: { ...NO_EXHIBITS, tables: [{ ...options, columns, rows: plainRows }] },
  };
}

function scoreCell(row: PrecisionRow, payload: PrecisionTable): string {
  const interval = scoreIntervalText(row, payload);
  const score = optional(row.score, (value) => scoreText(value, payload.metric));
  return interval === undefined ? score : `${score} (${interval})`;
}

function caption({ title, model, device, batchSize, samples }: PrecisionTable): string {
  return (
    `${title}: ${model.name}, ${model.parameters.toLocaleString('en')} parameters; ` +
    `${device.name}, ${device.engine}, ${count(device.threads, 'thread')}; batch ${batchSize}, ${count(samples, 'sample')}`
  );
}

export function count(value: number, noun: string): string {
  return `${value.toLocaleString('en')} ${noun}${value === 1 ? '' : 's'}`;
}

export function optional(value: WireNumber | null, show: (value: number) => string): string {
  return value === null ? ABSENT : show(decodeNumber(value));
}

function decibels(value: number): string {
  return Number.isFinite(value) ? `${value.toFixed(1)} dB` : `${significant(value)} dB`;
}
