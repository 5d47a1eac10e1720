import process from 'node:process';
import { BusyTime } from './busy-time';
import { isExact, ProcessTree } from './process-tree';
import { EXACT_S, NO_CELL, TICK_S } from './usage';
import type { Accounts, Usage } from './usage';

/** CPU seconds of this process, of all its threads, to the microsecond. */
export function ownCpuS(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** To adopt them would change what the script's own processes see. */
const DETACHED =
  'Of processes that the script detaches, whose parent ends before they do, what they do from then on is not seen: it is in the rest. In a notebook it is seen.';
const BLIND =
  'Processes that the script starts cannot be seen on this system: they are in the rest.';

/** A plain script: all that this process and its children do is the user's, but for the reading of the meters; see {@link ScriptAccounts.notes}. */
export class ScriptAccounts implements Accounts {
  readonly background: ReadonlySet<number> = new Set();
  private readonly busy = new BusyTime();
  private readonly startCpuS = ownCpuS();
  private readonly tree = new ProcessTree({
    bases: () => [process.pid],
    ownerAt: () => NO_CELL,
    ownerNow: () => NO_CELL,
  });
  private childrenS = 0;
  private startS: number | undefined;
  private ownS = 0;
  /** What all of the process had used when the monitor's own work began that is running. */
  private begunS: number | undefined;

  get notes(): readonly string[] {
    return [this.tree.isBlind ? BLIND : DETACHED];
  }

  read(nowS: number, isBegin = false): Usage {
    this.startS ??= nowS;
    const tree = this.tree.update(nowS, !isBegin);
    for (const cpuS of tree.usedS.values()) this.childrenS += cpuS;
    const totalS = (this.begunS ?? ownCpuS()) - this.startCpuS + this.childrenS;
    return {
      userCpuS: totalS - this.ownS,
      backgroundCpuS: NONE,
      halfnoteCpuS: this.ownS,
      userWallS: nowS - this.startS,
      userBytes:
        (tree.bases.get(process.pid)?.residentBytes ?? process.memoryUsage.rss()) +
        tree.residentBytes,
      halfnoteBytes: 0,
      machine: this.busy.update(totalS),
      stepsS: { user: isExact(tree) ? EXACT_S : TICK_S, halfnote: EXACT_S },
      problems: this.busy.problem === undefined ? [] : [this.busy.problem],
    };
  }

  openCell(): void {
    // There are no cells in a script.
  }

  closeCell(): void {
    // There are no cells in a script.
  }

  close(): void {
    this.tree.close();
    this.busy.close();
  }

  own<T>(work: () => T): T {
    if (this.begunS !== undefined) return work();
    const begunS = (this.begunS = ownCpuS());
    try {
      return work();
    } finally {
      this.begunS = undefined;
      this.ownS += ownCpuS() - begunS;
    }
  }
}

const NONE: ReadonlyMap<number, number> = new Map();
