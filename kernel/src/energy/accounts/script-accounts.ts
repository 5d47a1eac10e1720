import process from 'node:process';
import { BusyTime } from './busy-time';
import type { Accounts, Usage } from './usage';

/** CPU seconds of this process, of all its threads, to the microsecond. */
export function ownCpuS(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** A plain script: all that this process does is the user's, but for the reading of the meters. */
export class ScriptAccounts implements Accounts {
  readonly background: ReadonlySet<number> = new Set();
  private readonly busy = new BusyTime();
  private readonly startCpuS = ownCpuS();
  private startS: number | undefined;
  private ownS = 0;

  read(nowS: number): Usage {
    this.startS ??= nowS;
    const totalS = ownCpuS() - this.startCpuS;
    return {
      userCpuS: totalS - this.ownS,
      backgroundCpuS: NONE,
      halfnoteCpuS: this.ownS,
      userWallS: nowS - this.startS,
      userBytes: process.memoryUsage.rss(),
      halfnoteBytes: 0,
      machine: this.busy.update(totalS),
      problems: this.busy.problem === undefined ? [] : [this.busy.problem],
    };
  }

  openCell(): void {
    // There are no cells in a script.
  }

  closeCell(): void {
    // There are no cells in a script.
  }

  own<T>(work: () => T): T {
    const begunS = ownCpuS();
    try {
      return work();
    } finally {
      this.ownS += ownCpuS() - begunS;
    }
  }
}

const NONE: ReadonlyMap<number, number> = new Map();
