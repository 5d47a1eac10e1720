import { host, JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../host';
import { progressBar } from './bar';
import { display, type DisplayHandle } from './display';
import { duration } from './units';

/** A front end need not draw more often, and the server need not carry it. */
const REDRAW_MS = 250;

/**
 * How far a long piece of work is, in the cell that does it: one output that is updated in place.
 * In a plain script nothing is shown.
 */
export class Progress implements Displayable {
  private readonly start = performance.now();
  private readonly shown: DisplayHandle | undefined;
  private lastDrawn = 0;
  private done = 0;
  private note = '';

  /** @param total How many steps there are. */
  constructor(
    private readonly label: string,
    private readonly total: number,
  ) {
    this.shown = host() === undefined ? undefined : display(this);
  }

  /** One more step is done. @param note What it was, or what comes now. */
  advance(note = ''): void {
    this.done = Math.min(this.total, this.done + 1);
    this.note = note;
    const now = performance.now();
    if (this.done < this.total && now - this.lastDrawn < REDRAW_MS) return;
    this.lastDrawn = now;
    this.shown?.update(this);
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    const { done, total, label } = this;
    const seconds = Math.round((performance.now() - this.start) / 1000);
    const state = `${done}/${total} ${duration(seconds)}${this.note === '' ? '' : `  ${this.note}`}`;
    const { html, text } = progressBar(label, { done, total }, state);
    return { 'text/html': html, 'text/plain': text };
  }
}
