import type { MimeBundle } from '../host';
import { NO_EXHIBITS } from '../display/exhibits';
import { type Fallback, notes, stacked, staticBundle, viewBundle } from '../display/fallback';
import { type Cell, type Column, markupTable, textTable } from '../display/table';
import { HUE } from '../display/hues';
import { verdict } from '../display/verdict';
import { worstFirst } from '../display/worst-first';
import { escapeHtml } from '../display/text';
import { ABSENT, percent, significant } from '../display/units';
import {
  errorText,
  relativeText,
  roundedText,
  shown,
  ulpText,
} from '../payloads/inspection/figures';
import { MIME } from '../payloads/mime-types';
import { inspectionPayload } from './inspection-payload';
import { bitsHtml, legendHtml, legendText, separated } from './value-bits';
import { valuesVerdict, valueVerdict } from './verdict';
import type {
  BitField,
  InspectedFormat,
  SummarizedFormat,
  ValueInspection,
  ValuesInspection,
  ValueStatus,
} from '../formats/results';

/** A sign beside each status, so that color is never all there is. */
const MARKS: Readonly<Record<ValueStatus, { readonly mark: string; readonly hue: string }>> = {
  exact: { mark: '=', hue: HUE.neutral },
  rounded: { mark: '≈', hue: HUE.normal },
  subnormal: { mark: '▿', hue: HUE.subnormal },
  underflow: { mark: '↓', hue: HUE.underflow },
  overflow: { mark: '↑', hue: HUE.overflow },
  saturated: { mark: '⊤', hue: HUE.overflow },
  infinite: { mark: '∞', hue: HUE.neutral },
  NaN: { mark: '?', hue: HUE.neutral },
  'NaN lost': { mark: '✗', hue: HUE.overflow },
};

const CALM: ReadonlySet<ValueStatus> = new Set(['exact', 'rounded']);

const HEADERS = ['Format', 'Bits', 'Code', 'Value', 'Error', 'Relative error', 'ulp', 'Status'];
/** One number in several formats. */
export function valueInspectorBundle(inspection: ValueInspection): MimeBundle {
  const { formats } = inspection;
  const caption = `${shown(inspection.value)} in ${formats.length} format${formats.length === 1 ? '' : 's'}, ${how(inspection)}`;
  const columns = HEADERS.map((header, i): Column => ({
    header,
    align: i < 2 || i === 7 ? 'left' : 'right',
  }));
  const fields = formats.map((format) => format.fields);
  const textRows = formats.map(textRow);
  const rows: Fallback = {
    exhibits: { ...NO_EXHIBITS, tables: [{ caption, columns, rows: textRows }] },
    html: markupTable(columns, formats.map(htmlRow), { caption }) + legendHtml(fields),
    text: [
      textTable(columns, textRows, { caption }),
      `Bits: ${legendText(fields)}; fields are separated by |.`,
    ].join('\n'),
  };
  const lines = remarks(inspection);
  const shownRows = stacked(verdict(valueVerdict(inspection)), rows, notes(lines));
  return viewBundle(MIME.inspection, inspectionPayload(inspection, caption, lines), shownRows);
}

/** What a code alone doesn't say: that it needs a scale, or has one. */
function remarks({ formats }: ValueInspection): string[] {
  const inexact = formats.filter(({ status }) => status !== 'exact');
  const named = (role: BitField['role']): string =>
    inexact
      .filter(({ fields, unit }) => fields.at(-1)?.role === role && unit === undefined)
      .map(({ label }) => label)
      .join(', ');
  const [integers, tables] = [named('integer'), named('index')];
  const without = [
    ...(integers === '' ? [] : [`to whole numbers in ${integers}`]),
    ...(tables === '' ? [] : [`to the values of a table in ${tables}`]),
  ];
  return [
    ...(without.length === 0
      ? []
      : [
          `Rounded without a scale: ${without.join('; ')}. Quantization divides by a scale first; of a tensor, %inspect does so too.`,
        ]),
    ...(formats.every(({ unit }) => unit === undefined)
      ? []
      : [
          'The factor beside an MX code is its scale, in a block of this number alone; in a tensor it follows from the largest of 32.',
        ]),
  ];
}

/** A code, and the scale beside it: `0x7 × 2⁻⁶`. */
function codeText({ hex, unit }: InspectedFormat): string {
  return unit === undefined ? hex : `${hex} × ${Number.isFinite(unit) ? ulpText(unit) : 'NaN'}`;
}

