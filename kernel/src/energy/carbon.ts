import { HalfnoteError } from '../errors';
import { DEFAULT_REGION, givenIntensity, gridIntensity } from './grid';
import type { GridIntensity } from './grid';

/** Layer 3 of energy: from joules to grams of CO2 equivalent. */

export interface CarbonOptions {
  /** ISO 3166-1 alpha-3 code or a group; without one the world's average is taken, and said so. */
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
  if (!(pue >= 1) || !Number.isFinite(pue)) {
    throw new HalfnoteError(
      'invalid-pue',
      `A PUE is at least 1, not ${pue}.`,
      'PUE 1.0 counts the computer alone; data centres have 1.1 to 1.6.',
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
  if (!(given >= 0) || !Number.isFinite(given)) {
    throw new HalfnoteError(
      'invalid-intensity',
      `A grid intensity is 0 or more gCO2e/kWh, not ${given}.`,
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
