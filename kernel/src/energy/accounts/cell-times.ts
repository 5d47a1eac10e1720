import { NO_CELL } from './usage';

/** Processes' starts are known to a hundredth of a second. */
const START_ERROR_S = 0.02;
/** What has started longer ago than so many cells was seen before. */
const REMEMBERED = 16;

interface Cell {
  readonly window: number;
  readonly begunS: number;
  endedS?: number;
}

/** When cells began and ended, by the numbers of their windows. */
export class CellTimes {
  private cells: Cell[] = [];

  begin(window: number, nowS: number): void {
    this.cells = [...this.cells.slice(1 - REMEMBERED), { window, begunS: nowS }];
  }

  end(window: number, nowS: number): void {
    const cell = this.cells.find((candidate) => candidate.window === window);
    if (cell !== undefined) cell.endedS = nowS;
  }

  /** The cell that is open now. */
  get open(): number | undefined {
    return this.cells.findLast(({ endedS }) => endedS === undefined)?.window;
  }

  /** Whether what belongs to this cell is in the foreground: the cell is open, or code runs without a window. */
  isForeground(window: number | undefined): boolean {
    return (
      window === undefined ||
      this.cells.some((cell) => cell.window === window && cell.endedS === undefined)
    );
  }

  /** The cell within which something has started; `NO_CELL` for what has between cells. */
  at(startS: number): number {
    const cell = this.cells.findLast(({ begunS }) => startS >= begunS - START_ERROR_S);
    if (cell === undefined) return NO_CELL;
    return cell.endedS === undefined || startS <= cell.endedS + START_ERROR_S
      ? cell.window
      : NO_CELL;
  }
}
