import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import { fold, notes, stacked, staticBundle, table } from '../../display/fallback';
import type { Column, Row } from '../../display/table';
import { ABSENT, duration, si, significant } from '../../display/units';
import { type Verdict, verdict } from '../../display/verdict';
import { printMoney, type Money } from '../../energy/carbon/money';
import { scale } from '../../quantities/arithmetic';
import { printQuantity } from '../../quantities/print';
import type { Quantity } from '../../quantities/quantity';
import { count, grams, hours } from './figures';
import type { GpuHoursResult, TrainingBudgetResult } from './result';
import type { Spent } from './spent';
import { gpuHoursVerdict, trainingBudgetVerdict } from './verdict';

const COLUMNS: readonly Column[] = [
  { header: 'Figure' },
  { header: 'Value' },
  { header: 'Method', align: 'left' },
];

/** What a training takes. Shows itself as a table, with all that is assumed below it. */
export class GpuHours implements Displayable {
  constructor(readonly result: GpuHoursResult) {}

  [JUPYTER_DISPLAY](): MimeBundle {
    const { unit, units, flops, devices, assumptions } = this.result;
    const what =
      unit === 'training'
        ? `a training of ${significant(flops ?? NaN)} FLOP`
        : `${units.toLocaleString('en')} ${unit}s`;
    const caption = `What ${what} ${unit === 'training' || units === 1 ? 'takes' : 'take'} on ${devicesText(devices)}`;
    return shown(gpuHoursVerdict(this.result), caption, spentRows(this.result), assumptions);
  }

  toString(): string {
    return String(this[JUPYTER_DISPLAY]()['text/plain']);
  }
}

/** How much training a budget allows. Shows itself as a table, with all that is assumed below it. */
export class TrainingBudget implements Displayable {
  constructor(readonly result: TrainingBudgetResult) {}

  [JUPYTER_DISPLAY](): MimeBundle {
    const { budget, unit, units, sureUnits, samples, epochs, devices, assumptions } = this.result;
    const caption = `What a budget of ${budgetText(budget)} allows on ${devicesText(devices)}`;
    const rows: Row[] = [
      ...(epochs === null ? [] : [row('Epochs', count(epochs), epochs)]),
      ...(samples === null || unit === 'sample' ? [] : [row('Samples', count(samples), samples)]),
      row(unit === 'step' ? 'Steps' : 'Samples', count(units), units),
      ...(units.low < units.high
        ? [row('Of these surely', sureUnits.toLocaleString('en'), units)]
        : []),
      ...spentRows(this.result),
    ];
    return shown(trainingBudgetVerdict(this.result), caption, rows, assumptions);
  }

  toString(): string {
    return String(this[JUPYTER_DISPLAY]()['text/plain']);
  }
}

/** More than this is looked up, not read. */
const FEW = 3;

function shown(
  first: Verdict,
  caption: string,
  rows: readonly Row[],
  assumptions: readonly string[],
): MimeBundle {
  const assumed = notes(assumptions);
  return staticBundle(
    stacked(
      verdict(first),
      table(COLUMNS, rows, { caption }),
      assumptions.length > FEW
        ? fold(`What is assumed, ${assumptions.length} points`, assumed)
        : assumed,
    ),
  );
}

function spentRows({ deviceS, wallS, energyJ, co2eG, rent, electricity }: Spent): Row[] {
  return [
    row('Time of devices', hours(deviceS), deviceS),
    row('From start to end', time(wallS), wallS),
    energyJ === null
      ? ['Energy', ABSENT, ABSENT]
      : row('Energy', printQuantity(scale(energyJ, 1 / 3600), 'Wh'), energyJ),
    co2eG === null ? ['CO2e', ABSENT, ABSENT] : row('CO2e', grams(co2eG), co2eG),
    ...moneyRow('Renting the devices', rent),
    ...moneyRow('Electricity', electricity),
  ];
}

function time(seconds: Quantity): string {
  return seconds.low < seconds.high ? hours(seconds) : duration(seconds.value);
}

function moneyRow(name: string, money: Money | null): Row[] {
  return money === null ? [] : [row(name, printMoney(money), money.amount)];
}

function row(name: string, value: string, { method }: Quantity): Row {
  return [name, value, method];
}

function budgetText({ value, unit }: TrainingBudgetResult['budget']): string {
  return unit === 'J'
    ? `${si(value, 'J')} (${si(value / 3600, 'Wh')})`
    : `${value.toLocaleString('en')} ${unit}`;
}

function devicesText(devices: number): string {
  return devices === 1 ? 'one device' : `${devices} devices`;
}
