import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import type { NonFiniteGradient } from './non-finite';
import type { LossScalePoint, SkippedStep, TracedLossScale } from './result';
import type { LossScaler } from './scaler';
import { describeLossScale, lossScaleBundle } from './view';

/** Skipped steps that a trace remembers, the latest. */
const REMEMBERED = 100;

/**
 * A loss scaler in use: the current value, how it came there, and the steps it cost. Shows itself in a
 * notebook.
 */
export class LossScaleTrace implements Displayable, TracedLossScale {
  private points: LossScalePoint[];
  private steps = 0;
  private skipped = 0;
  private inARow = 0;
  private measured: number | undefined;
  private latestSkips: readonly SkippedStep[] = [];
  private readonly listeners = new Set<(skip: SkippedStep) => void>();

  constructor(private current: LossScaler) {
    this.points = [{ step: 0, scale: current.scale }];
  }

  get scaler(): LossScaler {
    return this.current;
  }

  get scale(): number {
    return this.current.scale;
  }

  /** Optimizer steps tried, skipped ones included. */
  get step(): number {
    return this.steps;
  }

  get skippedSteps(): number {
    return this.skipped;
  }

  /** Steps skipped since the last that was taken. */
  get skippedInARow(): number {
    return this.inARow;
  }

  /** The latest skipped steps, at most 100, as {@link LossScalePoint.step} counts. */
  get skippedAt(): readonly number[] {
    return this.latestSkips.map(({ step }) => step);
  }

  /** The first scale and each change: a step function for plotting. */
  get history(): readonly LossScalePoint[] {
    return this.points;
  }

  /** The latest skipped steps, at most 100: which layers' gradients weren't finite. */
  get skips(): readonly SkippedStep[] {
    return this.latestSkips;
  }

  /** The largest power of two below the first scale that the first step's gradients fit; if it was measured. */
  get fitting(): number | undefined {
    return this.measured;
  }

  noteFitting(scale: number | undefined): void {
    this.measured = scale;
  }

  /** Calls `listener` at each skipped step. Returns what ends that. */
  onSkip(listener: (skip: SkippedStep) => void): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  /**
   * Records a step and takes over the scaler for the next one.
   * @param gradients Those that weren't finite.
   */
  adjust(finite: boolean, gradients: readonly NonFiniteGradient[] = []): void {
    const skip = { step: this.steps, scale: this.current.scale, gradients };
    this.steps += 1;
    this.current = this.current.adjust(finite);
    this.noteScale();
    this.inARow = finite ? 0 : this.inARow + 1;
    if (finite) return;
    this.skipped += 1;
    this.latestSkips = [...this.latestSkips, skip].slice(-REMEMBERED);
    for (const listener of this.listeners) listener(skip);
  }

  /** Backs off to a scale at which gradients of a step to come were found to fit. */
  lowerTo(scale: number): void {
    while (this.current.scale > scale) {
      const next = this.current.adjust(false);
      if (next.scale >= this.current.scale) break;
      this.current = next;
    }
    this.noteScale();
  }

  private noteScale(): void {
    if (this.points.at(-1)?.scale !== this.current.scale) {
      this.points.push({ step: this.steps, scale: this.current.scale });
    }
  }

  /** One sentence: the scale, the rule it follows, and the steps skipped. */
  toString(): string {
    return describeLossScale(this);
  }

  [JUPYTER_DISPLAY](): MimeBundle {
    return lossScaleBundle(this);
  }
}
