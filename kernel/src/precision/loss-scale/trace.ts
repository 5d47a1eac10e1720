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
  private skipped = 0;

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

  /** The first scale and each change: a step function for plotting. */
  get history(): readonly LossScalePoint[] {
    return this.points;
  }

  /** Records a step and takes over the scaler for the next one. */
  adjust(finite: boolean): void {
    this.steps += 1;
    if (!finite) this.skipped += 1;
    this.current = this.current.adjust(finite);
    if (this.points.at(-1)?.scale !== this.current.scale) {
      this.points.push({ step: this.steps, scale: this.current.scale });
    }
  }
}
