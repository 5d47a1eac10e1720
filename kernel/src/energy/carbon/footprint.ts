import { HalfnoteError, shown } from '../../errors';
import { multiply, scale, sumOf } from '../../quantities/arithmetic';
import { combined, exact } from '../../quantities/make';
import type { Quantity } from '../../quantities/quantity';
import { requireEnergy, requireWithin } from './bounds';
import { JOULES_PER_KWH, intensityQuantity } from './factor';
import type { CarbonFactor } from './factor';

/** What energy costs the world: grams, litres, the share of making the device. */

/**
 * Grams of CO2e for joules used by the computer, E x PUE x I, with the interval of the energy and what the
 * sources of the intensity differ by.
 * @throws HalfnoteError `invalid-energy` for joules below 0 or NaN.
 */
export function co2e(energyJ: Quantity, { intensity, pue }: CarbonFactor): Quantity {
  return co2eAt(energyJ, intensityQuantity(intensity), pue);
}

/**
 * The same of an intensity that is a quantity already.
 * @throws HalfnoteError `invalid-energy` for joules below 0 or NaN.
 */
export function co2eAt(energyJ: Quantity, gramsPerKWh: Quantity, pue: number): Quantity {
  requireEnergy(energyJ.value);
  return scale(multiply(energyJ, gramsPerKWh), pue / JOULES_PER_KWH);
}

/**
 * Litres of water that the site evaporates to cool the computers. WUE is per kWh of the computers, so PUE
 * does not come in; the water of the power stations is not in it.
 * @param wue Water usage effectiveness in L/kWh, from 0 to 20 (The Green Grid, WP#35).
 * @throws HalfnoteError `invalid-energy` or `invalid-wue`.
 */
export function waterL(energyJ: Quantity, wue: number): Quantity {
  requireEnergy(energyJ.value);
  requireWithin(wue, {
    name: 'wue',
    code: 'invalid-wue',
    min: 0,
    max: 20,
    unit: 'L/kWh',
    hint: 'WUE is the site’s water over the energy of its computers: 0 to 2 L/kWh in data centers. One kWh can evaporate 1.5 L, so more than 20 would be a mistake of the unit.',
  });
  return scale(energyJ, wue / JOULES_PER_KWH);
}

export interface EmbodiedOptions {
  /** What making, moving and scrapping the device emits; with its range where the source has one. */
  readonly deviceKgCO2e:
    number | { readonly value: number; readonly low: number; readonly high: number };
  /** Years that it is expected to be in use. */
  readonly lifetimeYears: number;
  /** How long it was used for this work, in seconds; as a quantity, its interval goes into the share's. */
  readonly usedS: number | Quantity;
  /** How much of the device was reserved meanwhile, from above 0 to 1. Default 1. */
  readonly share?: number;
}

const YEAR_S = 365.25 * 24 * 3600;

/**
 * Grams of CO2e of making the device, for the time and share of it that was used: a line of its own, never
 * within the grams of energy. TE x (used / lifetime) x share, as in ISO/IEC 21031.
 * @throws HalfnoteError `invalid-embodied`.
 */
export function embodiedShare(options: EmbodiedOptions): Quantity {
  const { deviceKgCO2e: given, lifetimeYears, usedS: used, share = 1 } = options;
  const usedS = typeof used === 'number' ? used : used.value;
  const kg = typeof given === 'number' ? { value: given, low: given, high: given } : given;
  const check = (name: string, value: number, min: number, max: number, unit?: string): void => {
    const hint = 'Take the figure from the manufacturer’s product carbon footprint.';
    const open = name !== 'usedS' && name !== 'deviceKgCO2e';
    requireWithin(value, {
      name,
      code: 'invalid-embodied',
      min,
      max,
      open,
      hint,
      ...(unit === undefined ? {} : { unit }),
    });
  };
  check('deviceKgCO2e', kg.value, 0, 1e7, 'kg');
  check('lifetimeYears', lifetimeYears, 0, 50, 'years');
  check('usedS', usedS, 0, lifetimeYears * YEAR_S, 'seconds, the lifetime');
  check('share', share, 0, 1);
  if (!(kg.low >= 0 && kg.low <= kg.value && kg.high >= kg.value && Number.isFinite(kg.high))) {
    throw new HalfnoteError(
      'invalid-embodied',
      `deviceKgCO2e is ${shown(kg)}; its value must lie between its low, from 0, and its high.`,
    );
  }
  const device = combined(
    kg.value,
    { systematic: { below: kg.value - kg.low, above: kg.high - kg.value } },
    { method: 'literature' },
  );
  const gramsPerS = scale(device, (1000 * share) / (lifetimeYears * YEAR_S));
  return typeof used === 'number' ? scale(gramsPerS, used) : multiply(gramsPerS, used);
}

export interface SciOptions {
  readonly energyJ: Quantity;
  readonly factor: CarbonFactor;
  /** M, in grams, of {@link embodiedShare}. Without it the score is of the energy alone, and says so. */
  readonly embodiedG?: Quantity;
  /** R: how many of what is counted. */
  readonly units: number;
  /** What is counted: `request`, `sample`, `epoch`. */
  readonly unit: string;
}

export interface SoftwareCarbonIntensity {
  readonly gramsPerUnit: Quantity;
  readonly unit: string;
  /** False: the hardware's making is not in it, which ISO/IEC 21031 asks for. */
  readonly embodied: boolean;
}

/**
 * Software carbon intensity (ISO/IEC 21031): ((E x I) + M) per R, in grams per functional unit.
 * @throws HalfnoteError `invalid-units` for a count that isn't above 0 or a unit without a name.
 */
export function softwareCarbonIntensity(options: SciOptions): SoftwareCarbonIntensity {
  const { energyJ, factor, embodiedG, units, unit } = options;
  requireWithin(units, {
    name: 'units',
    code: 'invalid-units',
    min: 0,
    max: Infinity,
    open: true,
    hint: 'It counts functional units: samples, requests, epochs.',
  });
  if (typeof unit !== 'string' || unit.trim() === '') {
    throw new HalfnoteError(
      'invalid-units',
      `unit is ${shown(unit)}; a score is per something that has a name.`,
      'Name what is counted: request, sample, epoch.',
    );
  }
  const grams = sumOf([
    co2e(energyJ, factor),
    embodiedG ?? exact(0, { method: energyJ.method, samples: 0 }),
  ]);
  return { gramsPerUnit: scale(grams, 1 / units), unit, embodied: embodiedG !== undefined };
}
