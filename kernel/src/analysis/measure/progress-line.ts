import { display, type DisplayHandle } from '../../display/display';
import { duration, percent } from '../../display/units';
import type { RoundProgress } from '../../energy/trials/machine';
import type { TrialSettings } from '../../energy/trials/settings';
import { host } from '../../host';

const REDRAW_MS = 500;

/** How far a measurement is, in one line of the cell that is updated in place; nothing in a plain script. */
export class ProgressLine {
  private handle: DisplayHandle | undefined;
  private drawnAt = -Infinity;
  private last: RoundProgress | undefined;

  constructor(private readonly settings: TrialSettings) {}

  show(progress: RoundProgress): void {
    this.last = progress;
    const now = performance.now();
    if (host() === undefined || now - this.drawnAt < REDRAW_MS) return;
    this.drawnAt = now;
    this.draw(this.text(progress));
  }

  /** Says that it is over, where there was a line. */
  end(): void {
    if (this.handle === undefined || this.last === undefined) return;
    const { rounds, elapsedS } = this.last;
    this.draw(`Measured ${rounds} round${rounds === 1 ? '' : 's'} in ${duration(elapsedS)}.`);
  }

  private text({ rounds, elapsedS, reached }: RoundProgress): string {
    const { trials, precision, budgetS } = this.settings;
    const of = trials === 'auto' ? '' : ` of ${trials}`;
    const known = reached === null ? '' : `, known to ±${percent(reached)}`;
    const wanted = precision === null || reached === null ? '' : ` of ±${percent(precision)}`;
    const budget = budgetS === null ? '' : ` of ${duration(budgetS)} at most`;
    return `Measuring: round ${rounds}${of}${known}${wanted}, ${duration(elapsedS)}${budget}`;
  }

  private draw(text: string): void {
    if (this.handle === undefined) this.handle = display(text);
    else this.handle.update(text);
  }
}
