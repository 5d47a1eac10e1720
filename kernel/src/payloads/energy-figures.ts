import { printQuantity } from '../quantities/print';
import type { Quantity } from '../quantities/quantity';
import type { CarbonReport, EnergyWindow } from './carbon-report';
import { ABSENT, percent, si, significant } from '../display/units';

/** The figures of a carbon report as every view shows them. */

/** Joules that are a part of a figure, to no more digits than that one bears. */
export function joulesLike(joules: number, figure: Quantity, unit = 'J'): string {
  const { value } = figure;
  if (!(value > 0) || !Number.isFinite(joules) || joules === 0) return si(joules, unit);
  const factor = Math.abs(joules / value);
  const part = {
    ...figure,
    value: joules,
    low: joules - (value - figure.low) * factor,
    high: joules + (figure.high - value) * factor,
    complete: true,
  };
  return printQuantity(part, unit, { interval: false });
}

/** One figure within both boundaries. */
export interface BoundaryRow {
  readonly name: string;
  readonly attributed: string;
  readonly machine: string;
}

/** What is attributed to this work beside what the whole machine took. */
export function boundaryRows({ total, complete }: CarbonReport): readonly BoundaryRow[] {
  const { energyJ, machineJ, idleJ, durationS } = total;
  const dynamic = (figure: Quantity, idle: number | null): string =>
    idle === null ? ABSENT : joulesLike(Math.max(0, figure.value - idle), figure);
  const idle = (figure: Quantity, joules: number | null): string =>
    joules === null ? ABSENT : joulesLike(joules, figure);
  const watts = (figure: Quantity): string =>
    durationS > 0 ? joulesLike(figure.value / durationS, { ...figure }, 'W') : ABSENT;
  const print = (figure: Quantity, unit: string): string =>
    printQuantity({ ...figure, complete: figure.complete && complete }, unit);
  return [
    { name: 'Energy', attributed: print(energyJ, 'J'), machine: print(machineJ, 'J') },
    {
      name: 'of it dynamic',
      attributed: dynamic(energyJ, idleJ.user),
      machine: dynamic(machineJ, idleJ.machine),
    },
    {
      name: 'of it idle',
      attributed: idle(energyJ, idleJ.user),
      machine: idle(machineJ, idleJ.machine),
    },
    { name: 'Mean power', attributed: watts(energyJ), machine: watts(machineJ) },
    { name: 'CO2e', attributed: print(total.co2eG, 'g'), machine: print(total.machineCo2eG, 'g') },
  ];
}

export interface AccountRow {
  readonly account: 'user' | 'halfnote' | 'rest' | 'machine';
  readonly name: string;
  readonly energy: string;
  /** Of the machine. */
  readonly share: string;
  readonly cpu: string;
}

export const ACCOUNT_NAMES = {
  user: "User's code",
  halfnote: 'Halfnote itself (compiling, starting)',
  rest: 'Rest of the machine, with its idle draw',
} as const;

/** Who caused the energy: three accounts and their sum. */
export function accountRows({ accountsJ, machineJ, cpuS }: EnergyWindow): readonly AccountRow[] {
  const share = (joules: number): string =>
    machineJ.value > 0 ? percent(Math.max(0, joules) / machineJ.value) : ABSENT;
  const rows = (['user', 'halfnote', 'rest'] as const).map((account) => ({
    account,
    name: ACCOUNT_NAMES[account],
    energy: printQuantity(accountsJ[account], 'J'),
    share: share(accountsJ[account].value),
    cpu: si(cpuS[account], 's'),
  }));
  const cpu = cpuS.user + cpuS.halfnote + cpuS.rest;
  const whole = {
    account: 'machine' as const,
    name: 'Whole machine',
    energy: printQuantity(machineJ, 'J'),
    share: share(machineJ.value),
    cpu: si(cpu, 's'),
  };
  return [...rows, whole];
}

const SPREADS = {
  sources: ' by source',
  zones: ' by zone',
  years: ' by year',
  none: '',
} as const;

/** Grid, source, year and PUE in one sentence, and what others say. */
export function intensityLine({ intensity, pue }: CarbonReport): string {
  const { gramsPerKWh, region, name, kind, year, yearReason, source, licence } = intensity;
  const figure = printQuantity(gramsPerKWh, 'gCO2e/kWh', { prefix: false });
  const where = name === region ? region : `${region} (${name})`;
  const when = year === null ? `year not known (${yearReason ?? 'not stated'})` : String(year);
  const terms = licence === null ? '' : ` (${licence})`;
  const others = intensity.alternatives.map((other) => {
    const of = other.year === null ? '' : `, ${other.year}`;
    return `${significant(other.gramsPerKWh)} by ${other.source}${of}`;
  });
  const beside = others.length === 0 ? '' : ` Others: ${others.join('; ')}.`;
  return (
    `Grid: ${figure}${SPREADS[intensity.spreadOf]}, ${where}, ${kind}, ${when}, ${source}${terms}.` +
    `${beside} PUE ${significant(pue)}.`
  );
}
