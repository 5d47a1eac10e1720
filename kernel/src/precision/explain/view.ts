import type { MimeBundle } from '../../host';
import { code, type Fallback, fold, legend, stacked, staticBundle } from '../../display/fallback';
import { CASTS, causeNumbers, operationTable } from './operations';
import type { ExplanationCast, ExplanationRow } from './operations';
import type { Column, Row } from '../../display/table';
import { howFound, type Verdict, verdict } from '../../display/verdict';
import { worstFirst } from '../../display/worst-first';
import { ABSENT, bytes, percent, si } from '../../display/units';

/** What is proposed, and the line that does it. */
export interface ExplanationAdvice {
  /** One sentence. */
  readonly text: string;
  readonly reasons: readonly { readonly layer: string; readonly reason: string }[];
  readonly code: string | undefined;
}

/** What a model's ops ran in, for people. */
export interface ExplanationTable {
  readonly verdict: Verdict;
  readonly title: string;
  readonly rows: readonly ExplanationRow[];
  readonly castSeconds: number;
  readonly castBytes: number;
  readonly passSeconds: number;
  /** What was differentiated, in words. */
  readonly loss: string;
  /** How training steps run, in words. */
  readonly steps: string;
  /** What to do, the most important first. */
  readonly advice: readonly ExplanationAdvice[];
}

const LAYER_COLUMNS: readonly Column[] = [
  { header: 'Layer' },
  { header: 'Forward', align: 'left' },
  { header: 'Backward', align: 'left' },
  { header: 'Execution', align: 'left' },
  { header: 'Ops' },
  { header: 'made', group: CASTS },
  { header: 'bytes', group: CASTS },
  { header: 'time', group: CASTS },
  { header: 'Why', align: 'left' },
];

const REASON_COLUMNS: readonly Column[] = [
  { header: 'Layer' },
  { header: 'Because', align: 'left' },
];

/**
 * Static HTML, without scripts, and text: first what to do and what casts cost, then a row per layer,
 * the reasons by number, and folded the ops of each layer.
 */
export function explanationBundle(explained: ExplanationTable): MimeBundle {
  const { rows, title, advice } = explained;
  const reasons = [...new Set(rows.flatMap(({ causes }) => causes))];
  const names = [...new Set(rows.map(({ layer }) => layer))];
  const layers = names.map((name) => [name, rows.filter(({ layer }) => layer === name)] as const);
  const ops = layers.map(([layer, own]) =>
    fold(
      `${layer}: ${own.length} ${own.length === 1 ? 'op' : 'ops'}`,
      operationTable(own, reasons),
    ),
  );
  return staticBundle(
    stacked(
      verdict(explained.verdict),
      ...advice.flatMap((each) => advised(each, explained.verdict)),
      worstFirst(
        LAYER_COLUMNS,
        layers.map(([layer, own]) => layerRow(layer, own, reasons)),
        costliestFirst(layers.map(([, own]) => own)),
        {
          what: 'layers',
          order: 'most time in casts first',
          caption: `${title}. The numbers under Why are those of the reasons below`,
        },
      ),
      reasons.length > FEW
        ? fold(`The ${reasons.length} reasons`, legend(reasons))
        : legend(reasons),
      fold('Each op of each layer', stackedOps(ops)),
      howFound([
        castsText(explained),
        `Training steps ${explained.steps}. This pass ran op by op, for each op to be seen.`,
      ]),
    ),
  );
}

/** The reasons for what is proposed; what the verdict has said and proposed stands there. */
function advised({ text, reasons, code: line }: ExplanationAdvice, { next }: Verdict): Fallback[] {
  const rows: Row[] = reasons.map(({ layer, reason }) => [layer, reason]);
  if (rows.length === 0) return [];
  const caption = text.replace(/[.:]$/, '');
  return [
    worstFirst(
      REASON_COLUMNS,
      rows,
      rows.map((_, i) => i),
      { what: 'layers', order: 'in the order of the model', caption },
    ),
    ...(line === undefined || line === next ? [] : [code(line)]),
  ];
}

/** Reasons that are read; more are looked up. */
const FEW = 3;

/** The order of layers by the time that their casts took, then by how often they were simulated. */
function costliestFirst(layers: readonly (readonly ExplanationRow[])[]): number[] {
  const seconds = layers.map((rows) =>
    rows.flatMap((row) => row.casts).reduce((sum, cast) => sum + cast.seconds, 0),
  );
  return seconds.map((_, i) => i).sort((a, b) => (seconds[b] ?? 0) - (seconds[a] ?? 0));
}

/** What casts cost, measured. */
function castsText(explained: ExplanationTable): string {
  const { castSeconds, passSeconds, castBytes, loss, rows } = explained;
  const share = passSeconds > 0 ? castSeconds / passSeconds : 0;
  const engines = [...new Set(rows.map(({ engine }) => engine))].join(', ');
  return (
    `Casts took ${si(castSeconds, 's')} of the ${si(passSeconds, 's')} of this forward and backward pass ` +
    `(${percent(share)}, measured) and made ${bytes(castBytes)} of copies. ` +
    `The loss was ${loss}. Engine: ${engines}.`
  );
}

function layerRow(layer: string, rows: readonly ExplanationRow[], reasons: readonly string[]): Row {
  const casts = rows.flatMap((row) => row.casts);
  const formats = (direction: ExplanationRow['direction']): string =>
    distinct(rows.filter((row) => row.direction === direction).map(({ format }) => format)) ||
    ABSENT;
  const total = (of: (cast: ExplanationCast) => number): number =>
    casts.reduce((sum, cast) => sum + of(cast), 0);
  return [
    layer,
    formats('forward'),
    formats('backward'),
    distinct(rows.map(({ execution }) => execution)),
    String(rows.reduce((sum, { calls }) => sum + calls, 0)),
    ...(casts.length === 0
      ? [ABSENT, ABSENT, ABSENT]
      : [
          String(total(({ count }) => count)),
          bytes(total((cast) => cast.bytes)),
          si(
            total(({ seconds }) => seconds),
            's',
          ),
        ]),
    causeNumbers(rows, reasons),
  ];
}

/**
 * Each value once: products that read a format of their own, then others, then what fp32 has too. What
 * products give is said with them.
 */
function distinct(values: readonly string[]): string {
  const rank = (value: string): number =>
    value.includes('×') ? 0 : value === 'fp32' || value === 'native' ? 2 : 1;
  const all = [...new Set(values)];
  const isSaid = (value: string): boolean => all.some((other) => other.endsWith(`→ ${value}`));
  return all
    .filter((value) => !isSaid(value))
    .sort((a, b) => rank(a) - rank(b))
    .join(', ');
}

/** Folded parts lie close together. */
function stackedOps(parts: readonly Fallback[]): Fallback {
  return {
    html: parts.map(({ html }) => html).join(''),
    text: parts.map(({ text }) => text).join('\n\n'),
  };
}
