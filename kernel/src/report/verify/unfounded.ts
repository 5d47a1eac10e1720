import { significant } from '../../display/units';
import { firstLine } from '../../errors';
import { JOULES_PER_KWH } from '../../energy/carbon/factor';
import type { Quantity } from '../../quantities/quantity';
import type { Report } from '../schema';
import { derived } from './derived';

/** Sums and products of the same figures in another order differ in their last digits. */
const TOLERANCE = 1e-9;

/**
 * What of a report isn't what its own samples, runs and settings give, in words: any figure and any end of
 * an interval, the accounts of each device, grams, litres, the SCI, the verdict with its reasons, and the
 * checklist. Who alters one of these and its hashes has to alter what it was made of as well.
 */
export function unfounded(report: Report): string[] {
  let expected: object;
  try {
    expected = derived(report);
  } catch (error) {
    return [`its samples and settings give no report: ${firstLine(error)}`];
  }
  return Object.entries(expected).flatMap(([part, value]) =>
    mismatches(part, report[part as keyof Report], value, floorOf(report, part)),
  );
}

/**
 * What counts as nothing in a part of a report, in its unit: a small account is what is left of large
 * figures.
 */
function floorOf({ energy, carbon, boundary }: Report, part: string): number {
  const machineJ = Math.abs(energy.machineJ.value) * TOLERANCE;
  const perJ = (boundary.pue * carbon.intensity.gramsPerKWh.value) / JOULES_PER_KWH;
  if (part === 'energy') return machineJ;
  return part === 'carbon' ? machineJ * Math.abs(perJ) : 0;
}

function mismatches(place: string, stated: unknown, expected: unknown, floor: number): string[] {
  if (isQuantity(stated) && isQuantity(expected)) {
    return quantityMismatches(place, stated, expected, floor);
  }
  if (typeof expected !== 'object' || expected === null) {
    return isSame(stated, expected, floor) ? [] : [words(place, stated, expected)];
  }
  if (typeof stated !== 'object' || stated === null) return [words(place, stated, expected)];
  if (Array.isArray(stated) && Array.isArray(expected) && stated.length !== expected.length) {
    return [`${place} has ${counted(stated)}, its samples and settings give ${counted(expected)}`];
  }
  return Object.entries(expected).flatMap(([key, value]) =>
    // Grams of cells stand among joules, and are fewer.
    mismatches(
      `${place}.${key}`,
      stated[key as keyof typeof stated],
      value,
      key === 'cells' ? 0 : floor,
    ),
  );
}

/** By the value alone where that is another: its interval is then, too. */
function quantityMismatches(
  place: string,
  stated: Quantity,
  expected: Quantity,
  floor: number,
): string[] {
  const size = Math.max(
    ...[stated, expected].flatMap(({ value, low, high }) => [value, low, high].map(Math.abs)),
  );
  const least = Math.max(floor, TOLERANCE * size);
  if (!isSame(stated.value, expected.value, least)) {
    return [words(place, stated.value, expected.value)];
  }
  return Object.entries(expected).flatMap(([key, value]) =>
    mismatches(`${place}.${key}`, stated[key as keyof Quantity], value, least),
  );
}

function isSame(stated: unknown, expected: unknown, floor: number): boolean {
  if (typeof stated !== 'number' || typeof expected !== 'number') {
    return (stated ?? null) === (expected ?? null);
  }
  const size = Math.max(Math.abs(stated), Math.abs(expected));
  return Math.abs(stated - expected) <= Math.max(floor, TOLERANCE * size);
}

function isQuantity(value: unknown): value is Quantity {
  return typeof value === 'object' && value !== null && 'statistical' in value;
}

function words(place: string, stated: unknown, expected: unknown): string {
  return `${place} is ${text(stated)}, its samples and settings give ${text(expected)}`;
}

function counted(values: readonly unknown[]): string {
  return `${values.length} ${values.length === 1 ? 'entry' : 'entries'}`;
}

function text(value: unknown): string {
  if (typeof value === 'number')
    return Number.isInteger(value) ? String(value) : significant(value, 6);
  return JSON.stringify(value ?? null);
}
