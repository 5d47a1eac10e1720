import type { CellUsage, CellWork, WorkMode } from './cell-usage';
import { NO_CELL } from './usage';

/** What the cell processes of a session have used, as running totals. */
export interface CellProcessTotals {
  readonly userCpuS: number;
  readonly backgroundCpuS: ReadonlyMap<number, number>;
  readonly halfnoteCpuS: number;
  readonly userWallS: number;
  /** Whether some of it is taken from what the system shows, which counts in ticks. */
  readonly isGuessed: boolean;
}

const NOTHING: CellUsage = {
  userCpuS: 0,
  backgroundCpuS: 0,
  halfnoteCpuS: 0,
  userWallS: 0,
  mode: 'halfnote',
};

/** What the system shows beyond the last report, by whose work it is taken for. */
interface Guess {
  readonly userCpuS: number;
  readonly halfnoteCpuS: number;
  readonly userWallS: number;
  readonly backgroundCpuS: ReadonlyMap<number, number>;
  /** CPU seconds of the process that are told, and when they were. */
  readonly ownS: number;
  readonly atS: number;
}

/**
 * The cell process's own time. Its reports are exact; what the system shows beyond the last one is
 * taken for what it was doing then, until the next report takes the guess's place. An account falls
 * where the guess was too high; the sum of all accounts never does.
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
  private guess: Guess = noGuess(0, 0);
  /** CPU seconds of the last process that was lost that are in the accounts. */
  private lost: { readonly pid: number | undefined; readonly ownS: number } | undefined;

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
        this.begin('halfnote', nowS);
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
        this.lost = { pid: this.pid, ownS: this.guess.ownS };
        this.keepGuess();
        this.pid = undefined;
        this.begin('halfnote', nowS);
    }
  }

  /** `ownS`: CPU seconds of the process as the system shows them; undefined where it doesn't. */
  read(ownS: number | undefined, nowS: number): CellProcessTotals {
    const guess = (this.guess = this.guessed(ownS ?? 0, nowS));
    const backgroundCpuS = new Map(this.leftS);
    for (const [owner, cpuS] of guess.backgroundCpuS) add(backgroundCpuS, owner, cpuS);
    return {
      userCpuS: this.userS + guess.userCpuS,
      backgroundCpuS,
      halfnoteCpuS: this.halfnoteS + guess.halfnoteCpuS,
      userWallS: this.wallS + guess.userWallS,
      isGuessed: guess.userCpuS + guess.halfnoteCpuS > 0 || guess.backgroundCpuS.size > 0,
    };
  }

  /** CPU seconds of a process, also of one that is gone, that are in the accounts. */
  accountedS(pid: number): number {
    if (pid === this.pid) return this.guess.ownS;
    return pid === this.lost?.pid ? this.lost.ownS : 0;
  }

  private begin(mode: WorkMode, nowS: number): void {
    this.reported = undefined;
    this.mode = mode;
    this.sinceS = nowS;
    this.guess = noGuess(0, nowS);
  }

  private guessed(ownS: number, nowS: number): Guess {
    const { guess, mode } = this;
    const moreS = Math.max(0, ownS - guess.ownS);
    const inFront = mode === 'user' && this.isForeground(this.runner);
    const backgroundCpuS = new Map(guess.backgroundCpuS);
    if (mode !== 'halfnote' && !inFront) add(backgroundCpuS, this.owner ?? NO_CELL, moreS);
    const wallS = nowS - Math.max(guess.atS, this.sinceS);
    return {
      userCpuS: guess.userCpuS + (inFront ? moreS : 0),
      halfnoteCpuS: guess.halfnoteCpuS + (mode === 'halfnote' ? moreS : 0),
      userWallS: guess.userWallS + (inFront ? Math.max(0, wallS) : 0),
      backgroundCpuS,
      ownS: Math.max(ownS, guess.ownS),
      atS: nowS,
    };
  }

  private take(usage: CellUsage, nowS: number): void {
    const before = this.reported ?? NOTHING;
    const userS = usage.userCpuS - before.userCpuS;
    const wallS = usage.userWallS - before.userWallS;
    // Of a cell that has ended meanwhile, what was told of it while it was open stays with it.
    const isOpen = this.isForeground(this.runner);
    const inFrontS = isOpen ? userS : Math.min(userS, this.guess.userCpuS);
    this.userS += inFrontS;
    this.wallS += isOpen ? wallS : Math.min(wallS, this.guess.userWallS);
    add(this.leftS, this.runner ?? NO_CELL, userS - inFrontS);
    add(this.leftS, NO_CELL, usage.backgroundCpuS - before.backgroundCpuS);
    this.halfnoteS += usage.halfnoteCpuS - before.halfnoteCpuS;
    this.reported = usage;
    this.mode = usage.mode;
    this.sinceS = nowS;
    const certainS = usage.userCpuS + usage.backgroundCpuS + usage.halfnoteCpuS;
    this.guess = noGuess(certainS, nowS);
  }

  /** The process is gone without a report: what was told of it stands. */
  private keepGuess(): void {
    const { guess } = this;
    this.userS += guess.userCpuS;
    this.halfnoteS += guess.halfnoteCpuS;
    this.wallS += guess.userWallS;
    for (const [cell, cpuS] of guess.backgroundCpuS) add(this.leftS, cell, cpuS);
  }
}

function noGuess(ownS: number, atS: number): Guess {
  const nothing = { userCpuS: 0, halfnoteCpuS: 0, userWallS: 0, backgroundCpuS: new Map() };
  return { ...nothing, ownS, atS };
}

function add(to: Map<number, number>, owner: number, cpuS: number): void {
  if (cpuS > 0) to.set(owner, (to.get(owner) ?? 0) + cpuS);
}
