import type { Component, Meter } from '../devices/meter';
import { combined } from '../../quantities/make';
import type { Origin } from '../../quantities/make';
import type { Method, Quantity } from '../../quantities/quantity';
import type { Account, CounterStep, PartEnergy } from '../window';
import { TICK_S } from '../accounts/usage';
import { MICRO } from './channel';
import type { IdleSpread } from './idle-spread';
import { openOfRest } from './sums';
import type { MeterSums } from './sums';

/** What of a window the figures of one meter are made of. */
export interface PartInputs {
  readonly sums: MeterSums;
  readonly durationS: number;
  /** Of the machine in this window. */
  readonly busyS: number;
  /** What the CPU seconds of each account are counted in. */
  readonly stepsS: Readonly<Record<Account, number>>;
  /** The highest mean power of this meter over a step or longer, in this session. */
  readonly peakW: number;
  readonly complete: boolean;
  /** The window has no more of the machine than what was attributed to the user's work: the background. */
  readonly isAttributed: boolean;
}

/** One device in one window, each figure with its interval. */
export function partFigures(meter: Meter, inputs: PartInputs): PartEnergy {
  const { sums, stepsS } = inputs;
  const machineJ = sums.machine / MICRO;
  const step = counterStep(meter, inputs);
  const band = meter.band ?? { low: 1, high: 1 };
  const origin = {
    samples: sums.samples,
    gaps: sums.gaps,
    resets: sums.resets,
    complete: inputs.complete && sums.gaps === 0 && sums.resets === 0,
  };
  const isShort = meter.refreshS !== undefined && inputs.durationS < 2 * meter.refreshS;
  const method = isShort && sums.tellsPower ? 'integrated power' : meter.method;
  /** `own`: what the account's figure may be off by itself, besides what the machine's is off by. */
  const figure = (joules: number, how: Method, own: IdleSpread): Quantity => {
    const stepJ = step === undefined || machineJ <= 0 ? 0 : step.energyJ * (joules / machineJ);
    const below = joules * (1 - band.low) + stepJ + own.below;
    const above = joules * (band.high - 1) + stepJ + own.above;
    return bounded(joules, below, above, { ...origin, method: how });
  };
  const shared = sharedMethod(meter.component, method);
  const account = (microjoules: number, stepS: number, open: IdleSpread): Quantity => {
    const joules = microjoules / MICRO;
    const stepJ = meter.component === 'cpu' ? stepsJ(inputs, joules, stepS) : 0;
    return figure(joules, shared, {
      below: stepJ + open.below / MICRO,
      above: stepJ + open.above / MICRO,
    });
  };
  const { user, halfnote, machine } = sums;
  const userJ = account(user, stepsS.user, sums.open.user);
  const stepJ = step?.energyJ ?? 0;
  const machineFigure = bounded(
    machineJ,
    machineJ * (1 - band.low) + stepJ,
    machineJ * (band.high - 1) + stepJ,
    { ...origin, method },
  );
  return {
    component: meter.component,
    source: isShort && sums.tellsPower ? `${meter.source} (power x time)` : meter.source,
    method,
    machineJ: inputs.isAttributed ? userJ : machineFigure,
    accountsJ: {
      user: userJ,
      halfnote: account(halfnote, stepsS.halfnote, sums.open.halfnote),
      rest: account(machine - user - halfnote, stepsS.rest, openOfRest(sums)),
    } satisfies Record<Account, Quantity>,
    idleJ: sums.idle === null ? null : sums.idle / MICRO,
    userIdleJ: sums.userIdle === null ? null : sums.userIdle / MICRO,
    ...(step && { step }),
  };
}

/**
 * How far an account's joules may be off by the steps in which CPU time is counted: by its own, also
 * where it shows none, and by the machine's. Not by more than the machine has used.
 */
function stepsJ({ sums, busyS, durationS }: PartInputs, joules: number, stepS: number): number {
  const machineJ = sums.machine / MICRO;
  const idleJ = Math.min(machineJ, (sums.idle ?? 0) / MICRO);
  const part = (seconds: number, ofS: number): number =>
    ofS > 0 ? Math.min(1, seconds / ofS) : Math.sign(seconds);
  const ownJ =
    (machineJ - idleJ) * part(stepS, busyS) + idleJ * part(stepS, Math.max(busyS, durationS));
  return Math.min(machineJ, joules * part(TICK_S, busyS) + ownJ);
}

/** A quantity that can't be negative. */
export function bounded(value: number, below: number, above: number, origin: Origin): Quantity {
  return combined(value, { systematic: { below: Math.min(value, below), above } }, origin);
}

/**
 * How far the steps of a counter may move a window's figure: at either end up to a step's energy is
 * counted in that came before, or left out that is still to come. The power is the device's own word;
 * without one, what the reading leaves room for, since all but a step of the window has been counted.
 */
function counterStep(
  { refreshS }: Meter,
  { sums, durationS, peakW }: PartInputs,
): CounterStep | undefined {
  if (refreshS === undefined) return undefined;
  const joules = sums.machine / MICRO;
  const countedS = Math.max(durationS - refreshS, refreshS / 4);
  const powerW = sums.tellsPower
    ? Math.max(sums.peakW, joules / Math.max(durationS, refreshS))
    : Math.max(peakW, joules / countedS);
  return { lengthS: refreshS, energyJ: powerW * refreshS };
}

/** A share of a counter is an estimate; of a GPU the user has all or nothing. */
export function sharedMethod(component: Component, method: Method): Method {
  return method === 'modelled' || component === 'gpu' ? method : 'estimated';
}
