import type { MimeBundle } from '../host';
import { powerOfTwo } from '../display/exponents';
import { exhibitsOf, NO_EXHIBITS, type TableExhibit, withExhibits } from '../display/exhibits';
import { stacked, staticBundle } from '../display/fallback';
import { type Verdict, verdict } from '../display/verdict';
import { htmlTable, textTable, type Column, type Row } from '../display/table';
import { escapeHtml } from '../display/text';
import { bitsHtml, legendHtml, separated, spoken } from './value-bits';
import { errorText, relativeText, shown, ulpText } from '../payloads/inspection/figures';
import type { BitField, DecimalWorking, Explained, FormatWorking } from '../formats/results';

/** A step of the working: a sentence or more, and the table it speaks of. */
export interface Step {
  readonly title: string;
  readonly lines: readonly string[];
  readonly table?: { readonly columns: readonly Column[]; readonly rows: readonly Row[] };
}

/** A number's working as HTML, Markdown and text. */
export function explanationBundle(explained: Explained): MimeBundle {
  const { fields = [], label = '' } = explained.format?.format ?? {};
  return stepsBundle(stepsOf(explained), fields, label, explanationVerdict(explained));
}

/** Numbered steps, and below them the bits of a code, if there are any. */
export function stepsBundle(
  steps: readonly Step[],
  fields: readonly BitField[],
  label: string,
  first: Verdict,
): MimeBundle {
  const picture =
    fields.length === 0
      ? ''
      : `<p style="margin:6px 0">${escapeHtml(label)}: ${bitsHtml(fields)}</p>${legendHtml([fields])}`;
  const shown = staticBundle(
    stacked(verdict(first), {
      html: `<ol style="padding-left:22px;margin:4px 0">${steps.map(htmlStep).join('')}</ol>${picture}`,
      text: steps.map(textStep).join('\n'),
      exhibits: { ...NO_EXHIBITS, tables: steps.flatMap(exhibit) },
    }),
  );
  const markdown = { 'text/markdown': [first.sentence, ...steps.map(markdownStep)].join('\n') };
  return withExhibits({ ...shown, ...markdown }, exhibitsOf(shown));
}

function exhibit({ title, table }: Step): TableExhibit[] {
  return table === undefined ? [] : [{ caption: title, ...table }];
}

/** What the working comes to: the number in binary, and in the format with its error. */
export function explanationVerdict({ value, decimal, format }: Explained): Verdict {
  if (format === undefined) {
    return {
      sentence:
        decimal === undefined
          ? `${shown(value)} is not finite: there are no digits to work out.`
          : `${decimal.decimal} is ${decimal.binary} in binary${decimal.finite ? '' : ', whose digits never end'}.`,
      tone: 'good',
    };
  }
  const { status, label, value: rounded, relativeError } = format.format;
  const isKept = status === 'exact' || status === 'rounded' || status === 'infinite';
  return {
    sentence:
      status === 'exact'
        ? `${shown(value)} is exact in ${label}.`
        : `${shown(value)} in ${label} is ${shown(rounded)}: ${status}, off by ${relativeText(relativeError, 4)}.`,
    tone: isKept ? 'good' : status === 'subnormal' ? 'caution' : 'problem',
  };
}

export function stepsOf({ value, decimal, format }: Explained): readonly Step[] {
  const working = decimal === undefined ? [] : decimalSteps(decimal);
  const inFormat = format === undefined ? [] : formatSteps(value, format);
  return working.length + inFormat.length === 0
    ? [{ title: shown(value), lines: ['Not finite: there are no digits to work out.'] }]
    : [...working, ...inFormat];
}

function decimalSteps(working: DecimalWorking): Step[] {
  const steps: Step[] = [];
  const { divisions, doublings, decimal, binary, powers, finite } = working;
  if (divisions.length > 0) {
    steps.push({
      title: 'Integer part: divide by two, keep the remainder',
      lines: ['The remainders, read upward, are the bits.'],
      table: {
        columns: ['Number', 'Half', 'Remainder'].map((header) => ({ header, align: 'right' })),
        rows: divisions.map((s) => [s.dividend, s.quotient, String(s.remainder)]),
      },
    });
  }
  if (doublings.length > 0) {
    steps.push({
      title: 'Fraction: double, keep the digit before the point',
      lines: [
        `These digits, read downward, are the bits.${binary.includes('(') ? ' Here they repeat for ever.' : ''}`,
      ],
      table: {
        columns: ['Fraction', 'Doubled', 'Bit'].map((header) => ({ header, align: 'right' })),
        rows: doublings.map((s) => [s.fraction, s.doubled, String(s.bit)]),
      },
    });
  }
  const sign = decimal.startsWith('-') ? '-' : '';
  const sum = sign === '' ? sumText(powers) : `-(${sumText(powers)})`;
  steps.push({
    title: 'In binary, and back',
    lines: [
      `${decimal} = ${binary} in binary${binary.includes('(') ? '; the digits in brackets repeat' : ''}`,
      `${sum}${finite ? '' : ' + …'} = ${decimal}`,
    ],
  });
  return steps;
}

