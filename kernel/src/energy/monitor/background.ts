import { NO_CELL } from '../accounts/usage';
import type { WindowRecord } from './record';

/** The windows of what cells have left running, and of what timers do between cells. */
export class Background {
  private readonly byCell = new Map<number, WindowRecord>();
  private readonly names = new Map<number, string>();
  /** Whether something went on between cells when that was read last. */
  private isBetween = false;

  constructor(
    private readonly make: (of: {
      readonly name: string;
      readonly startedAtS: number;
    }) => WindowRecord,
  ) {}

  get records(): readonly WindowRecord[] {
    return [...this.byCell.values()];
  }

  /** To be called when a cell begins, with its window. */
  name(cell: number, name: string): void {
    this.names.set(cell, name);
  }

  /** Knows the cells that another one knows. */
  takeNames({ names }: Background): void {
    for (const [cell, name] of names) this.names.set(cell, name);
  }

  /** Who has worked in the background since the last time, by the window of its cell. */
  hear(workers: ReadonlyMap<number, number>): void {
    this.isBetween = workers.has(NO_CELL);
  }

  /** That of a cell, made when it is first asked for. */
  of(cell: number, startedAtS: number): WindowRecord {
    let record = this.byCell.get(cell);
    if (record === undefined) {
      const of = this.names.get(cell);
      const name = of === undefined ? 'background between cells' : `background of ${of}`;
      record = this.make({ name, startedAtS });
      this.byCell.set(cell, record);
    }
    return record;
  }

  /** What timers do between cells is over while a cell is open, and may go on after it. */
  mark(alive: ReadonlySet<number>, hasOpen: boolean): void {
    for (const [cell, record] of this.byCell) {
      const goesOn = alive.has(cell) || (cell === NO_CELL && this.isBetween && !hasOpen);
      record.status = goesOn ? 'open' : 'ended';
    }
  }
}
