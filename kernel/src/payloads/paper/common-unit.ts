import { ABSENT } from '../../display/units';
import type { GridCell } from './grid';

interface Figure {
  /** Digits as they stand, without commas between thousands. */
  readonly digits: string;
  readonly prefix: string;
  /** Without its SI prefix. */
  readonly unit: string;
}

/** No number, but as good as one. */
const LIMIT = /^([-−]?∞|NaN)\s?(\D*)$/;
const FIGURE = /^([-−+]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?)\s?([^\d\s(±][^\d(±]*)?$/;
/** Units of ours that take a prefix; `min`, `dB` and `pt` take none. */
const PREFIXED =
  /^([TGMkmµn]?)((?:s|J|Wh|W|g|B|L|Hz|FLOPs?|OPs?|FLOP\/s|OP\/s|B\/s|tokens?\/s)(?:$|[\s/].*))$/;
const EXPONENTS: Readonly<Record<string, number>> = {
  T: 12,
  G: 9,
  M: 6,
  k: 3,
  '': 0,
  m: -3,
  µ: -6,
  n: -9,
};
/** Digits after the point beyond which a figure is written with its power of ten. */
const MOST_DECIMALS = 6;
const SIGNS: Readonly<Record<string, string>> = { x: '×' };

/**
 * The figures of a column in one unit, the one that most of them have; undefined where one of its cells is
 * no figure, or has another unit. What is missing stays missing.
 */
export function commonUnit(
  texts: readonly string[],
): { readonly unit: string; readonly cells: readonly GridCell[] } | undefined {
  const limits = texts.map((text) => LIMIT.exec(text));
  const figures = texts.map((text, i) => (isMissing(text) || limits[i] ? null : figureOf(text)));
  const there = figures.flatMap((figure) => figure ?? []);
  const [first] = there;
  if (first === undefined || figures.includes(undefined)) return undefined;
  // A nothing without a unit has any.
  const named = there.find(({ unit }) => unit !== '') ?? first;
  if (there.some(({ unit, digits }) => unit !== named.unit && Number(digits) !== 0))
    return undefined;
  const prefix = mostFrequent(
    there.filter(({ digits }) => Number(digits) !== 0).map((figure) => figure.prefix),
  );
  return {
    unit: `${prefix}${SIGNS[named.unit] ?? named.unit.replace(' ', ', ')}`,
    cells: figures.map((figure, i): GridCell => {
      if (!figure) return { text: limits[i]?.[1] ?? texts[i] ?? '' };
      const power = (EXPONENTS[figure.prefix] ?? 0) - (EXPONENTS[prefix] ?? 0);
      const moved = shifted(figure.digits, power);
      return { text: moved.replace('-', '−'), figure: moved };
    }),
  };
}

function isMissing(text: string): boolean {
  return text === '' || text === ABSENT;
}

function figureOf(text: string): Figure | undefined {
  const [, number, rest = ''] = FIGURE.exec(text) ?? [];
  if (number === undefined) return undefined;
  const digits = number.replaceAll(',', '').replace('−', '-').replace(/^\+/, '');
  const [, prefix = '', unit = rest] = PREFIXED.exec(rest.trim()) ?? [];
  return { digits, prefix, unit: unit.trim() };
}

/** The number times a power of ten, with as many significant digits as it has. */
function shifted(digits: string, power: number): string {
  if (power === 0) return digits;
  const value = Number(`${digits.split('e')[0]}e${Number(digits.split('e')[1] ?? 0) + power}`);
  if (value === 0) return '0';
  const significant = (digits.split('e')[0] ?? '')
    .replace(/^-?0*\.?0*/, '')
    .replace('.', '').length;
  const decimals = significant - 1 - Math.floor(Math.log10(Math.abs(value)));
  if (decimals > MOST_DECIMALS) return value.toExponential(Math.max(0, significant - 1));
  return value.toFixed(Math.max(0, decimals));
}

function mostFrequent(prefixes: readonly string[]): string {
  const count = (prefix: string): number => prefixes.filter((other) => other === prefix).length;
  return prefixes.reduce(
    (best, prefix) => (count(prefix) > count(best) ? prefix : best),
    prefixes[0] ?? '',
  );
}
