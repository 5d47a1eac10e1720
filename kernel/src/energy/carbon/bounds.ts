import type { ErrorCode } from '../../error-codes';
import { HalfnoteError, shown } from '../../errors';

export interface Bounds {
  /** What the value is, as in a message: `pue`, `gridIntensity`. */
  readonly name: string;
  readonly code: ErrorCode;
  readonly min: number;
  readonly max: number;
  /** True: `min` itself isn't allowed. */
  readonly open?: boolean;
  readonly unit?: string;
  /** Why these are the bounds, and what to do: a sentence or two. */
  readonly hint: string;
}

/** @throws HalfnoteError that names the value, what is allowed and why. */
export function requireWithin(value: unknown, bounds: Bounds): void {
  const { name, code, min, max, open = false, unit, hint } = bounds;
  if (
    typeof value === 'number' &&
    Number.isFinite(value) &&
    (open ? value > min : value >= min) &&
    value <= max
  ) {
    return;
  }
  const from = open ? `above ${min}` : `from ${min}`;
  const to = max === Infinity ? '' : `${open ? ', up' : ''} to ${max}`;
  throw new HalfnoteError(
    code,
    `${name} is ${shown(value)}; it must be a number ${from}${to}${unit === undefined ? '' : ` ${unit}`}.`,
    hint,
  );
}

/** @throws HalfnoteError `invalid-energy` for joules that no device uses. */
export function requireEnergy(energyJ: number): void {
  requireWithin(energyJ, {
    name: 'energyJ',
    code: 'invalid-energy',
    min: 0,
    max: Infinity,
    unit: 'joules',
    hint: 'Work takes energy, it makes none: look at how the figure came about.',
  });
}

/** @throws HalfnoteError `invalid-pue` outside [1, 5]. */
export function requirePue(pue: number): void {
  requireWithin(pue, {
    name: 'pue',
    code: 'invalid-pue',
    min: 1,
    max: 5,
    hint: 'PUE is all energy of the building over that of its computers: 1.0 counts the computer alone, data centers have 1.1 to 1.6 (Google 1.1, the mean of the Uptime Institute’s survey of 2024 1.56), and above 5 more than four fifths would go elsewhere.',
  });
}

/** @throws HalfnoteError `invalid-intensity` outside [0, 3000]. */
export function requireIntensity(gramsPerKWh: unknown, name = 'gridIntensity'): void {
  requireWithin(gramsPerKWh, {
    name,
    code: 'invalid-intensity',
    min: 0,
    max: 3000,
    unit: 'gCO2e/kWh',
    hint: 'Coal power emits about 1000 gCO2e/kWh over its life cycle, the dirtiest grid in the data 1306; a figure in kg/kWh is to be multiplied by 1000.',
  });
}