function htmlRow(format: InspectedFormat): Cell[] {
  const { mark, hue } = MARKS[format.status];
  // What most numbers are needs no color to be seen.
  const sign = CALM.has(format.status) ? mark : `<b style="color:${hue}">${mark}</b>`;
  const code = (text: string): string => `<code>${escapeHtml(text)}</code>`;
  return [
    escapeHtml(format.label),
    bitsHtml(format.fields),
    code(codeText(format)),
    code(shown(format.value)),
    errorText(format.absoluteError),
    relativeText(format.relativeError) + errorBar(format.relativeError),
    ulpText(format.ulp),
    `${sign} ${format.status}`,
  ].map((html) => ({ html }));
}

const BAR = 48;

/** A bar on a logarithmic scale from 2^-24 to 1. */
function errorBar(relativeError: number): string {
  const octaves = Number.isFinite(relativeError) ? Math.log2(Math.max(relativeError, 2 ** -24)) : 0;
  const width =
    relativeError === 0 || Number.isNaN(relativeError)
      ? 0
      : Math.round(BAR * Math.min(1, Math.max(0.04, 1 + octaves / 24)));
  if (width === 0) return '';
  // As a border it is short to say, and sanitizers leave it.
  return `\u00A0<span style="border-left:${width}px solid ${HUE.neutral};font-size:6px"></span>`;
}

function textRow(format: InspectedFormat): string[] {
  return [
    format.label,
    separated(format.fields),
    codeText(format),
    shown(format.value),
    errorText(format.absoluteError),
    relativeText(format.relativeError),
    ulpText(format.ulp),
    `${MARKS[format.status].mark} ${format.status}`,
  ];
}

/** The errors of many numbers in several formats. */
export function valuesInspectorBundle(inspection: ValuesInspection): MimeBundle {
  const { formats } = inspection;
  const isScaled = formats.some(({ scale }) => scale !== undefined);
  const columns: Column[] = [
    { header: 'Format' },
    ...(isScaled ? [{ header: 'Scale', align: 'left' } as const] : []),
    { header: 'Max error' },
    { header: 'Max relative error' },
    { header: 'SQNR' },
    { header: 'What became of them', align: 'left' },
  ];
  const rows = formats.map((format) => [
    format.label,
    ...(isScaled ? [scaleText(format)] : []),
    errorText(format.maxError),
    relativeText(format.maxRelativeError),
    decibels(format.sqnrDb),
    fates(format, inspection.count),
  ]);
  return staticBundle(
    stacked(
      verdict(valuesVerdict(inspection)),
      worstFirst(columns, rows, noisiestFirst(formats), {
        what: 'formats',
        order: 'least signal to noise first',
        caption: valuesCaption(inspection),
      }),
      notes(valuesRemarks(inspection)),
    ),
  );
}

/** The order by what is left of the numbers. */
function noisiestFirst(formats: readonly SummarizedFormat[]): number[] {
  const ratios = formats.map(({ sqnrDb }) => (Number.isNaN(sqnrDb) ? -Infinity : sqnrDb));
  const before = (a = 0, b = 0): number => (a === b ? 0 : a - b);
  return ratios.map((_, i) => i).sort((a, b) => before(ratios[a], ratios[b]));
}

function valuesCaption(inspection: ValuesInspection): string {
  const { count, nans, min, max } = inspection;
  const range = nans === count ? [] : [`from ${roundedText(min)} to ${roundedText(max)}`];
  const lost = nans === 0 ? '' : `, ${nans.toLocaleString('en')} of them NaN`;
  return `${[`${count.toLocaleString('en')} number${count === 1 ? '' : 's'}`, ...range].join(' ')}${lost}, ${how(inspection)}`;
}

function scaleText({ scale }: SummarizedFormat): string {
  if (scale === undefined) return ABSENT;
  return scale.value === undefined ? scale.rule : `${scale.rule} = ${errorText(scale.value)}`;
}

function valuesRemarks({ formats }: ValuesInspection): string[] {
  const unscaled = formats.flatMap(({ label, unscaledSqnrDb }) =>
    unscaledSqnrDb === undefined ? [] : [`${label} ${decibels(unscaledSqnrDb)}`],
  );
  return unscaled.length === 0
    ? []
    : [
        `Codes are multiplied by the scale that is named, as quantization does. Without a scale, each number rounded to the nearest code itself, the SQNR is: ${unscaled.join(', ')}.`,
      ];
}

function decibels(ratio: number): string {
  return `${significant(ratio)} dB`;
}

/** `≈ rounded 98.1%, ↓ underflow 1.90%`. */
function fates({ counts }: SummarizedFormat, count: number): string {
  const order = Object.keys(MARKS) as ValueStatus[];
  return order
    .flatMap((status) => {
      const share = (counts[status] ?? 0) / count;
      return share === 0 ? [] : [`${MARKS[status].mark} ${status} ${percent(share)}`];
    })
    .join(', ');
}

function how({
  rounding,
  saturate,
}: {
  readonly rounding: string;
  readonly saturate: boolean;
}): string {
  return `rounding ${rounding}${saturate ? ', saturating' : ''}`;
}
