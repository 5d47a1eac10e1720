import { carbonFactor } from '../../energy/carbon';
import { HalfnoteError } from '../../errors';
import { scale, sum } from '../../quantities/arithmetic';
import { exact } from '../../quantities/make';
import type { Quantity } from '../../quantities/quantity';
import type { Report } from '../schema';

/** How joules become grams in a report, as the user stated it. */
export interface CarbonSettings {
  readonly region?: string | undefined;
  /** Instead of a region's: gCO2e/kWh. */
  readonly gridIntensity?: number | undefined;
  readonly pue?: number | undefined;
  /** Water usage effectiveness: litres a kWh. */
  readonly waterLPerKWh?: number | undefined;
  /** Making the machine: kgCO2e, spread evenly over the years that it serves. */
  readonly embodied?: { readonly kgCO2e: number; readonly lifetimeYears: number } | undefined;
}

const JOULES_PER_KWH = 3.6e6;
const SECONDS_PER_YEAR = 365.25 * 24 * 3600;

export interface CarbonModel {
  readonly pue: number;
  readonly waterLPerKWh: number | null;
  /** Whether the user stated where the electricity is from. */
  readonly isStated: boolean;
  readonly grams: (energyJ: Quantity) => Quantity;
  /** @param energyJ the user's code's. */
  readonly of: (energyJ: Quantity, durationS: Quantity) => Report['carbon'];
}

/** @throws HalfnoteError for an unknown region or a figure out of bounds: before anything runs. */
export function carbonModel(settings: CarbonSettings): CarbonModel {
  const { region, gridIntensity, pue, waterLPerKWh: water, embodied } = settings;
  const factor = carbonFactor({ region, gridIntensity, pue });
  checkWater(water);
  const method = gridIntensity === undefined ? 'literature' : 'estimated';
  const gramsPerKWh = exact(factor.intensity.gramsPerKWh, { method });
  const grams = (energyJ: Quantity): Quantity => {
    const figure = scale(energyJ, (factor.pue * gramsPerKWh.value) / JOULES_PER_KWH);
    return { ...figure, method: 'literature' };
  };
  return {
    pue: factor.pue,
    waterLPerKWh: water ?? null,
    isStated: !factor.assumed,
    grams,
    of: (energyJ, durationS) => {
      const operationalG = grams(energyJ);
      const embodiedG = embodied === undefined ? null : embodiedShare(embodied, durationS);
      const year = Number(factor.intensity.year);
      return {
        intensity: {
          gramsPerKWh,
          region: factor.intensity.region,
          year: Number.isInteger(year) ? year : null,
          source: factor.intensity.source,
          licence: null,
        },
        operationalG,
        embodiedG,
        waterL: water === undefined ? null : scale(energyJ, (factor.pue * water) / JOULES_PER_KWH),
        sci:
          embodiedG === null
            ? null
            : { gramsPerUnit: sum(operationalG, embodiedG), unit: 'run of the notebook' },
      };
    },
  };
}

/** The machine's making, for the share of its life that the run took. */
function embodiedShare(
  { kgCO2e, lifetimeYears }: NonNullable<CarbonSettings['embodied']>,
  durationS: Quantity,
): Quantity {
  const bounded = kgCO2e >= 0 && kgCO2e <= 1e6 && lifetimeYears > 0 && lifetimeYears <= 100;
  if (!bounded) {
    throw new HalfnoteError(
      'invalid-argument',
      `Embodied emissions are ${kgCO2e} kgCO2e over ${lifetimeYears} years; allowed: 0 to 1e6 kg, above 0 and up to 100 years.`,
      "The maker's product carbon footprint says both.",
    );
  }
  const figure = scale(durationS, (kgCO2e * 1000) / (lifetimeYears * SECONDS_PER_YEAR));
  return { ...figure, method: 'estimated' };
}

/** The largest that any data center is known for is below 10 L/kWh. */
const MOST_LITRES = 20;

function checkWater(litres: number | undefined): void {
  if (litres === undefined || (litres >= 0 && litres <= MOST_LITRES)) return;
  throw new HalfnoteError(
    'invalid-argument',
    `The water usage effectiveness is ${litres} L/kWh; allowed: 0 to ${MOST_LITRES}.`,
  );
}
