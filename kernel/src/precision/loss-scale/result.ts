import type { NonFiniteGradient } from './non-finite';
import type { LossScaler } from './scaler';

export interface LossScalePoint {
  /** Optimizer steps tried before this one, skipped ones included. */
  readonly step: number;
  readonly scale: number;
}

/** A step that was left out, and the gradients that were the reason. */
export interface SkippedStep {
  readonly step: number;
  /** The scale it was tried with. */
  readonly scale: number;
  readonly gradients: readonly NonFiniteGradient[];
}

/** A loss scaler in use, as far as a notebook shows it. */
export interface TracedLossScale {
  readonly scaler: LossScaler;
  readonly scale: number;
  /** Optimizer steps tried, skipped ones included. */
  readonly step: number;
  readonly skippedSteps: number;
  /** The latest skipped steps, as {@link LossScalePoint.step} counts. */
  readonly skippedAt: readonly number[];
  /** The first scale and each change. */
  readonly history: readonly LossScalePoint[];
  /** The latest skipped steps, with the gradients that weren't finite. */
  readonly skips: readonly SkippedStep[];
}
