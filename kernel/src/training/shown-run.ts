import { display, type DisplayHandle } from '../display/display';
import { displayed } from '../display/displayed';
import { host } from '../host';
import type { RecordedRun } from './recorded-run';
import { trainingBundle } from './view';

/** A shorter training is shown once, when it has ended. */
const SHOWN_AFTER_MS = 1000;
const REDRAW_MS = 500;
/** Trainings of a cell with an output of their own; those after them take the last one's place. */
const MOST_IN_CELL = 3;

/** What the running cell shows of its trainings. */
let inCell: DisplayHandle[] = [];
let runs = 0;
/** Which cell that is. */
let cell = 0;

/** A training in the cell that runs it: one output, updated in place. Nothing in a plain script. */
export class ShownRun {
  readonly #began = performance.now();
  readonly #number: number;
  #shown: DisplayHandle | undefined;
  #drawnAt = -Infinity;
  readonly #cell = cell;

  constructor(private readonly run: RecordedRun) {
    if (runs++ === 0) host()?.onCellEnd(forget);
    this.#number = runs;
  }

  /** Whether the running cell shows it, so that there is no need to show it again. */
  get isInCell(): boolean {
    return this.#cell === cell && this.#shown !== undefined;
  }

  /** Whether so long ago was it drawn that it's time again. */
  get isDue(): boolean {
    const now = performance.now();
    return now - this.#began >= SHOWN_AFTER_MS && now - this.#drawnAt >= REDRAW_MS;
  }

  draw(): void {
    const notebook = host();
    if (notebook === undefined) return;
    const number = this.#number > MOST_IN_CELL ? `, number ${this.#number} of this cell` : '';
    const { payload } = this.run;
    const view = displayed({ ...payload, title: payload.title + number }, trainingBundle);
    if (this.#shown !== undefined) this.#shown.update(view);
    else this.#shown = placeOf(view);
    // Drawing takes time of its own: count from its end.
    this.#drawnAt = performance.now();
  }
}

function placeOf(view: object): DisplayHandle {
  const last = inCell[MOST_IN_CELL - 1];
  if (last !== undefined) {
    last.update(view);
    return last;
  }
  const shown = display(view);
  inCell.push(shown);
  return shown;
}

function forget(): void {
  inCell = [];
  runs = 0;
  cell++;
}
