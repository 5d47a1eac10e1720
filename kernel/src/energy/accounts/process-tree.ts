import { Clock } from './proc-clock';
import type { ProcessStat } from './proc';
import { ProcessSearch } from './process-search';
import type { Processes } from './process-search';
import { stillToCome, tails } from './tails';
import type { Ended } from './tails';

/** A process below the roots, as it was seen last. */
interface Known extends Ended {
  readonly stat: ProcessStat;
}

export interface TreeOptions {
  /** Processes whose own time others account for. The first is the root; others are below it. */
  readonly bases: () => readonly number[];
  /** CPU seconds of a base that these have; it may have told them of more than the system showed. */
  readonly accountedS?: (pid: number) => number;
  /** To whom a process belongs that started then; `nowS`'s clock. */
  readonly ownerAt: (startS: number) => number;
  /** To whom belongs what ended unseen. */
  readonly ownerNow: () => number;
  /** Waits for a process that the root has adopted and that has ended: nobody else would. */
  readonly reap?: ((pid: number) => void) | undefined;
  readonly proc?: string;
}

export interface TreeUpdate {
  /** CPU seconds since the last update by owner. */
  readonly usedS: ReadonlyMap<number, number>;
  /** Resident memory of all processes but the bases. */
  readonly residentBytes: number;
  readonly bases: Processes;
}

/** Whether nothing of an owner's comes from processes: the system tells their time in ticks. */
export function isExact(
  { usedS, residentBytes }: TreeUpdate,
  isMeant: (owner: number) => boolean = () => true,
): boolean {
  return residentBytes === 0 && ![...usedS.keys()].some(isMeant);
}

/**
 * CPU time of the processes that some others have started, from any thread, with all that came of
 * them, by owner. A process that has ended is in the time of whoever waited for it; what was booked of
 * it before is not booked again. All of the tree is looked at only after a process has started
 * somewhere.
 */
export class ProcessTree {
  private readonly search: ProcessSearch;
  private readonly known = new Map<number, Known>();
  /** What had ended when it was looked at last, and was not yet in the time of its parent, by that. */
  private late = new Map<number, readonly Ended[]>();
  private bases: Processes;
  private readonly clock: Clock;

  constructor(private readonly options: TreeOptions) {
    const { proc = '/proc' } = options;
    this.search = new ProcessSearch(proc);
    this.clock = new Clock(proc);
    this.bases = this.search.bases(options.bases());
  }

  /** Whether processes can be seen at all. */
  get isBlind(): boolean {
    return this.bases.size === 0;
  }

  /** Owners of processes that are still there. */
  get owners(): ReadonlySet<number> {
    const alive = [...this.known.values()].filter(({ stat }) => !stat.isZombie);
    return new Set(alive.map(({ owner }) => owner));
  }

  /** `looksForNew`: processes that have started since are found now, not later. */
  update(nowS: number, looksForNew = true): TreeUpdate {
    const pids = this.options.bases();
    for (const pid of pids) this.known.delete(pid);
    const bases = this.search.bases(pids);
    const known = new Map([...this.known].map(([pid, { stat }]) => [pid, stat]));
    const usedS = new Map<number, number>();
    const found = looksForNew ? this.search.look(bases, known, nowS) : undefined;
    if (found !== undefined || known.size > 0 || this.late.size > 0 || this.isWaited(bases))
      this.book(bases, found ?? this.search.again(known), nowS, usedS);
    this.bases = bases;
    const residentBytes = [...this.known.values()].reduce(
      (sum, { stat }) => sum + stat.residentBytes,
      0,
    );
    return { usedS, residentBytes, bases };
  }

  /** Lets go what is held of the system. */
  close(): void {
    this.search.close();
  }

  /** Whether a base has waited for a process, or has ended itself. */
  private isWaited(bases: Processes): boolean {
    return [...this.bases].some(([pid, { waitedS }]) => bases.get(pid)?.waitedS !== waitedS);
  }

