import { HalfnoteError } from '../../errors';
import { combined } from '../../quantities/make';
import type { Quantity } from '../../quantities/quantity';
import { requireEnergy, requireIntensity, requirePue } from './bounds';
import { DEFAULT_REGION, givenIntensity, gridIntensity } from './grid';
import type { GridIntensity } from './grid';

/** Layer 3 of energy: from joules to grams of CO2 equivalent. */

export interface CarbonOptions {
  /** A country, group, state, zone or cloud region; without one the world's average is taken, and said so. */
  readonly region?: string | undefined;
  /** Instead of a region's: gCO2e/kWh, from 0 to 3000. */
  readonly gridIntensity?: number | undefined;
  /** Power usage effectiveness of the building, from 1 to 5. Default 1: the computer alone. */
  readonly pue?: number | undefined;
}

/** How joules become grams. */
export interface CarbonFactor {
  readonly intensity: GridIntensity;
  readonly pue: number;
  /** True when no region and no intensity was given. */
  readonly assumed: boolean;
}

export const JOULES_PER_KWH = 3.6e6;

/**
 * @throws HalfnoteError for an unknown region, a PUE outside [1, 5], an intensity outside [0, 3000] g/kWh, or
 * both region and intensity.
 */
export function carbonFactor(options: CarbonOptions = {}): CarbonFactor {
  const { region, gridIntensity: given, pue = 1 } = options;
  requirePue(pue);
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
  requireIntensity(given);
  return { intensity: givenIntensity(given), pue, assumed: false };
}

/** The intensity in gCO2e/kWh with what its sources differ by as systematic part. */
export function intensityQuantity(intensity: GridIntensity): Quantity {
  const { gramsPerKWh, low, high, alternatives } = intensity;
  return combined(
    gramsPerKWh,
    { systematic: { below: gramsPerKWh - low, above: high - gramsPerKWh } },
    { method: 'literature', samples: 1 + alternatives.length },
  );
}

/**
 * Grams of CO2e for joules used by the computer: E x PUE x I, without an interval. See `co2e` for one.
 * @throws HalfnoteError `invalid-energy` for joules below 0 or NaN.
 */
export function co2eGrams(energyJ: number, { intensity, pue }: CarbonFactor): number {
  requireEnergy(energyJ);
  return (energyJ / JOULES_PER_KWH) * pue * intensity.gramsPerKWh;
}
