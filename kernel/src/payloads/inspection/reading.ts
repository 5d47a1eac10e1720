import { decodeNumber } from '../../display/numbers';
import { codeFields, hexCode } from '../../formats/code-fields';
import { codeValue } from '../../formats/code-value';
import { limitsOf } from '../../formats/limits-of';
import { neighborsOf, type Neighbors } from '../../formats/neighbors';
import type { BitField } from '../../formats/results';
import { roundingErrors } from '../../formats/rounding-errors';
import { ulp } from '../../formats/ulp';
import { ROLES } from './roles';
import { formatOf, type InspectionFormat } from './schema';

/** A code, and how what it stands for lies to the number that is inspected. */
export interface CodeReading extends Neighbors {
  readonly fields: readonly BitField[];
  readonly hex: string;
  readonly value: number;
  readonly absoluteError: number;
  readonly relativeError: number;
  readonly ulp: number;
  readonly status: string;
}

/** One bit of a code. */
export interface Bit {
  /** Counted from the highest bit of the code. */
  readonly place: number;
  readonly role: BitField['role'];
  /** `exponent bit 3`: counted from the lowest of its field. */
  readonly name: string;
  readonly isSet: boolean;
}

/** @param original The number that was inspected. @param code Any of the format. */
export function readCode(row: InspectionFormat, original: number, code: number): CodeReading {
  const format = formatOf(row);
  const unit = row.unit === null ? 1 : decodeNumber(row.unit);
  const element = codeValue(format)(code);
  const value = element * unit;
  const { below, above } = neighborsOf(format, code);
  const scaled = (near: number | undefined): number | undefined =>
    near === undefined || Number.isNaN(unit) ? undefined : near * unit;
  return {
    fields: codeFields(format, code),
    hex: hexCode(format, code),
    value,
    ...roundingErrors(original, value),
    ulp: Number.isFinite(element) ? ulp(format, element) * unit : NaN,
    below: scaled(below),
    above: scaled(above),
    status: code === row.code ? row.status : kindOf(row, element, value === original),
  };
}

/** What a code is that nobody has rounded to. */
function kindOf(row: InspectionFormat, element: number, isOriginal: boolean): string {
  if (Number.isNaN(element)) return 'NaN';
  if (isOriginal) return 'exact';
  if (!Number.isFinite(element)) return 'infinite';
  if (element === 0) return 'zero';
  const { kind } = row.element;
  const isSmall = kind === 'float' && Math.abs(element) < limitsOf(formatOf(row)).minNormal;
  return isSmall ? 'subnormal' : 'another value';
}

/** The bits of a code, highest first, each with its name. */
export function bitsOf(fields: readonly BitField[]): readonly Bit[] {
  let place = 0;
  return fields.flatMap(({ role, bits }) =>
    Array.from(bits, (bit, index) => ({
      place: place++,
      role,
      name:
        bits.length === 1 ? ROLES[role].name : `${ROLES[role].name} bit ${bits.length - 1 - index}`,
      isSet: bit === '1',
    })),
  );
}

/** The code with one bit turned. @param place Counted from the highest bit. */
export function toggled(code: number, bits: number, place: number): number {
  const weight = 2 ** (bits - 1 - place);
  return Math.floor(code / weight) % 2 === 1 ? code - weight : code + weight;
}
