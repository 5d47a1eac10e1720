import type { Usage } from '../accounts/usage';
import type { Component } from '../devices/meter';

/** Shorter, and the steps of a counter tell more of it than the device does. */
const LEAST_STRETCH_S = 1;
const LEAST_STEPS = 20;
/** Timers go off early by a part of a millisecond, and sums of seconds are rounded. */
const SHORT_BY = 0.01;
/** So little of its capacity is used by a device that passes for idle. */
const QUIET_PART = 0.1;

/** A time over which a meter moved. Joules in whole microjoules. */
export interface Stretch {
  readonly microjoules: number;
  readonly lengthS: number;
  readonly before: Usage;
  readonly after: Usage;
  /** False: some of its energy is lost, so that its power is too low. */
  readonly isWhole: boolean;
}

/**
 * What a device that only counts draws idle: at most the least mean power that it showed over a second or
 * more, whoever worked then. While nearly nothing worked, or the user's code said that it only waits, that
 * is the estimate. Before such a time was seen, idle power may be anything from none to that, and the middle
 * is the estimate.
 */
export class IdleBaseline {
  private leastW = Infinity;
  private quietW = Infinity;
  private microjoules = 0;
  private lengthS = 0;
  private begin: Usage | undefined;
  private isDeclared = false;
  private readonly leastS: number;

  constructor(
    private readonly component: Component,
    refreshS?: number,
  ) {
    this.leastS = (1 - SHORT_BY) * leastStretchS(refreshS);
  }

  /** True: the device was seen while nearly nothing worked on it. */
  get isSeen(): boolean {
    return this.quietW < Infinity;
  }

  /**
   * What comes from now on, until it is said otherwise, is a time in which the user's code only waits: no
   * stretch reaches over either end. Whether others keep a processor busy is looked at all the same.
   */
  declareIdle(isIdle: boolean): void {
    this.isDeclared = isIdle;
    this.forget();
  }

  /** Hears of what came since the last time. */
  hear({ microjoules, lengthS, before, after, isWhole }: Stretch): void {
    if (!isWhole) {
      this.forget();
      return;
    }
    const begin = (this.begin ??= before);
    this.microjoules += microjoules;
    this.lengthS += lengthS;
    if (this.lengthS < this.leastS) return;
    const watts = this.microjoules / 1e6 / this.lengthS;
    this.leastW = Math.min(this.leastW, watts);
    if (this.isQuiet(begin, after)) this.quietW = Math.min(this.quietW, watts);
    this.forget();
  }

  /** Of so much energy, what would have been drawn idle: an estimate, and the most. In microjoules. */
  of(microjoules: number, lengthS: number): { readonly estimate: number; readonly most: number } {
    const upTo = (watts: number): number => Math.min(microjoules, watts * lengthS * 1e6);
    const most = lengthS > 0 ? upTo(this.leastW) : microjoules;
    const estimate = this.isSeen ? Math.min(most, upTo(this.quietW)) : most / 2;
    return { estimate: Math.round(estimate), most: Math.round(most) };
  }

  private isQuiet(before: Usage, after: Usage): boolean {
    if (this.isDeclared && this.component !== 'cpu') return true;
    return workingPart(this.component, before, after, this.lengthS) <= QUIET_PART;
  }

  private forget(): void {
    this.microjoules = 0;
    this.lengthS = 0;
    this.begin = undefined;
  }
}

/** So long a stretch has to be, in seconds, on a counter with steps of `refreshS`. */
export function leastStretchS(refreshS = 0): number {
  return Math.max(LEAST_STRETCH_S, LEAST_STEPS * refreshS);
}

/** Of a processor, its busy threads; of what the user's code has to itself, the time in which that ran. */
function workingPart(component: Component, before: Usage, after: Usage, lengthS: number): number {
  return component === 'cpu'
    ? (after.machine.busyS - before.machine.busyS) / (after.machine.threads * lengthS)
    : (after.userWallS - before.userWallS) / lengthS;
}
