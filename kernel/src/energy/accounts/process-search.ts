import { HeldStat, LastPid, readChildren, readStat } from './proc';
import type { ProcessStat } from './proc';

export type Processes = ReadonlyMap<number, ProcessStat>;

/** To ask so many threads for their children costs as much as all else that a window does. */
const MANY_THREADS = 32;
/** Then what has started may stay unseen so long: it still goes by the time of its start. */
const SOON_S = 0.1;
/** So long the numbers of what has started are enough; one may be given before the process can be seen. */
const BY_NUMBER_S = 1;

/**
 * Finds the processes below some others, the bases, from any of their threads, for as little as it can:
 * nothing is looked for unless a process or thread has started on this machine, and of few that have only
 * those, since their numbers follow each other. From time to time all threads are asked for their children.
 */
export class ProcessSearch {
  private held = new Map<number, HeldStat>();
  private readonly lastPid: LastPid;
  /** Numbers up to this one have been looked at. */
  private seenPid = NaN;
  /** When all threads were asked, and whether something was looked for by its number since. */
  private lookedAtS = -Infinity;
  private isByNumber = false;

  constructor(private readonly proc: string) {
    this.lastPid = new LastPid(proc);
  }

  /** Those of the bases that are there. */
  bases(pids: readonly number[]): Processes {
    const found = new Map<number, ProcessStat>();
    for (const pid of pids) {
      let held = this.held.get(pid);
      if (held === undefined) this.held.set(pid, (held = new HeldStat(this.proc, pid)));
      const stat = held.read();
      if (stat !== undefined) found.set(pid, stat);
    }
    for (const [pid, held] of this.held) {
      if (found.has(pid)) continue;
      held.close();
      this.held.delete(pid);
    }
    return found;
  }

  /**
   * All that are below the bases now; undefined where nothing has started since this was asked last.
   * `known`: those that were below them before. They are among those found as long as they are there: one
   * that passes from its parent to another is for a moment the child of neither.
   */
  look(bases: Processes, known: Processes, nowS: number): Processes | undefined {
    const lastPid = this.lastPid.read();
    const sinceS = nowS - this.lookedAtS;
    const isDue = this.isByNumber && sinceS >= BY_NUMBER_S;
    if (lastPid === this.seenPid && !isDue) return undefined;
    const threads = [...bases.values()].reduce((sum, stat) => sum + stat.threads, 0);
    const started = lastPid - this.seenPid;
    if (sinceS < BY_NUMBER_S && started > 0 && started <= threads) {
      const found = this.byNumber(bases, known, lastPid);
      this.isByNumber = true;
      this.seenPid = lastPid;
      return found;
    }
    if (sinceS < SOON_S && threads > MANY_THREADS) return this.again(known);
    this.seenPid = lastPid;
    this.lookedAtS = nowS;
    this.isByNumber = false;
    const found = this.byThreads(bases);
    const missed = [...known].filter(([pid]) => !bases.has(pid) && !found.has(pid));
    return new Map([...found, ...this.again(new Map(missed))]);
  }

  /** Those of the known that are there; another process may have the number of one that has ended. */
  again(known: Processes): Map<number, ProcessStat> {
    const found = new Map<number, ProcessStat>();
    for (const [pid, { startTicks }] of known) {
      const stat = readStat(this.proc, pid);
      if (stat?.startTicks === startTicks) found.set(pid, stat);
    }
    return found;
  }

  /** Lets go what it holds; it is opened again where it is asked for. */
  close(): void {
    this.lastPid.close();
    for (const held of this.held.values()) held.close();
    this.held.clear();
  }

  /** What is known, and what of the numbers since has a parent among the bases and what is below them. */
  private byNumber(bases: Processes, known: Processes, lastPid: number): Processes {
    const found = this.again(known);
    const strangers = new Map<number, ProcessStat>();
    for (let pid = this.seenPid + 1; pid <= lastPid; pid++) {
      if (bases.has(pid) || found.has(pid)) continue;
      const stat = readStat(this.proc, pid);
      if (stat !== undefined && !stat.isThread) strangers.set(pid, stat);
    }
    for (let before = -1; before !== found.size;) {
      before = found.size;
      for (const [pid, stat] of strangers)
        if (bases.has(stat.parent) || found.has(stat.parent)) {
          found.set(pid, stat);
          strangers.delete(pid);
        }
    }
    return found;
  }

  /** Parents before children. */
  private byThreads(bases: Processes): Processes {
    const found = new Map<number, ProcessStat>();
    const waiting = [...bases.values()].reverse();
    for (let stat = waiting.pop(); stat !== undefined; stat = waiting.pop()) {
      for (const pid of readChildren(this.proc, stat)) {
        if (bases.has(pid) || found.has(pid)) continue;
        const child = readStat(this.proc, pid);
        if (child === undefined) continue;
        found.set(pid, child);
        waiting.push(child);
      }
    }
    return found;
  }
}
