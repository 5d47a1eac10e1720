import type { Quantity } from '../../../quantities/quantity';
import { cellName } from '../../cell-name';
import type { Report } from '../../schema';
import type { Entity } from './json-ld';

/** Each figure as schema.org's PropertyValue: the interval in `minValue` and `maxValue`. */
export function figuresOf({ energy, carbon, results }: Report): Entity[] {
  const { accountsJ } = energy;
  return [
    figure('energy.durationS', 'duration of a run', SECONDS, energy.durationS),
    figure('energy.machineJ', 'energy of the whole machine', JOULES, energy.machineJ),
    figure('energy.accountsJ.user', "energy of the user's code", JOULES, accountsJ.user),
    figure('energy.accountsJ.halfnote', 'energy of Halfnote', JOULES, accountsJ.halfnote),
    figure('energy.accountsJ.rest', 'energy of the rest', JOULES, accountsJ.rest),
    figure('carbon.operationalG', "CO2e of the user's code", GRAMS, carbon.operationalG),
    figure(
      'carbon.embodiedG',
      'CO2e of making the whole machine, for the time of the run',
      GRAMS,
      carbon.embodiedG,
    ),
    figure('carbon.waterL', 'water for the electricity', LITRES, carbon.waterL),
    figure(
      'carbon.intensity.gramsPerKWh',
      `intensity of the electricity, ${carbon.intensity.region}, ${carbon.intensity.source}`,
      { text: 'gCO2e/kWh' },
      carbon.intensity.gramsPerKWh,
    ),
    ...results.map(({ name, value, unit, cell }, i) =>
      figure(`results[${i}]`, `${name} (${cellName(cell)})`, { text: unit }, value),
    ),
  ].flat();
}

interface Unit {
  readonly text: string;
  /** Of UN/CEFACT's Recommendation 20. */
  readonly code?: string;
}

const SECONDS: Unit = { text: 's', code: 'SEC' };
const JOULES: Unit = { text: 'J', code: 'JOU' };
const GRAMS: Unit = { text: 'gCO2e', code: 'GRM' };
const LITRES: Unit = { text: 'L', code: 'LTR' };

/** None where the report has no such figure. */
function figure(place: string, name: string, unit: Unit, quantity: Quantity | null): Entity[] {
  if (quantity === null) return [];
  const { value, low, high, coverage, method, complete } = quantity;
  return [
    {
      '@id': `#${encodeURIComponent(place)}`,
      '@type': 'PropertyValue',
      propertyID: place,
      name,
      value,
      minValue: low,
      maxValue: high,
      ...(unit.text === '' ? {} : { unitText: unit.text }),
      ...(unit.code === undefined ? {} : { unitCode: unit.code }),
      measurementTechnique: method,
      description: `interval of ${coverage * 100} % coverage${complete ? '' : '; incomplete'}`,
    },
  ];
}