function formatSteps(value: number, working: FormatWorking): Step[] {
  const { format, stored, normalized, exponent, back } = working;
  const steps: Step[] = [];
  if (stored !== shown(value)) {
    steps.push({
      title: 'What JavaScript holds',
      lines: [
        Object.is(value, -0)
          ? 'Zero with a sign: -0'
          : `The double nearest to ${shown(value)}: ${stored}`,
      ],
    });
  }
  if (normalized !== undefined) {
    const sign = value < 0 ? '-' : '';
    steps.push({
      title: 'Normalize',
      lines: [`${sign}${normalized.significand} × ${powerOfTwo(normalized.exponent)}`],
    });
  }
  steps.push({
    title: `The neighbors in ${format.label}`,
    lines: neighbors(working),
  });
  if (exponent !== undefined && Number.isFinite(format.value) && format.value !== 0) {
    const { bias, field, bits, subnormal } = exponent;
    steps.push({
      title: 'Exponent field',
      lines: subnormal
        ? [`Field ${bits} is 0: subnormal, without the hidden one, times ${powerOfTwo(1 - bias)}.`]
        : [`${field - bias} + bias ${bias} = ${field} = ${bits} in binary`],
    });
  }
  steps.push({
    title: 'Code',
    lines: [`${separated(format.fields)} = ${format.hex} (${spoken(format.fields)})`],
  });
  if (back !== undefined) {
    const sum = back.negative ? `-(${sumText(back.powers)})` : sumText(back.powers);
    const line = Object.is(format.value, -0)
      ? 'Zero with a sign: -0'
      : `${sum} = ${shown(format.value)}`;
    steps.push({ title: 'Back to decimal', lines: [line] });
  }
  steps.push({
    title: 'Error',
    lines: [
      `Absolute ${errorText(format.absoluteError, 6)}, relative ${relativeText(format.relativeError, 4)}, ` +
        `ulp ${ulpText(format.ulp)}: ${format.status}.`,
    ],
  });
  return steps;
}

/** The numbers of the format below and above, or the largest where there is none above. */
function neighbors(working: FormatWorking): string[] {
  const { format, below, above, beyond, tie, rule } = working;
  const away = ({ value: number, distance }: FormatWorking['below']): string =>
    `${shown(number)}, ${errorText(distance, 6)} away`;
  const gives = `Rounding ${rule}${tie ? ': a tie' : ''} gives ${shown(format.value)}.`;
  if (below.distance === 0) return [`${format.label} has the number: ${shown(below.value)}.`];
  if (beyond === undefined) return [`Below: ${away(below)}`, `Above: ${away(above)}`, gives];
  const { last, halfway } = beyond;
  const from = halfway?.overflows === true ? 'from' : 'above';
  const limit =
    halfway === undefined
      ? []
      : [
          `The next one would be ${shown(2 * halfway.value - last.value)}: ${from} ${shown(halfway.value)}, halfway to it, numbers overflow.`,
        ];
  return [`Beyond the last number, ${away(last)}`, ...limit, gives];
}

export function sumText(powers: readonly number[]): string {
  return powers.length === 0 ? '0' : powers.map(powerOfTwo).join(' + ');
}

function htmlStep({ title, lines, table }: Step): string {
  const text = lines
    .map((line) => `<div style="overflow-wrap:anywhere">${escapeHtml(line)}</div>`)
    .join('');
  const body = table === undefined ? '' : htmlTable(table.columns, table.rows);
  return `<li style="margin:6px 0"><b>${escapeHtml(title)}</b>${text}${body}</li>`;
}

function markdownStep({ title, lines, table }: Step, index: number): string {
  const rows =
    table === undefined
      ? []
      : [
          '',
          `   | ${table.columns.map(({ header }) => header).join(' | ')} |`,
          `   | ${table.columns.map(() => '--:').join(' | ')} |`,
          ...table.rows.map((row) => `   | ${row.join(' | ')} |`),
          '',
        ];
  return [
    `${index + 1}. **${title}**`,
    ...lines.map((line) => `   - ${line.replaceAll('|', '\\|')}`),
    ...rows,
  ].join('\n');
}

function textStep({ title, lines, table }: Step, index: number): string {
  const rows = table === undefined ? [] : textTable(table.columns, table.rows).split('\n');
  return [`${index + 1}. ${title}`, ...[...lines, ...rows].map((line) => `   ${line}`)].join('\n');
}
