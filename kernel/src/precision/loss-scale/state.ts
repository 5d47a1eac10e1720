import { inspect } from 'node:util';
import { HalfnoteError } from '../../errors';
import { DynamicLossScaler, type DynamicLossScalerOptions } from './dynamic';
import { isLossScaler, NoOpLossScaler, type LossScaler } from './scaler';
import { StaticLossScaler } from './static';

/** Loss scaling by name: dynamic with the defaults of a framework, or none. */
export type LossScalerPreset = 'pytorch' | 'keras' | 'none';

/** A loss scaler as data, for checkpoints. As `GradScaler.state_dict()`. */
export type LossScalerState =
  | (Required<DynamicLossScalerOptions> & {
      readonly kind: 'dynamic';
      readonly scale: number;
      readonly growthTracker: number;
    })
  | { readonly kind: 'static'; readonly scale: number }
  | { readonly kind: 'none' };

const PRESETS: Readonly<Record<LossScalerPreset, () => LossScaler>> = {
  pytorch: () => DynamicLossScaler.pytorch(),
  keras: () => DynamicLossScaler.keras(),
  none: () => new NoOpLossScaler(),
};

/**
 * The scaler that a preset, a fixed scale, or a scaler itself stands for.
 * @throws HalfnoteError `invalid-loss-scaler`, or `invalid-loss-scale` for a scale that isn't > 0.
 */
export function lossScalerFrom(given: LossScalerPreset | number | LossScaler): LossScaler {
  if (typeof given === 'number') return new StaticLossScaler(given);
  if (typeof given === 'string' && Object.hasOwn(PRESETS, given)) return PRESETS[given]();
  if (isLossScaler(given)) return given;
  throw new HalfnoteError(
    'invalid-loss-scaler',
    `${inspect(given, { depth: 0 })} is not a loss scaler; allowed are ` +
      `${Object.keys(PRESETS).join(', ')}, a number > 0 for a fixed scale, and loss scalers.`,
    "For example: 'pytorch', or new DynamicLossScaler({ growthInterval: 100 }).",
  );
}

/** @throws HalfnoteError `invalid-loss-scaler` for a scaler that a user wrote: its state isn't known. */
export function lossScalerState(scaler: LossScaler): LossScalerState {
  if (scaler instanceof DynamicLossScaler) {
    const { options, scale, growthTracker } = scaler;
    return { kind: 'dynamic', ...options, scale, growthTracker };
  }
  if (scaler instanceof StaticLossScaler) return { kind: 'static', scale: scaler.scale };
  if (scaler instanceof NoOpLossScaler) return { kind: 'none' };
  throw new HalfnoteError(
    'invalid-loss-scaler',
    'The state of a loss scaler is known for DynamicLossScaler, StaticLossScaler and NoOpLossScaler.',
    'Save what your own scaler needs yourself.',
  );
}

/** @throws HalfnoteError `invalid-loss-scale` when a value makes no sense. */
export function restoreLossScaler(state: LossScalerState): LossScaler {
  switch (state.kind) {
    case 'dynamic': {
      const { scale, growthTracker, initialScale, growthFactor, backoffFactor } = state;
      const { growthInterval, minScale } = state;
      const options = { initialScale, growthFactor, backoffFactor, growthInterval, minScale };
      return new DynamicLossScaler(options, growthTracker, scale);
    }
    case 'static':
      return new StaticLossScaler(state.scale);
    case 'none':
      return new NoOpLossScaler();
  }
}
