import { performance } from 'node:perf_hooks';
import process from 'node:process';
import type { CellUsage, WorkMode } from '../../energy/accounts/cell-usage';

/** Taken before a cell can replace them. */
const cpuUsage = process.cpuUsage.bind(process);
const nowMs = performance.now.bind(performance);

/** What a pause between two cells costs by itself: messages, and what V8 still has to do. */
const PAUSE_US = 10_000;

/** The CPU time of this process and all its threads, by whose work it was. One switch costs a microsecond. */
export class CpuLedger {
  private readonly used: Record<WorkMode, number> = { halfnote: 0, user: 0, background: 0 };
  private userWallMs = 0;
  private mode: WorkMode = 'halfnote';
  private lastUs = 0;
  private lastMs = nowMs();
  private pauseUs = 0;
  private isTold = false;
  /** Counts pauses: what began before one must not change whose work comes after it. */
  private pauses = 0;

  /** `tell`: tells the kernel process of a change that it would otherwise not learn of for long. */
  constructor(private readonly tell: (usage: CellUsage) => void) {}

  /** From now on the work is for `mode`. Returns for whom it was. */
  switchTo(mode: WorkMode): WorkMode {
    const before = this.mode;
    this.book();
    this.mode = mode;
    if (mode === 'background') {
      this.pauseUs = PAUSE_US;
      this.pauses++;
    }
    return before;
  }

  /** The same for what may take long; the kernel process is told. */
  enter(mode: WorkMode): void {
    if (this.isTold) this.tell(this.report(mode));
    this.switchTo(mode);
  }

  /** Does a piece of work for Halfnote. A forced stop may skip the way back: the next switch mends it. */
  duringOwn<T>(mayTakeLong: boolean, work: () => T): T {
    if (this.mode === 'halfnote') return work();
    const before = this.mode;
    if (mayTakeLong) this.enter('halfnote');
    else this.switchTo('halfnote');
    try {
      return work();
    } finally {
      if (mayTakeLong) this.enter(before);
      else this.switchTo(before);
    }
  }

  /** The same for work that waits. What else the cell does meanwhile can't be told from it. */
  async duringOwnAsync<T>(work: () => Promise<T>): Promise<T> {
    const { mode: before, pauses } = this;
    this.enter('halfnote');
    try {
      return await work();
    } finally {
      if (this.pauses === pauses) this.enter(before);
    }
  }

  /** Time in which a cell does nothing but wait for Halfnote isn't the user's. */
  async whileWaiting<T>(answer: Promise<T>): Promise<T> {
    this.book();
    const { lastMs: begunMs, lastUs: begunUs } = this;
    try {
      return await answer;
    } finally {
      this.book();
      const idleMs = this.lastMs - begunMs - (this.lastUs - begunUs) / 1000;
      if (this.mode === 'user')
        this.userWallMs = Math.max(0, this.userWallMs - Math.max(0, idleMs));
    }
  }

  /** All so far was Halfnote's own work; from now on changes are told. */
  claim(): void {
    this.book();
    this.used.halfnote += this.used.user + this.used.background;
    this.used.user = 0;
    this.used.background = 0;
    this.userWallMs = 0;
    this.isTold = true;
  }

  /** `mode`: whose work comes next. */
  report(mode: WorkMode = this.mode): CellUsage {
    this.book();
    const { halfnote, user, background } = this.used;
    return {
      userCpuS: user / 1e6,
      backgroundCpuS: background / 1e6,
      halfnoteCpuS: halfnote / 1e6,
      userWallS: this.userWallMs / 1000,
      mode,
    };
  }

  private book(): void {
    const { user, system } = cpuUsage();
    const us = user + system;
    const ms = nowMs();
    const usedUs = us - this.lastUs;
    this.used[this.mode] += usedUs;
    if (this.mode === 'background') {
      const ownUs = Math.min(usedUs, this.pauseUs);
      this.pauseUs -= ownUs;
      this.used.background -= ownUs;
      this.used.halfnote += ownUs;
    }
    if (this.mode === 'user') this.userWallMs += ms - this.lastMs;
    this.lastUs = us;
    this.lastMs = ms;
  }
}
