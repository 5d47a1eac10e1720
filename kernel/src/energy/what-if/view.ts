import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import { legend, stacked, staticBundle, table } from '../../display/fallback';
import type { Column, Row } from '../../display/table';
import { ABSENT, duration } from '../../display/units';
import type { Quantity } from '../../quantities/quantity';
import { printQuantity } from '../../quantities/print';
import type { Scenario, WhatIfResult } from './result';

const COLUMNS: readonly Column[] = [
  { header: 'If' },
  { header: 'Energy' },
  { header: 'Method', align: 'left' },
  { header: 'Time' },
  { header: 'Grid, gCO2e/kWh' },
  { header: 'CO2e' },
  { header: 'of the base' },
  { header: 'Cost' },
  { header: 'Assumed' },
];

/** A run as it was and as it might have been. Shows itself as a table, with all that is assumed below it. */
export class WhatIf implements Displayable {
  constructor(readonly result: WhatIfResult) {}

  /** The first scenario whose name begins so, or undefined. */
  scenario(name: string): Scenario | undefined {
    return this.result.scenarios.find((each) => each.name.startsWith(name));
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    const { run, scenarios, assumptions } = this.result;
    const lines = [...new Set([...assumptions, ...scenarios.flatMap((each) => each.assumptions)])];
    const numbers = (shown: readonly string[]): string =>
      shown.map((line) => `[${lines.indexOf(line) + 1}]`).join(' ');
    const rows = scenarios.map((each) => [...cells(each), numbers(each.assumptions)]);
    const priced = scenarios.some(({ cost }) => cost !== null);
    const timed = scenarios.some(({ durationS }) => durationS !== null);
    const kept = COLUMNS.map(
      ({ header }) => (header !== 'Cost' || priced) && (header !== 'Time' || timed),
    );
    const visible = <T>(all: readonly T[]): T[] => all.filter((_, i) => kept[i]);
    const caption = `What if: ${run}, one thing changed at a time${numbers(assumptions) === '' ? '' : ` ${numbers(assumptions)}`}`;
    return staticBundle(
      stacked(table(visible(COLUMNS), rows.map(visible), { caption }), legend(lines)),
    );
  }

  toString(): string {
    return String(this[JUPYTER_DISPLAY]()['text/plain']);
  }
}

function cells({ name, energyJ, durationS, gramsPerKWh, co2eG, ofBase, cost }: Scenario): Row {
  return [
    name,
    printQuantity(energyJ, 'J'),
    energyJ.method,
    durationS === null ? ABSENT : time(durationS),
    printQuantity(gramsPerKWh, '', { prefix: false }),
    printQuantity(co2eG, 'g'),
    ofBase === null ? ABSENT : share(ofBase),
    cost === null ? ABSENT : printQuantity(cost.amount, cost.currency, { prefix: false }),
  ];
}

/** In hours where that reads better; with its interval where it has one. */
function time(durationS: Quantity): string {
  return durationS.low < durationS.high ? printQuantity(durationS, 's') : duration(durationS.value);
}

/** An interval that holds 1 shows no difference, whichever side its middle is on. */
function share(ofBase: Quantity): string {
  const text = printQuantity(ofBase, '', { prefix: false });
  const differs = ofBase.low > 1 || ofBase.high < 1 || ofBase.value === 1;
  return differs ? `×${text}` : `×${text}, no difference shown`;
}
