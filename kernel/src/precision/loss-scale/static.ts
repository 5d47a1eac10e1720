import { HalfnoteError } from '../../errors';
import type { LossScaler } from './scaler';

/** The same scale at every step. Steps with gradients that aren't finite are skipped. */
export class StaticLossScaler implements LossScaler {
  readonly checksGradients = true;

  constructor(readonly scale: number) {
    if (!(scale > 0 && Number.isFinite(scale))) {
      throw new HalfnoteError(
        'invalid-loss-scale',
        `The loss scale is ${scale}; allowed are numbers > 0.`,
      );
    }
  }

  adjust(): LossScaler {
    return this;
  }
}
