/**
 * Whose work the cell process does: a cell's code; what goes on between cells; everything else, that is
 * its start, loading our library, messages, and what is shown.
 */
export type WorkMode = 'user' | 'background' | 'halfnote';

/** What the cell process has used since it began, as it counts it itself: all threads, to the microsecond. */
export interface CellUsage {
  /** CPU seconds of cells from the start of their code to its end. */
  readonly userCpuS: number;
  /** CPU seconds between cells: of the timers and promises that cells have left behind. */
  readonly backgroundCpuS: number;
  /** CPU seconds of everything else. */
  readonly halfnoteCpuS: number;
  /** Seconds during which a cell's code was running, or waited for what it awaits. */
  readonly userWallS: number;
  /** Whose work comes next. */
  readonly mode: WorkMode;
}

/** What becomes known of the cell process, in order. */
export type CellWork =
  | { readonly kind: 'started'; readonly pid: number }
  /** It has been sent what to run. What it uses until the next one belongs to the cell that is open now. */
  | { readonly kind: 'runs' }
  | { readonly kind: 'used'; readonly usage: CellUsage }
  | { readonly kind: 'lost' };
