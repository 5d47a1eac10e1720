import type { MimeBundle } from '../host';
import { staticBundle, table } from './fallback';
import { textTable, type Column } from './table';
import { powerOfTwo } from './exponents';
import { HUE } from './svg';
import { escapeHtml } from './text';
import { ABSENT, significant } from './units';
import { bitsSvg, legendHtml, legendText, separated } from './value-bits';
import type {
  InspectedFormat,
  SummarizedFormat,
  ValueInspection,
  ValuesInspection,
  ValueStatus,
} from './value-payloads';

/** A sign beside each status, so that colour is never all there is. */
const MARKS: Readonly<Record<ValueStatus, { readonly mark: string; readonly hue: string }>> = {
  exact: { mark: '=', hue: HUE.neutral },
  rounded: { mark: '≈', hue: HUE.normal },
  subnormal: { mark: '▿', hue: HUE.subnormal },
  underflow: { mark: '↓', hue: HUE.underflow },
  overflow: { mark: '↑', hue: HUE.overflow },
  saturated: { mark: '⊤', hue: HUE.overflow },
  infinite: { mark: '∞', hue: HUE.neutral },
  NaN: { mark: '?', hue: HUE.neutral },
};

const HEADERS = ['Format', 'Bits', 'Code', 'Value', 'Error', 'Relative error', 'ulp', 'Status'];
const CELL = 'padding:3px 8px;white-space:nowrap;vertical-align:middle';
const RULE = '1px solid var(--jp-border-color1,#8889)';
const THIN = '1px solid var(--jp-border-color2,#8884)';

/** One number in several formats. */
export function valueInspectorBundle(inspection: ValueInspection): MimeBundle {
  const { formats } = inspection;
  const caption = `${shown(inspection.value)} in ${formats.length} format${formats.length === 1 ? '' : 's'}, ${how(inspection)}`;
  const columns = HEADERS.map((header, i): Column => ({
    header,
    align: i < 2 || i === 7 ? 'left' : 'right',
  }));
  const fields = formats.map((format) => format.fields);
  return staticBundle({
    html:
      `<div style="overflow-x:auto"><table style="border-collapse:collapse;border:0;margin:0;font-size:inherit;font-variant-numeric:tabular-nums;color:var(--jp-content-font-color1,currentColor)">` +
      `<caption style="caption-side:top;text-align:left;padding:0 0 6px;font-weight:600;color:inherit">${escapeHtml(caption)}</caption>` +
      `<thead><tr>${columns.map(({ header, align }) => `<th scope="col" style="${CELL};text-align:${align ?? 'left'};border-bottom:${RULE}">${header}</th>`).join('')}</tr></thead>` +
      `<tbody>${formats.map(htmlRow).join('')}</tbody></table></div>${legendHtml(fields)}`,
    text: [
      textTable(columns, formats.map(textRow), { caption }),
      `Bits: ${legendText(fields)}; fields are separated by |.`,
    ].join('\n'),
  });
}

function htmlRow(format: InspectedFormat): string {
  const cell = (content: string, align: 'left' | 'right', style = ''): string =>
    `<td style="${CELL};text-align:${align};border-bottom:${THIN}${style}">${content}</td>`;
  const { mark, hue } = MARKS[format.status];
  const mono = ';font-family:var(--jp-code-font-family,monospace)';
  return (
    `<tr><th scope="row" style="${CELL};text-align:left;border-bottom:${THIN};font-weight:600">${escapeHtml(format.label)}</th>` +
    cell(bitsSvg(format.fields, format.label), 'left') +
    cell(format.hex, 'right', mono) +
    cell(shown(format.value), 'right', mono) +
    cell(significant(format.absoluteError), 'right') +
    cell(relative(format.relativeError) + errorBar(format.relativeError), 'right') +
    cell(ulpText(format.ulp), 'right') +
    cell(
      `<span style="display:inline-block;width:1.2em;text-align:center;color:${hue};font-weight:700" aria-hidden="true">${mark}</span>${format.status}`,
      'left',
    ) +
    '</tr>'
  );
}

/** A bar on a logarithmic scale from 2^-24 to 1. */
function errorBar(relativeError: number): string {
  const octaves = Number.isFinite(relativeError) ? Math.log2(Math.max(relativeError, 2 ** -24)) : 0;
  const width =
    relativeError === 0 ? 0 : Math.round(48 * Math.min(1, Math.max(0.04, 1 + octaves / 24)));
  return (
    `<svg aria-hidden="true" width="50" height="8" style="margin-left:6px;vertical-align:0">` +
    `<rect x="0.5" y="0.5" width="49" height="7" fill="none" stroke="currentColor" stroke-opacity="0.25"/>` +
    `<rect x="1" y="1" width="${width}" height="6" fill="${HUE.neutral}"/></svg>`
  );
}

function textRow(format: InspectedFormat): string[] {
  return [
    format.label,
    separated(format.fields),
    format.hex,
    shown(format.value),
    significant(format.absoluteError),
    relative(format.relativeError),
    ulpText(format.ulp),
    `${MARKS[format.status].mark} ${format.status}`,
  ];
}

/** The errors of many numbers in several formats. */
export function valuesInspectorBundle(inspection: ValuesInspection): MimeBundle {
  const { count, min, max, formats } = inspection;
  const caption = `${count.toLocaleString('en')} number${count === 1 ? '' : 's'} from ${significant(min)} to ${significant(max)}, ${how(inspection)}`;
  const columns: Column[] = [
    { header: 'Format' },
    { header: 'Max error' },
    { header: 'Max relative error' },
    { header: 'SQNR' },
    { header: 'What became of them', align: 'left' },
  ];
  const rows = formats.map((format) => [
    format.label,
    significant(format.maxError),
    relative(format.maxRelativeError),
    `${significant(format.sqnrDb)} dB`,
    fates(format, count),
  ]);
  return staticBundle(table(columns, rows, { caption }));
}

/** `≈ rounded 98.1 %, ↓ underflow 1.9 %`. */
function fates({ counts }: SummarizedFormat, count: number): string {
  const order = Object.keys(MARKS) as ValueStatus[];
  return order
    .flatMap((status) => {
      const share = (counts[status] ?? 0) / count;
      return share === 0 ? [] : [`${MARKS[status].mark} ${status} ${significant(share * 100)}%`];
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

/** A number with all the digits that tell it apart. */
export function shown(value: number): string {
  if (Object.is(value, -0)) return '-0';
  if (!Number.isFinite(value)) return significant(value);
  return String(value).replace('e+', 'e');
}

/** `2⁻¹⁰ = 0.000977`; the spacing of a table's values need not be a power of two. */
export function ulpText(ulp: number): string {
  if (Number.isNaN(ulp)) return ABSENT;
  const exponent = Math.log2(ulp);
  return Number.isInteger(exponent) && exponent !== 0 ? powerOfTwo(exponent) : significant(ulp);
}

function relative(error: number): string {
  if (!Number.isFinite(error)) return significant(error);
  return error === 0 ? '0%' : `${significant(error * 100)}%`;
}
