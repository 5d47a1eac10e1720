import type { Verdict } from '../display/verdict-type';
import { percent } from '../display/units';
import { printQuantity } from '../quantities/print';
import type { CarbonReport, EnergyWindow } from './carbon-report';
import { windowName } from './window-rows';

/** What a carbon report says first: where the energy of the user's code went, and how far that may be believed. */
export function carbonVerdict({ total, windows, complete }: CarbonReport): Verdict {
  const { energyJ } = total;
  const joules = printQuantity({ ...energyJ, complete: true }, 'J', { interval: false });
  const largest = windows
    .filter(({ parent, kind }) => parent === total.id && kind !== 'outside')
    .reduce<EnergyWindow | undefined>(
      (most, window) => (window.energyJ.value > (most?.energyJ.value ?? 0) ? window : most),
      undefined,
    );
  const where =
    largest === undefined || !(energyJ.value > 0)
      ? `Your code took ${joules}`
      : `${windowName(largest)} took ${percent(Math.min(1, largest.energyJ.value / energyJ.value))} of the ${joules} of your code`;
  if (!complete) return { sentence: `${where}, as far as could be read.`, tone: 'problem' };
  return energyJ.method === 'modelled'
    ? { sentence: `${where}, modelled in whole or in part.`, tone: 'caution' }
    : { sentence: `${where}.`, tone: 'good' };
}
