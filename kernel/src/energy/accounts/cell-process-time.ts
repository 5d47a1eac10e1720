import type { CellUsage, CellWork, WorkMode } from './cell-usage';
import { NO_CELL } from './usage';

/** What the cell processes of a session have used, as running totals. */
export interface CellProcessTotals {
  readonly userCpuS: number;
  readonly backgroundCpuS: ReadonlyMap<number, number>;
  readonly halfnoteCpuS: number;
  readonly userWallS: number;
}

const NOTHING: CellUsage = {
  userCpuS: 0,
  backgroundCpuS: 0,
  halfnoteCpuS: 0,
  userWallS: 0,
  mode: 'halfnote',
};

/**
 * The cell process's own time. Its reports are exact; what the system shows beyond the last one is
 * taken for what it was doing then, until the next report says better. Totals never fall.
 */
export class CellProcessTime {
  pid: number | undefined;
  private reported: CellUsage | undefined;
  /** When the last report came, or the last run was sent. */
  private sinceS = 0;
  private mode: WorkMode = 'halfnote';
  private runner: number | undefined;
  /** What is certain, of all processes so far. */
  private userS = 0;
  private halfnoteS = 0;
  private wallS = 0;
  private readonly leftS = new Map<number, number>();
  /** What was told. */
  private told: CellProcessTotals = {
    userCpuS: 0,
    backgroundCpuS: new Map(),
    halfnoteCpuS: 0,
    userWallS: 0,
  };

  /** `isForeground`: whether the cell is open. */
  constructor(private readonly isForeground: (owner: number | undefined) => boolean) {}

  /** The cell whose code is running, also when its window has ended: native code can't be stopped. */
  get owner(): number | undefined {
    return this.mode === 'user' ? this.runner : undefined;
  }

  /** Whether it has been doing Halfnote's work since then: what it starts is Halfnote's too. */
  isOwnSince(startS: number): boolean {
    return this.pid !== undefined && this.mode === 'halfnote' && startS >= this.sinceS;
  }

  /** CPU seconds of Halfnote's work in it that a report adds. */
  ownBefore({ halfnoteCpuS }: CellUsage): number {
    return this.mode === 'halfnote' ? halfnoteCpuS - (this.reported?.halfnoteCpuS ?? 0) : 0;
  }

  /** `open`: the cell that is open now, if one is. */
  hear(event: CellWork, open: number | undefined, nowS: number): void {
    switch (event.kind) {
      case 'started':
        this.pid = event.pid;
        this.reported = undefined;
        this.mode = 'halfnote';
        this.sinceS = nowS;
        return;
      case 'runs':
        this.runner = open;
        this.mode = 'halfnote';
        this.sinceS = nowS;
        return;
      case 'used':
        this.take(event.usage, nowS);
        return;
      case 'lost':
        this.keepEstimate();
        this.pid = undefined;
        this.reported = undefined;
        this.mode = 'halfnote';
    }
  }

  /** `ownS`: CPU seconds of the process as the system shows them; undefined where it doesn't. */
  read(ownS: number | undefined, nowS: number): CellProcessTotals {
    const { reported } = this;
    const certainS =
      reported === undefined
        ? 0
        : reported.userCpuS + reported.backgroundCpuS + reported.halfnoteCpuS;
    const beyondS = Math.max(0, (ownS ?? 0) - certainS);
    const isOwn = this.mode === 'halfnote';
    const inFront = this.mode === 'user' && this.isForeground(this.runner);
    const owner = this.owner ?? NO_CELL;
    const backgroundCpuS = new Map(this.leftS);
    if (!isOwn && !inFront && beyondS > 0)
      backgroundCpuS.set(owner, (backgroundCpuS.get(owner) ?? 0) + beyondS);
    const { told } = this;
    for (const [cell, cpuS] of told.backgroundCpuS)
      backgroundCpuS.set(cell, Math.max(cpuS, backgroundCpuS.get(cell) ?? 0));
    return (this.told = {
      userCpuS: Math.max(told.userCpuS, this.userS + (inFront ? beyondS : 0)),
      backgroundCpuS,
      halfnoteCpuS: Math.max(told.halfnoteCpuS, this.halfnoteS + (isOwn ? beyondS : 0)),
      userWallS: Math.max(told.userWallS, this.wallS + (inFront ? nowS - this.sinceS : 0)),
    });
  }

  private take(usage: CellUsage, nowS: number): void {
    const before = this.reported ?? NOTHING;
    const userS = usage.userCpuS - before.userCpuS;
    if (this.isForeground(this.runner)) {
      this.userS += userS;
      this.wallS += usage.userWallS - before.userWallS;
    } else this.leave(this.runner ?? NO_CELL, userS);
    this.leave(NO_CELL, usage.backgroundCpuS - before.backgroundCpuS);
    this.halfnoteS += usage.halfnoteCpuS - before.halfnoteCpuS;
    this.reported = usage;
    this.mode = usage.mode;
    this.sinceS = nowS;
  }

  private leave(owner: number, cpuS: number): void {
    if (cpuS > 0) this.leftS.set(owner, (this.leftS.get(owner) ?? 0) + cpuS);
  }

  /** The process is gone without a report: what was told of it stands. */
  private keepEstimate(): void {
    this.userS = this.told.userCpuS;
    this.halfnoteS = this.told.halfnoteCpuS;
    this.wallS = this.told.userWallS;
    for (const [cell, cpuS] of this.told.backgroundCpuS) this.leftS.set(cell, cpuS);
  }
}
