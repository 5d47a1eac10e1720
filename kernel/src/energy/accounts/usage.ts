import type { Machine } from '../devices/machine';

/**
 * Whose work the machine did, as running totals: the difference of two readings is a slice of time.
 * One account falls, and others rise by as much, where work was taken for the wrong one's before.
 */
export interface Usage {
  /** CPU seconds of the user's code, and of what it has started, in the foreground. */
  readonly userCpuS: number;
  /**
   * CPU seconds of what goes on without a cell: by the window of the ended cell that started the
   * process, and by {@link NO_CELL} what the user's timers do between cells.
   */
  readonly backgroundCpuS: ReadonlyMap<number, number>;
  /** CPU seconds of Halfnote itself. */
  readonly halfnoteCpuS: number;
  /** Seconds during which the user's code was running in the foreground; falls like an account. */
  readonly userWallS: number;
  /** Resident right now: the processes of the user's code, and Halfnote's own. */
  readonly userBytes: number;
  readonly halfnoteBytes: number;
  /** `busyS` never moves by less than the accounts above do. */
  readonly machine: Machine;
  /** In what the accounts' CPU seconds are counted that came since the last reading. Default: ticks. */
  readonly stepsS?: { readonly user: number; readonly halfnote: number };
  /** What couldn't be told, in words; what is above is then without it. */
  readonly problems: readonly string[];
}

/** In what the system counts CPU time of the machine, and of processes for others. */
export const TICK_S = 0.01;
/** In what a process counts its own. */
export const EXACT_S = 1e-6;

/** The key of background work that belongs to no cell. */
export const NO_CELL = 0;

/** Where the monitor learns who worked. */
export interface Accounts {
  /**
   * `nowS` is the monitor's clock. Where a window begins, processes that have started since need not be
   * looked for: they are found later, and go by the time of their start. Never throws.
   */
  read(nowS: number, isBegin?: boolean): Usage;
  /** Processes that start from now on belong to the cell with this window, until it is closed. */
  openCell(window: number, nowS: number): void;
  /** What is still there of the cell goes on in the background. */
  closeCell(window: number, nowS: number): void;
  /** Cells of which something is left that may still work, by their windows. */
  readonly background: ReadonlySet<number>;
  /** Runs the monitor's own work, so that nobody pays for it but Halfnote. */
  own<T>(work: () => T): T;
  /** Lets go what is held of the system. */
  close?(): void;
  /** What readers of the figures must know of the accounts. */
  readonly notes?: readonly string[];
}
