import process from 'node:process';
import { BusyTime } from './busy-time';
import { CellProcessTime } from './cell-process-time';
import type { CellWork } from './cell-usage';
import { CellTimes } from './cell-times';
import { HelperTime } from './helper-time';
import type { HelperUsage } from './helper-time';
import { isExact, ProcessTree } from './process-tree';
import type { TreeUpdate } from './process-tree';
import { ownCpuS } from './script-accounts';
import { EXACT_S, NO_CELL, TICK_S } from './usage';
import type { Accounts, Usage } from './usage';

/** Owner of the processes that our library starts. */
const HALFNOTE = -1;
/** CPU seconds of loading that may have started processes. */
const LONG_S = 0.01;

export interface KernelAccountsOptions {
  /** See `becomeSubreaper`. Without it, what cells detach is lost from sight. */
  readonly reap?: ((pid: number) => void) | undefined;
  /** A process that does Halfnote's work beside this one; undefined while there is none. */
  readonly helper?: (() => HelperUsage | undefined) | undefined;
}

const NO_PROCESSES: TreeUpdate = { usedS: new Map(), residentBytes: 0, bases: new Map() };

/**
 * The accounts of a notebook, kept in the kernel process. Halfnote's are the kernel process with all
 * its threads, its helper, and of the cell process what isn't a cell's own code; the user's are the
 * cells' code and the processes that it starts.
 */
export class KernelAccounts implements Accounts {
  private readonly busy = new BusyTime();
  private readonly cells = new CellTimes();
  private readonly cellProcess: CellProcessTime;
  /** From when the first cell process is known: before that it would pass for a cell's. */
  private tree: ProcessTree | undefined;
  private readonly helpers = new HelperTime();
  private childrenS = 0;
  private ownChildrenS = 0;
  private readonly leftS = new Map<number, number>();

  constructor(private readonly options: KernelAccountsOptions = {}) {
    this.cellProcess = new CellProcessTime((owner) => this.cells.isForeground(owner));
  }

  /** What the runtime tells of the cell process. */
  work(event: CellWork, nowS: number): void {
    if (event.kind === 'used' && this.cellProcess.ownBefore(event.usage) > LONG_S)
      this.bookProcesses(nowS, true);
    this.cellProcess.hear(event, this.cells.open, nowS);
    if (event.kind === 'started') this.tree ??= this.makeTree();
  }

  read(nowS: number, isBegin = false): Usage {
    const tree = this.bookProcesses(nowS, !isBegin);
    const { pid } = this.cellProcess;
    const helper = this.helpers.read(this.options.helper?.(), tree.bases);
    const stat = pid === undefined ? undefined : tree.bases.get(pid);
    const cell = this.cellProcess.read(stat?.ownS, nowS);
    const backgroundCpuS = new Map(this.leftS);
    for (const [owner, cpuS] of cell.backgroundCpuS)
      backgroundCpuS.set(owner, (backgroundCpuS.get(owner) ?? 0) + cpuS);
    const userCpuS = this.childrenS + cell.userCpuS;
    const halfnoteCpuS = ownCpuS() + helper.cpuS + cell.halfnoteCpuS + this.ownChildrenS;
    const leftS = [...backgroundCpuS.values()].reduce((sum, cpuS) => sum + cpuS, 0);
    return {
      userCpuS,
      backgroundCpuS,
      halfnoteCpuS,
      userWallS: cell.userWallS,
      userBytes: (stat?.residentBytes ?? 0) + tree.residentBytes,
      halfnoteBytes:
        (tree.bases.get(process.pid)?.residentBytes ?? process.memoryUsage.rss()) +
        helper.residentBytes,
      machine: this.busy.update(userCpuS + halfnoteCpuS + leftS),
      stepsS: {
        user: isExact(tree, (owner) => owner !== HALFNOTE) && !cell.isGuessed ? EXACT_S : TICK_S,
        halfnote: tree.usedS.has(HALFNOTE) || cell.isGuessed || helper.isGuessed ? TICK_S : EXACT_S,
      },
      problems: this.busy.problem === undefined ? [] : [this.busy.problem],
    };
  }

  get background(): ReadonlySet<number> {
    const { owner } = this.cellProcess;
    const owners = [...(this.tree?.owners ?? []), ...(owner === undefined ? [] : [owner])];
    return new Set(owners.filter((cell) => cell !== HALFNOTE && !this.cells.isForeground(cell)));
  }

  get notes(): readonly string[] {
    return this.tree?.isBlind === true
      ? ['Processes that cells start cannot be seen on this system: they are in the rest.']
      : [];
  }

  openCell(window: number, nowS: number): void {
    this.cells.begin(window, nowS);
  }

  closeCell(window: number, nowS: number): void {
    this.cells.end(window, nowS);
  }

  close(): void {
    this.tree?.close();
    this.busy.close();
  }

  own<T>(work: () => T): T {
    return work();
  }

  private bookProcesses(nowS: number, looksForNew: boolean): TreeUpdate {
    const tree = this.tree?.update(nowS, looksForNew) ?? NO_PROCESSES;
    for (const [owner, cpuS] of tree.usedS) {
      if (owner === HALFNOTE) this.ownChildrenS += cpuS;
      else if (this.cells.isForeground(owner)) this.childrenS += cpuS;
      else this.leftS.set(owner, (this.leftS.get(owner) ?? 0) + cpuS);
    }
    return tree;
  }

  private makeTree(): ProcessTree {
    return new ProcessTree({
      bases: () => {
        const { pid } = this.cellProcess;
        const helper = this.options.helper?.()?.pid;
        return [
          process.pid,
          ...(pid === undefined ? [] : [pid]),
          ...(helper === undefined ? [] : [helper]),
        ];
      },
      ownerAt: (startS) => (this.cellProcess.isOwnSince(startS) ? HALFNOTE : this.cells.at(startS)),
      ownerNow: () =>
        this.cellProcess.isOwnSince(Infinity)
          ? HALFNOTE
          : (this.cellProcess.owner ?? this.cells.open ?? NO_CELL),
      accountedS: (pid) => this.helpers.accountedS(pid) ?? this.cellProcess.accountedS(pid),
      reap: this.options.reap,
    });
  }
}
