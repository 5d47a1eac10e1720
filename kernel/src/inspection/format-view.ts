import type { MimeBundle } from '../host';
import { powerOfTwo } from '../display/exponents';
import { type Fallback, fold, stacked, staticBundle, table } from '../display/fallback';
import { type Verdict, verdict } from '../display/verdict';
import type { Column, Row } from '../display/table';
import { ABSENT } from '../display/units';
import { shown } from '../payloads/inspection/figures';
import type { NumberFormat } from '../formats/format';
import { limits } from '../formats/limits';

/** What a table of formats says of each one's numbers. */
export interface FormatFacts {
  readonly id: string;
  readonly label: string;
  readonly bits: number;
  readonly min: number;
  readonly max: number;
  /** The smallest positive number. */
  readonly smallest: number;
}

export const FACT_COLUMNS: readonly Column[] = [
  { header: 'Format' },
  { header: 'Name', align: 'left' },
  ...['Bits', 'Least', 'Largest', 'Smallest above 0'].map((header) => ({ header })),
];

export function factCells({ id, label, bits, min, max, smallest }: FormatFacts): Row {
  return [label, id, String(Number(bits.toFixed(2))), ...[min, max, smallest].map(figure)];
}

/** Formats with their numbers, as a table. */
export function formatsBundle(formats: readonly NumberFormat[]): MimeBundle {
  const rows = formats.map((format) => {
    const { min, max, minSubnormal } = limits(format);
    return factCells({ ...format, min, max, smallest: minSubnormal });
  });
  const facts = formats.map((format) => ({ ...format, ...limits(format) }));
  return staticBundle(
    stacked(verdict(formatsVerdict(facts)), foldedFacts(rows, `${formats.length} number formats`)),
  );
}

/** All numbers of all formats: looked up, not read. */
export function foldedFacts(rows: readonly Row[], caption: string): Fallback {
  const whole = table(FACT_COLUMNS, rows, { caption });
  return rows.length > FEW ? fold(`Numbers of all ${rows.length} formats`, whole) : whole;
}

/** Rows that one reads. */
const FEW = 10;

/** From the narrowest to the widest, and who reaches farthest. */
function formatsVerdict(formats: readonly Pick<FormatFacts, 'label' | 'bits' | 'max'>[]): Verdict {
  const bits = formats.map((format) => Number(format.bits.toFixed(2)));
  const reach = formats.filter(({ max }) => Number.isFinite(max));
  const widest = reach.reduce((a, b) => (b.max > a.max ? b : a), reach[0] ?? { label: '', max: 0 });
  return {
    sentence: `${formats.length} number formats of ${Math.min(...bits)} to ${Math.max(...bits)} bits; ${widest.label} reaches farthest, to ${shown(Number(widest.max.toPrecision(4)))}.`,
    tone: 'good',
  };
}

/** Powers of two as such where they are short to say. */
function figure(x: number): string {
  if (Number.isNaN(x)) return ABSENT;
  if (Number.isInteger(x) && Math.abs(x) < 1e10) return String(x);
  const exponent = Math.log2(Math.abs(x));
  if (Number.isInteger(exponent)) return `${x < 0 ? '-' : ''}${powerOfTwo(exponent)}`;
  return shown(Number(x.toPrecision(4)));
}
