import { carbonFactor, intensityQuantity, type CarbonFactor } from '../../energy/carbon/factor';
import {
  co2e,
  embodiedShare,
  softwareCarbonIntensity,
  waterL,
  type EmbodiedOptions,
} from '../../energy/carbon/footprint';
import { exact } from '../../quantities/make';
import type { Quantity } from '../../quantities/quantity';
import type { Report } from '../schema';
import { notNegative } from './energy';

/** How joules become grams in a report, as the user stated it. */
export interface CarbonSettings {
  /** A country, group, state, zone or cloud region. */
  readonly region?: string | undefined;
  /** Instead of a region's: gCO2e/kWh. */
  readonly gridIntensity?: number | undefined;
  readonly pue?: number | undefined;
  /** Water usage effectiveness of the site: litres a kWh. */
  readonly wue?: number | undefined;
  /** Making the machine, spread evenly over the years that it serves. */
  readonly embodied?: Pick<EmbodiedOptions, 'deviceKgCO2e' | 'lifetimeYears'> | undefined;
}

export interface CarbonModel {
  readonly factor: CarbonFactor;
  readonly grams: (energyJ: Quantity) => Quantity;
  /** @param energyJ the user's code's; the machine is there for all of `durationS`. */
  readonly of: (energyJ: Quantity, durationS: Quantity) => Report['carbon'];
}

/** What SCI is per: a run has no other unit that every notebook shares. */
const UNIT = 'run of the notebook';

/** @throws HalfnoteError for an unknown region or a figure out of bounds: before anything runs. */
export function carbonModel(settings: CarbonSettings): CarbonModel {
  const { region, gridIntensity, pue, wue, embodied } = settings;
  const factor = carbonFactor({ region, gridIntensity, pue });
  const model: CarbonModel = {
    factor,
    grams: (energyJ) => notNegative(co2e(energyJ, factor)),
    of: (energyJ, durationS) => {
      const embodiedG =
        embodied === undefined
          ? null
          : notNegative(embodiedShare({ ...embodied, usedS: durationS }));
      return {
        intensity: intensityOf(factor),
        operationalG: notNegative(co2e(energyJ, factor)),
        embodiedG,
        waterL: wue === undefined ? null : notNegative(waterL(energyJ, wue)),
        sci: embodiedG === null ? null : sciOf(energyJ, factor, embodiedG),
      };
    },
  };
  const nothing = exact(0, { method: 'counter' });
  model.of(nothing, nothing);
  return model;
}

/** Without the making of the machine there is none: ISO/IEC 21031 asks for it. */
function sciOf(
  energyJ: Quantity,
  factor: CarbonFactor,
  embodiedG: Quantity,
): Report['carbon']['sci'] {
  const options = { energyJ, factor, embodiedG, units: 1, unit: UNIT };
  const { gramsPerUnit, unit } = softwareCarbonIntensity(options);
  return { gramsPerUnit: notNegative(gramsPerUnit), unit };
}

function intensityOf({ intensity }: CarbonFactor): Report['carbon']['intensity'] {
  const { region, name, year, yearReason, source, licence, alternatives } = intensity;
  const others = alternatives.map(
    (other) =>
      `${other.source}${other.year === null ? '' : ` ${other.year}`}: ${other.gramsPerKWh} g/kWh`,
  );
  const undated = year === null && yearReason ? [`year: ${yearReason}`] : [];
  return {
    gramsPerKWh: intensityQuantity(intensity),
    region: name === region ? region : `${region} (${name})`,
    year,
    source: [source, ...undated, ...others].join('; '),
    licence,
  };
}
