import { HalfnoteError } from '../../errors';
import { DEFAULT_REGION, givenIntensity, gridIntensity } from './grid';
import type { GridIntensity } from './grid';

/** Layer 3 of energy: from joules to grams of CO2 equivalent. */

export interface CarbonOptions {
  /** ISO 3166-1 code of a country or a group; without one the world's average is taken, and said so. */
  readonly region?: string | undefined;
  /** Instead of a region's: gCO2e/kWh. */
  readonly gridIntensity?: number | undefined;
  /** Power usage effectiveness of the building, at least 1. Default 1: the computer alone. */
  readonly pue?: number | undefined;
}

/** How joules become grams. */
export interface CarbonFactor {
  readonly intensity: GridIntensity;
  readonly pue: number;
  /** True when no region and no intensity was given. */
  readonly assumed: boolean;
}

const JOULES_PER_KWH = 3.6e6;

/** @throws HalfnoteError for an unknown region, a PUE below 1, a negative intensity, or both region and intensity. */
export function carbonFactor(options: CarbonOptions = {}): CarbonFactor {
  const { region, gridIntensity: given, pue = 1 } = options;
  if (!(Number.isFinite(pue) && pue >= 1)) {
    throw new HalfnoteError(
      'invalid-pue',
      `pue is ${pue}; a power usage effectiveness is a number from 1 up.`,
      'PUE 1.0 counts the computer alone; data centers have 1.1 to 1.6.',
    );
  }
  const named: unknown = region;
  if (named !== undefined && typeof named !== 'string') {
    throw new HalfnoteError(
      'unknown-region',
      `region is ${JSON.stringify(named)}; it must be a code such as 'FRA' or 'WORLD'.`,
    );
  }
  if (given === undefined) {
    const intensity = gridIntensity(region ?? DEFAULT_REGION);
    return { intensity, pue, assumed: region === undefined };
  }
  if (region !== undefined) {
    throw new HalfnoteError(
      'ambiguous-intensity',
      `Both region "${region}" and gridIntensity ${given} are given, and they say the same thing.`,
      'Leave one of them out.',
    );
  }
  if (!(Number.isFinite(given) && given >= 0)) {
    throw new HalfnoteError(
      'invalid-intensity',
      `gridIntensity is ${given}; it must be a number of gCO2e/kWh, 0 or more.`,
    );
  }
  return { intensity: givenIntensity(given), pue, assumed: false };
}

/** Grams of CO2e for joules used by the computer: E x PUE x I. */
export function co2eGrams(energyJ: number, { intensity, pue }: CarbonFactor): number {
  return (energyJ / JOULES_PER_KWH) * pue * intensity.gramsPerKWh;
}

/**
 * Software carbon intensity (ISO/IEC 21031): ((E x I) + M) per R, in grams per functional unit.
 * @param embodiedG M: grams of making the hardware, for the share of its life that was used.
 * @param units R: how many of what is counted (samples, requests, epochs).
 */
export function softwareCarbonIntensity(
  energyJ: number,
  factor: CarbonFactor,
  embodiedG: number,
  units: number,
): number {
  if (!(units > 0)) {
    throw new HalfnoteError(
      'invalid-units',
      `A count of functional units is above 0, not ${units}.`,
    );
  }
  return (co2eGrams(energyJ, factor) + embodiedG) / units;
}
