import type { MimeBundle } from '../host';
import { type Fallback, stacked, staticBundle, table } from './fallback';
import type { Column, Row } from './table';
import { escapeHtml, plain } from './text';
import { ABSENT, bytes, percent, si } from './units';

export interface ExplanationCast {
  readonly from: string;
  readonly to: string;
  readonly count: number;
  readonly bytes: number;
  readonly seconds: number;
}

export interface ExplanationRow {
  readonly layer: string;
  readonly direction: 'forward' | 'backward';
  readonly op: string;
  readonly calls: number;
  readonly format: string;
  readonly execution: 'native' | 'simulated';
  readonly engine: string;
  readonly why: string;
  readonly casts: readonly ExplanationCast[];
}

/** What a model's ops ran in, for people. */
export interface ExplanationTable {
  readonly title: string;
  readonly rows: readonly ExplanationRow[];
  readonly castSeconds: number;
  readonly castBytes: number;
  readonly passSeconds: number;
  /** What was differentiated, in words. */
  readonly loss: string;
  readonly proposals: readonly { readonly layer: string; readonly reason: string }[];
  /** What the proposals were measured on. */
  readonly ranges: string;
  /** The line that does what is proposed. */
  readonly magic: string | undefined;
}

const COLUMNS: readonly Column[] = [
  { header: 'Layer' },
  { header: 'Pass', align: 'left' },
  { header: 'Op', align: 'left' },
  { header: 'Calls' },
  { header: 'Format', align: 'left' },
  { header: 'Execution', align: 'left' },
  { header: 'Why', align: 'left' },
  { header: 'Casts', align: 'left' },
  { header: 'Cast bytes' },
  { header: 'Cast time' },
];

const PROPOSAL_COLUMNS: readonly Column[] = [
  { header: 'Keep in fp32' },
  { header: 'Because', align: 'left' },
];

/** Static HTML, without scripts, and text. */
export function explanationBundle(explained: ExplanationTable): MimeBundle {
  const rows = explained.rows.map(tableRow);
  const cost =
    `Casts took ${si(explained.castSeconds, 's')} of the ${si(explained.passSeconds, 's')} of this forward and ` +
    `backward pass (${percent(share(explained))}, measured) and made ${bytes(explained.castBytes)} of copies. ` +
    `The loss was ${explained.loss}.`;
  const engines = [...new Set(explained.rows.map(({ engine }) => engine))].join(', ');
  const advice = adviceFor(explained);
  const proposals: Row[] = explained.proposals.map(({ layer, reason }) => [layer, reason]);
  const paragraphs = [`${cost} Engine: ${engines}.`, advice];
  return staticBundle(
    stacked(
      table(COLUMNS, rows, { caption: explained.title }),
      ...paragraphs.map(paragraph),
      ...(proposals.length === 0 ? [] : [table(PROPOSAL_COLUMNS, proposals)]),
      ...(explained.magic === undefined ? [] : [codeLine(explained.magic)]),
    ),
  );
}

function paragraph(text: string): Fallback {
  return { html: `<p style="margin:0">${escapeHtml(text)}</p>`, text: plain(text) };
}

function codeLine(code: string): Fallback {
  return { html: `<pre><code>${escapeHtml(code)}</code></pre>`, text: plain(code) };
}

function adviceFor({ proposals, ranges }: ExplanationTable): string {
  return proposals.length === 0
    ? `No layer is proposed to be kept in fp32 (measured on ${ranges}).`
    : `Proposed to be kept in fp32, measured on ${ranges}:`;
}

function share({ castSeconds, passSeconds }: ExplanationTable): number {
  return passSeconds > 0 ? castSeconds / passSeconds : 0;
}

function tableRow(row: ExplanationRow): Row {
  const { casts } = row;
  const total = (of: (cast: ExplanationCast) => number): number =>
    casts.reduce((sum, cast) => sum + of(cast), 0);
  return [
    row.layer,
    row.direction,
    row.op,
    String(row.calls),
    row.format,
    row.execution,
    row.why,
    casts.map(({ from, to, count }) => `${count} ${from} → ${to}`).join(', ') || ABSENT,
    casts.length === 0 ? ABSENT : bytes(total((cast) => cast.bytes)),
    casts.length === 0
      ? ABSENT
      : si(
          total((cast) => cast.seconds),
          's',
        ),
  ];
}
