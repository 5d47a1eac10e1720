import { paragraph, staticBundle } from '../display/fallback';
import { duration } from '../display/units';
import type { MimeBundle } from '../host';
import type { EnergyWindow } from '../payloads/carbon-report';
import { printQuantity } from '../quantities/print';

/** `In [4]: 1.2 J (0.9–1.6), 0.16 mg CO2e, 0.8 s, modelled`: all that `%carbon on` says below a cell. */
export function carbonLine(window: EnergyWindow): string {
  const { name, status, energyJ, co2eG, durationS, problems } = window;
  const complete = energyJ.complete && problems.length === 0;
  const figures = [
    printQuantity({ ...energyJ, complete: true }, 'J'),
    `${printQuantity({ ...co2eG, complete: true }, 'g', { interval: false })} CO2e`,
    duration(durationS),
    energyJ.method,
    ...(complete ? [] : ['incomplete']),
    ...(status === 'interrupted' ? ['interrupted'] : []),
  ];
  return `${name}: ${figures.join(', ')}`;
}

export function carbonLineBundle(window: EnergyWindow): MimeBundle {
  return staticBundle(paragraph(carbonLine(window)));
}