  private book(bases: Processes, found: Processes, nowS: number, usedS: Map<number, number>): void {
    const book = (owner: number, cpuS: number): void => {
      if (cpuS > 0) usedS.set(owner, (usedS.get(owner) ?? 0) + cpuS);
    };
    const survivors = new Map([...bases, ...found]);
    const ended = this.takeEnded(survivors);
    const late = this.late;
    this.late = new Map();
    for (const [pid, stat] of found) {
      const before = this.known.get(pid);
      // What it has waited for by its first sight is new too.
      if (before === undefined) book(this.ownerOf(stat, nowS), stat.ownS + stat.waitedS);
      else book(before.owner, stat.ownS - before.stat.ownS);
    }
    for (const [pid, stat] of survivors) {
      const before = this.known.get(pid)?.stat ?? this.bases.get(pid);
      if (before === undefined) continue;
      const { owner } = this.known.get(pid) ?? { owner: this.options.ownerNow() };
      const below = ended.get(pid) ?? [];
      const waitedS = stat.waitedS - before.waitedS;
      const all = [...(late.get(pid) ?? []), ...below];
      for (const [whose, cpuS] of tails(waitedS, all, owner, nowS)) book(whose, cpuS);
      const rest = stillToCome(waitedS, all, below);
      if (rest.length > 0) this.late.set(pid, rest);
    }
    for (const [pid, stat] of found) {
      const before = this.known.get(pid);
      const owner = before?.owner ?? this.ownerOf(stat, nowS);
      const lengthS = nowS - (before?.seenAtS ?? nowS);
      const lately = before && lengthS > 0 ? (stat.ownS - before.stat.ownS) / lengthS : 1;
      // What others keep from the processor goes on at full speed once they are gone.
      const rate = stat.isRunnable ? Math.max(1, lately) : lately;
      const bookedS = stat.ownS + stat.waitedS;
      this.known.set(pid, { stat, owner, seenAtS: nowS, bookedS, rate });
    }
    for (const { stat } of this.known.values())
      if (this.isAbandoned(stat, bases)) this.options.reap?.(stat.pid);
  }

  /** Whether it waits for a root that doesn't know it. What the root starts itself is in the root's group. */
  private isAbandoned(stat: ProcessStat, bases: Processes): boolean {
    const [root] = bases.values();
    return stat.isZombie && stat.parent === root?.pid && stat.group !== root.group;
  }

  /** Forgets those that have ended; they are given by the nearest ancestor that is still there. */
  private takeEnded(survivors: Processes): Map<number, Ended[]> {
    const gone = new Map<number, Ended & { readonly stat: ProcessStat }>();
    for (const [pid, known] of this.known) {
      if (survivors.get(pid)?.startTicks === known.stat.startTicks) continue;
      gone.set(pid, known);
      this.known.delete(pid);
    }
    for (const [pid, stat] of this.bases) {
      if (survivors.get(pid)?.startTicks === stat.startTicks) continue;
      const ownS = Math.max(stat.ownS, this.options.accountedS?.(pid) ?? 0);
      const bookedS = ownS + stat.waitedS;
      gone.set(pid, { stat, owner: this.options.ownerNow(), seenAtS: 0, bookedS, rate: Infinity });
    }
    const below = new Map<number, Ended[]>();
    for (const ended of gone.values()) {
      let { parent } = ended.stat;
      for (let next = gone.get(parent); next !== undefined; next = gone.get(parent))
        ({ parent } = next.stat);
      below.set(parent, [...(below.get(parent) ?? []), ended]);
    }
    return below;
  }

  /** What a process of a cell starts is that cell's. What the bases start, or adopt, goes by its time. */
  private ownerOf({ parent, startTicks }: ProcessStat, nowS: number): number {
    return (
      this.known.get(parent)?.owner ?? this.options.ownerAt(nowS - this.clock.ageS(startTicks))
    );
  }
}
