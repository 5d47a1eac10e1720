/**
 * How the loss is scaled so that small gradients survive a narrow format.
 * A scaler is a value: `adjust` returns the next one and leaves this one as it is.
 */
export interface LossScaler {
  /** The loss is multiplied by this before the backward pass, the gradients divided by it after. */
  readonly scale: number;
  /** True when gradients must be looked at: a step with one that isn't finite is skipped. */
  readonly checksGradients: boolean;
  /** The scaler for the next step, given whether all gradients of this step were finite. */
  adjust(finite: boolean): LossScaler;
}

/** No scaling: fp32, tf32, bf16. */
export class NoOpLossScaler implements LossScaler {
  readonly scale = 1;
  readonly checksGradients = false;

  adjust(): LossScaler {
    return this;
  }
}

/** Whether a value has what {@link LossScaler} asks for. */
export function isLossScaler(value: unknown): value is LossScaler {
  if (typeof value !== 'object' || value === null) return false;
  const { scale, checksGradients, adjust } = value as Partial<Record<keyof LossScaler, unknown>>;
  return (
    typeof scale === 'number' &&
    scale > 0 &&
    Number.isFinite(scale) &&
    typeof checksGradients === 'boolean' &&
    typeof adjust === 'function'
  );
}
