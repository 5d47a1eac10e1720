import { carbonFactor, intensityQuantity, type CarbonFactor } from '../../energy/carbon/factor';
import { co2eAt, embodiedShare, waterL } from '../../energy/carbon/footprint';
import { sumOf } from '../../quantities/arithmetic';
import { exact } from '../../quantities/make';
import type { Quantity } from '../../quantities/quantity';
import type { Report } from '../schema';
import type { CarbonSettings } from './carbon-settings';
import { notNegative } from './energy';

type Carbon = Report['carbon'];

export interface CarbonModel {
  readonly pue: number;
  /** CO2e of joules, with the PUE. */
  readonly grams: (energyJ: Quantity) => Quantity;
  /** @param energyJ the user's code's; the machine is there for all of `durationS`. */
  readonly of: (energyJ: Quantity, durationS: Quantity) => Carbon;
}

/** What grams are per: a run has no other unit that every notebook shares. */
const UNIT = 'run of the notebook';

/** @throws HalfnoteError for an unknown region or a figure out of bounds: before anything runs. */
export function carbonModel(settings: CarbonSettings): CarbonModel {
  const { region, gridIntensity, pue } = settings;
  const factor = carbonFactor({ region, gridIntensity, pue });
  const model = modelOf(intensityOf(factor), settings);
  const nothing = exact(0, { method: 'counter' });
  model.of(nothing, nothing);
  return model;
}

/** The same with an intensity that is known already, such as a report's. */
export function modelOf(intensity: Carbon['intensity'], settings: CarbonSettings): CarbonModel {
  const { pue = 1, wue, embodied } = settings;
  const grams = (energyJ: Quantity): Quantity =>
    notNegative(co2eAt(energyJ, intensity.gramsPerKWh, pue));
  return {
    pue,
    grams,
    of: (energyJ, durationS) => {
      const operationalG = grams(energyJ);
      const embodiedG =
        embodied === undefined
          ? null
          : notNegative(embodiedShare({ ...embodied, usedS: durationS }));
      return {
        intensity,
        operationalG,
        embodiedG,
        waterL: wue === undefined ? null : notNegative(waterL(energyJ, wue)),
        operationalPerUnit: { gramsPerUnit: operationalG, unit: UNIT },
        sci: embodiedG === null ? null : sciOf(operationalG, embodiedG),
      };
    },
  };
}

/** Without the making of the machine there is none: ISO/IEC 21031 asks for it. */
function sciOf(operationalG: Quantity, embodiedG: Quantity): Carbon['sci'] {
  return { gramsPerUnit: notNegative(sumOf([operationalG, embodiedG])), unit: UNIT };
}

export function intensityOf({ intensity }: CarbonFactor): Carbon['intensity'] {
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
