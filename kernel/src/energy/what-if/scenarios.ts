import { HalfnoteError, shown } from '../../errors';
import { duration } from '../../display/units';
import { multiply, ratio } from '../../quantities/arithmetic';
import { exact } from '../../quantities/make';
import type { Quantity } from '../../quantities/quantity';
import { intensityQuantity, type CarbonFactor } from '../carbon/factor';
import { co2e } from '../carbon/footprint';
import { givenIntensity, gridIntensity } from '../carbon/grid';
import { costOf } from '../carbon/money';
import { describeIntensity, placeOf } from '../carbon/describe';
import { momentOf } from './hours/entry';
import type { HourProfile, Start } from './hours/profile';
import { efficiencyOf, type Price, type WhatIfOptions } from './options';
import type { PrecisionFactor } from './precision';
import type { Run } from './run';
import type { Scenario } from './result';

/** What all scenarios start from. */
export interface Base {
  readonly run: Run;
  readonly factor: CarbonFactor;
  readonly price: Price | null;
}

type Change = Pick<Scenario, 'kind' | 'name' | 'assumptions'> & {
  readonly run?: Run;
  readonly factor?: CarbonFactor;
  readonly ofBase: Quantity | null;
};

export function baseScenario(base: Base): Scenario {
  const { intensity } = base.factor;
  return scenario(base, {
    kind: 'base',
    name: `As measured, ${placeOf(intensity)}`,
    ofBase: null,
    assumptions: [describeIntensity(intensity)],
  });
}

export function regionScenario(base: Base, region: string): Scenario {
  const intensity = gridIntensity(region);
  const { factor } = base;
  return scenario(base, {
    kind: 'region',
    name: placeOf(intensity),
    factor: { ...factor, intensity },
    ofBase: quotient(intensityQuantity(intensity), intensityQuantity(factor.intensity)),
    assumptions: [
      'Another place: the same machine uses the same joules at the same PUE; only the grid differs.',
      describeIntensity(intensity),
    ],
  });
}

/** The cleanest and the dirtiest start, what a start at random meets, and those that are asked for. */
export function hourScenarios(
  base: Base,
  hours: HourProfile,
  at: readonly (string | number)[],
): Scenario[] {
  const durationS = base.run.durationS?.value ?? 0;
  const starts = hours.starts(durationS);
  const [cleanest] = starts;
  const dirtiest = starts.at(-1);
  const asked = at.map((time) => startAt(hours, time, durationS));
  const mean = starts.reduce((sum, { gramsPerKWh }) => sum + gramsPerKWh, 0) / starts.length;
  const about = [
    `Another hour: intensities of ${hours.name}, ${hours.length} entries of ${hours.stepS / 60} min${hours.missing === 0 ? '' : `, ${hours.missing} more without a figure`}, times in UTC where they name no zone; such figures come without an interval.`,
    durationS === 0
      ? 'How long the run took is not known: it is taken to fit into one entry.'
      : `The run meets the mean over its ${duration(durationS)} from that start; starts for which the file doesn't cover it are left out.`,
  ];
  const of = ({ atS, gramsPerKWh }: Start, which: string): Scenario =>
    hourly(base, `Start at ${hours.timeOf(atS)}${which}`, gramsPerKWh, about);
  return [
    ...(cleanest === undefined ? [] : [of(cleanest, ', the cleanest')]),
    ...(dirtiest === undefined ? [] : [of(dirtiest, ', the dirtiest')]),
    ...(starts.length === 0 ? [] : [hourly(base, 'Start at random, the mean', mean, about)]),
    ...asked.map((start) => of(start, '')),
  ];
}

function hourly(
  base: Base,
  name: string,
  gramsPerKWh: number,
  assumptions: readonly string[],
): Scenario {
  const intensity = givenIntensity(gramsPerKWh);
  return scenario(base, {
    kind: 'hour',
    name,
    factor: { ...base.factor, intensity },
    ofBase: quotient(intensityQuantity(intensity), intensityQuantity(base.factor.intensity)),
    assumptions,
  });
}

export function precisionScenario(base: Base, precision: PrecisionFactor): Scenario {
  const { name, energy, duration, assumptions } = precision;
  const { run } = base;
  return scenario(base, {
    kind: 'precision',
    name,
    run: {
      ...run,
      energyJ: multiply(run.energyJ, energy),
      durationS:
        run.durationS === null || duration === null ? null : multiply(run.durationS, duration),
    },
    ofBase: energy,
    assumptions,
  });
}

export function devicesScenario(base: Base, count: number, options: WhatIfOptions): Scenario {
  const efficiency = count === 1 ? 1 : efficiencyOf(options);
  const { run } = base;
  const share = modelled(1 / efficiency);
  const scaling =
    options.efficiency === undefined
      ? 'Scaling is taken for perfect, since no efficiency is given: real ones wait and communicate, so this is the least that it can be.'
      : `Of the devices' work ${efficiency * 100}% is useful, as given; the rest is waiting and communication, at the same power.`;
  return scenario(base, {
    kind: 'devices',
    name: `${count} device${count === 1 ? '' : 's'}`,
    run: {
      ...run,
      energyJ: multiply(run.energyJ, share),
      durationS:
        run.durationS === null ? null : multiply(run.durationS, modelled(1 / (count * efficiency))),
    },
    ofBase: share,
    assumptions: [
      'More devices: the same work divided among devices like this one, each drawing what this one drew; switches and storage are not counted.',
      scaling,
    ],
  });
}

/** Nobody has measured it. */
function modelled(factor: number): Quantity {
  return exact(factor, { method: 'modelled' });
}

/** @throws HalfnoteError `invalid-hours` for a start whose run the hours don't cover. */
function startAt(hours: HourProfile, time: string | number, durationS: number): Start {
  const { atS, ofDay } = momentOf(time, 'at');
  const gramsPerKWh = ofDay === hours.ofDay ? hours.meanFrom(atS, durationS) : undefined;
  if (gramsPerKWh !== undefined) return { atS, gramsPerKWh };
  const [first, last] = hours.span;
  throw new HalfnoteError(
    'invalid-hours',
    `${hours.name} has no figure for a run of ${duration(durationS)} from ${shown(time)} on.`,
    hours.ofDay
      ? 'It knows hours of the day: give one as 3 or 03:00.'
      : `It goes from ${first} to ${last}: give a time such as 2026-03-01T03:00Z within.`,
  );
}

function scenario({ run: measured, factor: here, price }: Base, change: Change): Scenario {
  const { kind, name, assumptions, ofBase, run = measured, factor = here } = change;
  const { energyJ, durationS } = run;
  return {
    kind,
    name,
    energyJ,
    durationS,
    gramsPerKWh: intensityQuantity(factor.intensity),
    co2eG: co2e(energyJ, factor),
    cost: price === null ? null : costOf(energyJ, { ...price, pue: factor.pue }),
    ofBase,
    assumptions,
  };
}

/** A grid without emissions can't be compared with. */
function quotient(a: Quantity, b: Quantity): Quantity | null {
  return b.value - b.systematic.below > 0 ? ratio(a, b) : null;
}
