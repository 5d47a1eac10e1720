import { HalfnoteError } from '../../errors';
import type { LossScaler } from './scaler';

export interface DynamicLossScalerOptions {
  /** Scale of the first step. Default 2^16 (PyTorch). */
  readonly initialScale?: number;
  /** Factor after `growthInterval` finite steps in a row. Default 2. */
  readonly growthFactor?: number;
  /** Factor after a step with a gradient that isn't finite. Default 0.5. */
  readonly backoffFactor?: number;
  /** Default 2000. */
  readonly growthInterval?: number;
  /** The scale never falls below it. Default 2^-126, fp32's smallest: PyTorch and Keras have no floor. */
  readonly minScale?: number;
}

/** Below it TensorFlow flushes to zero. */
const NO_FLOOR = 2 ** -126;

const PYTORCH: Required<DynamicLossScalerOptions> = {
  initialScale: 2 ** 16,
  growthFactor: 2,
  backoffFactor: 0.5,
  growthInterval: 2000,
  minScale: NO_FLOOR,
};

const KERAS: Required<DynamicLossScalerOptions> = { ...PYTORCH, initialScale: 2 ** 15 };

/**
 * Backs off at once when a gradient overflows, grows after a run of finite steps.
 * The rule is that of PyTorch's `torch.amp.GradScaler.update`; a floor, as jmp has, is an option.
 */
export class DynamicLossScaler implements LossScaler {
  readonly checksGradients = true;
  readonly scale: number;
  readonly options: Required<DynamicLossScalerOptions>;

  constructor(
    options: DynamicLossScalerOptions = {},
    /** Finite steps since the scale last changed. */
    readonly growthTracker = 0,
    scale?: number,
  ) {
    this.options = { ...PYTORCH, ...options };
    this.scale = scale ?? this.options.initialScale;
    check(this.options, this.scale);
  }

  /** PyTorch's defaults: first scale 2^16. */
  static pytorch(): DynamicLossScaler {
    return new DynamicLossScaler(PYTORCH);
  }

  /** Keras's defaults: first scale 2^15. */
  static keras(): DynamicLossScaler {
    return new DynamicLossScaler(KERAS);
  }

  /** Whether a floor was asked for that fp32 doesn't have. */
  get hasFloor(): boolean {
    return this.options.minScale > NO_FLOOR;
  }

  adjust(finite: boolean): DynamicLossScaler {
    const { growthFactor, backoffFactor, growthInterval, minScale } = this.options;
    // PyTorch keeps the scale in fp32.
    if (!finite) {
      return this.next(Math.max(minScale, Math.fround(this.scale * backoffFactor)), 0);
    }
    const tracker = this.growthTracker + 1;
    if (tracker < growthInterval) return this.next(this.scale, tracker);
    const grown = Math.fround(this.scale * growthFactor);
    return this.next(Number.isFinite(grown) ? grown : this.scale, 0);
  }

  private next(scale: number, tracker: number): DynamicLossScaler {
    return new DynamicLossScaler(this.options, tracker, scale);
  }
}

function check(options: Required<DynamicLossScalerOptions>, scale: number): void {
  const { growthFactor, backoffFactor, growthInterval, minScale } = options;
  const problem = !(scale > 0 && Number.isFinite(scale))
    ? `scale is ${scale}; allowed are numbers > 0`
    : !(growthFactor > 1)
      ? `growthFactor is ${growthFactor}; allowed are numbers > 1`
      : !(backoffFactor > 0 && backoffFactor < 1)
        ? `backoffFactor is ${backoffFactor}; allowed are numbers between 0 and 1`
        : !(Number.isInteger(growthInterval) && growthInterval > 0)
          ? `growthInterval is ${growthInterval}; allowed are integers > 0`
          : !(minScale > 0)
            ? `minScale is ${minScale}; allowed are numbers > 0`
            : undefined;
  if (problem !== undefined) throw new HalfnoteError('invalid-loss-scale', `${problem}.`);
}
