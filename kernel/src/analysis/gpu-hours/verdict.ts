import { duration } from '../../display/units';
import type { Tone, Verdict } from '../../display/verdict';
import { listed } from '../../display/words';
import { printMoney } from '../../energy/carbon/money';
import { scale } from '../../quantities/arithmetic';
import { printQuantity } from '../../quantities/print';
import type { Quantity } from '../../quantities/quantity';
import { count, grams, hours } from './figures';
import type { GpuHoursResult, TrainingBudgetResult } from './result';
import type { Spent } from './spent';

/** An interval whose ends are farther apart than this factor leaves more open than it tells. */
const WIDE = 2;

/** What a training takes, in a breath. */
export function gpuHoursVerdict(result: GpuHoursResult): Verdict {
  const { deviceS, wallS, devices } = result;
  const time =
    devices === 1
      ? ''
      : `, ${wallS.low < wallS.high ? hours(wallS) : duration(wallS.value)} from start to end`;
  return {
    sentence: `It takes ${hours(deviceS)} of ${devices === 1 ? 'the device' : 'devices'}${time}${spent(result)}${open(result)}.`,
    tone: toneOf(result),
  };
}

/** How much fits, and how much surely does. */
export function trainingBudgetVerdict(result: TrainingBudgetResult): Verdict {
  const { units, unit, sureUnits, epochs } = result;
  const what = units.value === 1 ? unit : `${unit}s`;
  const surely = units.low < units.high ? `, ${sureUnits.toLocaleString('en')} of them surely` : '';
  const passes = epochs === null ? '' : `, ${count(epochs)} epochs`;
  const isNothing = sureUnits === 0;
  return {
    sentence: `The budget allows ${count(units)} ${what}${surely}${passes}${spent(result)}${open(result)}.`,
    tone: isNothing ? 'problem' : toneOf(result),
  };
}

function spent({ energyJ, co2eG, rent, electricity }: Spent): string {
  const parts = [
    ...(energyJ === null ? [] : [printQuantity(scale(energyJ, 1 / 3600), 'Wh')]),
    ...(co2eG === null ? [] : [`${grams(co2eG)} of CO2e`]),
    ...(rent === null ? [] : [`${printMoney(rent)} of rent`]),
    ...(electricity === null ? [] : [`${printMoney(electricity)} of electricity`]),
  ];
  return parts.length === 0 ? '' : `: ${listed(parts, parts.length)}`;
}

/** What nothing tells. */
function open({ energyJ }: Spent): string {
  return energyJ === null ? '; nothing given tells its energy' : '';
}

function toneOf({ deviceS, energyJ, co2eG }: Spent): Tone {
  const figures = [deviceS, energyJ, co2eG];
  return energyJ === null || figures.some((figure) => figure !== null && isWide(figure))
    ? 'caution'
    : 'good';
}

function isWide({ low, high }: Quantity): boolean {
  return high > WIDE * Math.max(low, 0);
}
