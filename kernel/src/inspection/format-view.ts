import type { MimeBundle } from '../host';
import { powerOfTwo } from '../display/exponents';
import { staticBundle, table } from '../display/fallback';
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
  return staticBundle(table(FACT_COLUMNS, rows, { caption: `${formats.length} number formats` }));
}

/** Powers of two as such where they are short to say. */
function figure(x: number): string {
  if (Number.isNaN(x)) return ABSENT;
  if (Number.isInteger(x) && Math.abs(x) < 1e10) return String(x);
  const exponent = Math.log2(Math.abs(x));
  if (Number.isInteger(exponent)) return `${x < 0 ? '-' : ''}${powerOfTwo(exponent)}`;
  return shown(Number(x.toPrecision(4)));
}
