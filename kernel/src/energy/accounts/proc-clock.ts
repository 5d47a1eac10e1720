import { uptime } from 'node:os';
import process from 'node:process';
import { readStat, TICKS_PER_SECOND } from './proc';

/** A container may have an uptime of its own. */
const TRUSTED_S = 0.5;

/** Ages of processes from the ticks at which they started. */
export class Clock {
  /** Seconds since the machine's start, as processes' starts are counted. */
  private readonly machineS: () => number;

  constructor(proc: string) {
    const self = readStat(proc, 'self');
    const startS = (self?.startTicks ?? 0) / TICKS_PER_SECOND;
    const isSame = Math.abs(uptime() - startS - process.uptime()) < TRUSTED_S;
    this.machineS = isSame ? uptime : () => startS + process.uptime();
  }

  ageS(startTicks: number): number {
    return this.machineS() - startTicks / TICKS_PER_SECOND;
  }
}
