import { host, type Displayable } from '../../host';
import { display, type DisplayHandle } from '../../display/display';

/** A picture that follows a training needs no more, and the server need not carry more. */
const INTERVAL_MS = 500;

/**
 * Shows something that grows, in the cell that makes it grow: one output, updated in place at most
 * twice a second, and once more when the cell ends. Shows nothing outside a notebook.
 */
export class LiveDisplay {
  private shown: DisplayHandle | undefined;
  private lastMs = 0;
  private isStale = false;

  constructor(private readonly render: () => Displayable) {}

  /** There is more to be seen. */
  changed(): void {
    const notebook = host();
    if (notebook === undefined) return;
    const now = performance.now();
    if (this.shown === undefined) {
      this.shown = display(this.render());
      notebook.onCellEnd(() => {
        this.finish();
      });
    } else if (now - this.lastMs < INTERVAL_MS) {
      this.isStale = true;
      return;
    } else this.shown.update(this.render());
    this.isStale = false;
    // Rendering takes time of its own: count from its end.
    this.lastMs = performance.now();
  }

  private finish(): void {
    if (this.isStale) this.shown?.update(this.render());
    this.isStale = false;
    this.shown = undefined;
  }
}
