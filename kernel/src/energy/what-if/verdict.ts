import { percent } from '../../display/units';
import type { Verdict } from '../../display/verdict';
import { printQuantity } from '../../quantities/print';
import type { Scenario, WhatIfResult } from './result';

/** Which change of one thing saves most, and which costs most; no more than the intervals bear. */
export function whatIfVerdict({ scenarios }: WhatIfResult): Verdict {
  const [base, ...others] = scenarios;
  if (base === undefined || others.length === 0) {
    const emitted = base === undefined ? '' : `: ${printQuantity(base.co2eG, 'g')} of CO2e`;
    return {
      sentence: `Nothing else was asked for than the run as it was${emitted}.`,
      tone: 'good',
    };
  }
  const by = (each: Scenario): number => each.ofBase?.value ?? 1;
  const least = others.reduce((a, b) => (by(b) < by(a) ? b : a));
  const most = others.reduce((a, b) => (by(b) > by(a) ? b : a));
  const saves = isLess(least) ? `${least.name} takes ${percent(1 - by(least))} less` : undefined;
  const costs =
    most !== least && isMore(most) ? `${most.name} ${times(by(most))} as much` : undefined;
  const told = [saves, costs].filter((part) => part !== undefined);
  return {
    sentence:
      told.length === 0
        ? `No change here is shown to lower the CO2e of ${printQuantity(base.co2eG, 'g')}.`
        : `Of CO2e ${told.join('; ')}; the run as it was took ${printQuantity(base.co2eG, 'g')}.`,
    tone: saves === undefined ? 'caution' : 'good',
  };
}

function isLess({ ofBase }: Scenario): boolean {
  return ofBase !== null && ofBase.high < 1;
}

function isMore({ ofBase }: Scenario): boolean {
  return ofBase !== null && ofBase.low > 1;
}

function times(factor: number): string {
  return `${Number(factor.toPrecision(2))} times`;
}

/** What differs most from the run as it was first, the run itself before all. */
export function farthestFirst(scenarios: readonly Scenario[]): number[] {
  const away = scenarios.map(({ ofBase }) =>
    ofBase === null ? Infinity : Math.abs(Math.log(Math.max(ofBase.value, 1e-9))),
  );
  const before = (a = 0, b = 0): number => (a === b ? 0 : b - a);
  return scenarios.map((_, i) => i).sort((a, b) => before(away[a], away[b]));
}
