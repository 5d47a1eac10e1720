import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import { fold, legend, stacked, staticBundle } from '../../display/fallback';
import type { Column, Row } from '../../display/table';
import { ABSENT, duration } from '../../display/units';
import { verdict } from '../../display/verdict';
import { worstFirst } from '../../display/worst-first';
import type { Quantity } from '../../quantities/quantity';
import { printMoney } from '../carbon/money';
import { printQuantity } from '../../quantities/print';
import type { Scenario, WhatIfResult } from './result';
import { farthestFirst, whatIfVerdict } from './verdict';

const COLUMNS: readonly Column[] = [
  { header: 'If' },
  { header: 'Energy' },
  { header: 'Method', align: 'left' },
  { header: 'Time' },
  { header: 'Grid, g/kWh' },
  { header: 'CO2e' },
  { header: 'of the base' },
  { header: 'Cost' },
  { header: 'Assumed' },
];

/** Assumptions that are read; more are looked up. */
const FEW = 3;

/** A run as it was and as it might have been. Shows itself as a table, with all that is assumed below it. */
export class WhatIf implements Displayable {
  constructor(readonly result: WhatIfResult) {}

  /** The first scenario whose name begins so, or undefined. */
  scenario(name: string): Scenario | undefined {
    return this.result.scenarios.find((each) => each.name.startsWith(name));
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    const { run, scenarios, assumptions } = this.result;
    const all = [...assumptions, ...methodNote(scenarios)];
    const lines = [...new Set([...all, ...scenarios.flatMap((each) => each.assumptions)])];
    const numbers = (shown: readonly string[]): string =>
      shown.map((line) => `[${lines.indexOf(line) + 1}]`).join(' ');
    const rows = scenarios.map((each) => [...cells(each), numbers(each.assumptions)]);
    const shown = columnsOf(scenarios);
    const kept = COLUMNS.map(({ header }) => shown(header));
    const visible = <T>(all: readonly T[]): T[] => all.filter((_, i) => kept[i]);
    const caption = `What if: ${run}, one thing changed at a time ${numbers(all)}`;
    return staticBundle(
      stacked(
        verdict(whatIfVerdict(this.result)),
        worstFirst(visible(COLUMNS), rows.map(visible), farthestFirst(scenarios), {
          what: 'scenarios',
          order: 'what differs most first',
          caption,
        }),
        lines.length > FEW
          ? fold(`What is assumed, ${lines.length} points`, legend(lines))
          : legend(lines),
      ),
    );
  }

  toString(): string {
    return String(this[JUPYTER_DISPLAY]()['text/plain']);
  }
}

/** Whether a column says something that differs from row to row. */
function columnsOf(scenarios: readonly Scenario[]): (header: string) => boolean {
  const priced = scenarios.some(({ cost }) => cost !== null);
  const times = new Set(scenarios.map(({ durationS }) => durationS?.value));
  const methods = new Set(scenarios.map(({ energyJ }) => energyJ.method));
  const shown: Readonly<Record<string, boolean>> = {
    Cost: priced,
    Time: times.size > 1,
    Method: methods.size > 1,
  };
  return (header) => shown[header] ?? true;
}

/** How the joules came about, where all rows have it in common. */
function methodNote(scenarios: readonly Scenario[]): readonly string[] {
  const [method, ...others] = new Set(scenarios.map(({ energyJ }) => energyJ.method));
  return method === undefined || others.length > 0 ? [] : [`Joules by method: ${method}.`];
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
    cost === null ? ABSENT : printMoney(cost),
  ];
}

/** In hours where that reads better; with its interval where it has one. */
function time(durationS: Quantity): string {
  return durationS.low < durationS.high ? printQuantity(durationS, 's') : duration(durationS.value);
}

/** An interval that holds 1 shows no difference, whichever side its middle is on. */
function share(ofBase: Quantity): string {
  const text = printQuantity(ofBase, '', { prefix: false });
  const differs = ofBase.low > 1 || ofBase.high < 1 || ofBase.low === ofBase.high;
  return differs ? `×${text}` : `no difference shown ${text.slice(text.indexOf('('))}`;
}
