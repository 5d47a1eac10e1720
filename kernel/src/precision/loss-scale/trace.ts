import type { LossScaler } from './scaler';

export interface LossScalePoint {
  /** Optimizer steps tried before this one, skipped ones included. */
  readonly step: number;
  readonly scale: number;
}

/** A loss scaler in use: the current value, how it came there, and the steps it cost. */
export class LossScaleTrace {
  private points: LossScalePoint[];
  private steps = 0;
  private readonly skips: number[] = [];

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
    return this.skips.length;
  }

  /** The steps that were skipped, as {@link LossScalePoint.step} counts. */
  get skippedAt(): readonly number[] {
    return this.skips;
  }

  /** The first scale and each change: a step function for plotting. */
  get history(): readonly LossScalePoint[] {
    return this.points;
  }

  /** Records a step and takes over the scaler for the next one. */
  adjust(finite: boolean): void {
    if (!finite) this.skips.push(this.steps);
    this.steps += 1;
    this.current = this.current.adjust(finite);
    if (this.points.at(-1)?.scale !== this.current.scale) {
      this.points.push({ step: this.steps, scale: this.current.scale });
    }
  }
}
