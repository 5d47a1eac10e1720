import { paragraph, picture, stacked, staticBundle } from '../../display/fallback';
import { HUE } from '../../display/hues';
import { type Drawing, fixed, label } from '../../display/svg';
import { roundTicks, tickTexts } from '../../display/ticks';
import { HalfnoteError, shown } from '../../errors';
import { decode } from '../../formats/codec';
import type { FormatOrName, NumberFormat } from '../../formats/format';
import { limits } from '../../formats/limits';
import { asFormat } from '../../formats/table';
import type { MimeBundle } from '../../host';
import { NumberView } from '../../inspection/views';
import { WORDS } from '../words';
import { told } from '../text';

export interface NumberLineOptions {
  /** Default: 0. */
  readonly from?: number;
  /** Default: 8. */
  readonly to?: number;
  /** Numbers that are pointed at on every line. */
  readonly marks?: readonly number[];
}

/** The numbers of one format within the interval, ascending. */
export interface NumberLine {
  readonly format: NumberFormat;
  readonly numbers: readonly number[];
  /** How many of them are subnormal. */
  readonly subnormals: number;
}

const [LEFT, WIDTH, ROW, TOP] = [110, 560, 34, 24] as const;
/** Codes that can be drawn one by one. */
const MOST_BITS = 16;

/**
 * Every number that a format has between two numbers, one tick each; subnormal ones in another color.
 * @throws HalfnoteError `invalid-argument` for an empty interval or a format of more than 16 bits.
 */
export function numberLine(
  formats: FormatOrName | readonly FormatOrName[],
  { from = 0, to = 8, marks = [] }: NumberLineOptions = {},
): NumberView<readonly NumberLine[]> {
  if (!(Number.isFinite(from) && Number.isFinite(to) && from < to)) {
    throw new HalfnoteError(
      'invalid-argument',
      `numberLine() draws from a number to a larger one, not from ${shown(from)} to ${shown(to)}.`,
      "For example numberLine('e4m3', { from: 0, to: 2 }).",
    );
  }
  const named = Array.isArray(formats)
    ? (formats as readonly FormatOrName[])
    : [formats as FormatOrName];
  const lines = named.map((format) => lineOf(asFormat(format), from, to));
  return new NumberView(lines, bundleOf(lines, from, to, marks));
}

function lineOf(format: NumberFormat, from: number, to: number): NumberLine {
  if (format.bits > MOST_BITS) {
    throw new HalfnoteError(
      'invalid-argument',
      `numberLine() draws every number of a format, of at most ${MOST_BITS} bits; ${format.label} has ${format.bits}.`,
      'Take a narrower format, such as bf16, fp16, e4m3 or e5m2.',
    );
  }
  const all = Array.from({ length: 2 ** format.bits }, (_, code) => decode(format, code));
  const numbers = [...new Set(all)].filter((x) => x >= from && x <= to).sort((a, b) => a - b);
  const { minNormal } = limits(format);
  const subnormals = numbers.filter((x) => isSubnormal(format, x, minNormal)).length;
  return { format, numbers, subnormals };
}

function isSubnormal(format: NumberFormat, x: number, minNormal: number): boolean {
  return format.kind === 'float' && x !== 0 && Math.abs(x) < minNormal;
}

function bundleOf(
  lines: readonly NumberLine[],
  from: number,
  to: number,
  marks: readonly number[],
): MimeBundle {
  const said = lines.map(({ format, numbers, subnormals }) =>
    told(WORDS.numbersWithin(format.label, numbers.length, subnormals, from, to)),
  );
  return staticBundle(
    stacked(
      picture(() => drawing(lines, from, to, marks, said.join(' '))),
      ...said.map((line) => paragraph(line)),
    ),
  );
}

function drawing(
  lines: readonly NumberLine[],
  from: number,
  to: number,
  marks: readonly number[],
  description: string,
): Drawing {
  const at = (x: number): string => fixed(LEFT + ((x - from) / (to - from)) * WIDTH);
  const bottom = TOP + lines.length * ROW;
  const rows = lines.map(({ format, numbers }, i) => {
    const y = TOP + i * ROW;
    const { minNormal } = limits(format);
    const ticks = (which: readonly number[], hue: string): string =>
      which.length === 0
        ? ''
        : `<path d="${which.map((x) => `M${at(x)} ${y - 9}v18`).join('')}" stroke="${hue}" fill="none"/>`;
    const small = numbers.filter((x) => isSubnormal(format, x, minNormal));
    const rest = numbers.filter((x) => !isSubnormal(format, x, minNormal));
    return [
      label(0, y + 4, format.label),
      `<path d="M${LEFT} ${y}h${WIDTH}" stroke="${HUE.neutral}"/>`,
      ticks(rest, HUE.normal),
      ticks(small, HUE.subnormal),
    ].join('');
  });
  const ticks = roundTicks(from, to, 8);
  const texts = tickTexts(ticks);
  const axis = ticks.map((x, i) =>
    label(Number(at(x)), bottom + 4, texts[i] ?? '', { anchor: 'middle' }),
  );
  const pointers = marks
    .filter((x) => x >= from && x <= to)
    .map(
      (x) =>
        `<path d="M${at(x)} ${TOP - 14}V${bottom - 14}" stroke="${HUE.underflow}" stroke-dasharray="4 3"/>` +
        label(Number(at(x)), TOP - 16, String(x), { anchor: 'middle' }),
    );
  return {
    title: told(WORDS.numberLine(from, to)),
    description,
    width: LEFT + WIDTH + 24,
    height: bottom + 10,
    body: [...rows, ...axis, ...pointers].join(''),
  };
}
