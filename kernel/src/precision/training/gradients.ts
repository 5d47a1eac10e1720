import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { hasNativeBackend, withCastCache } from '../../backend/load';
import { castTo, storageFormat } from '../../backend/storage';
import { engine, type EngineInternals, type GradientResult } from '../../patches/engine-internals';
import { watchManualPass } from '../loss-scale/manual';
import { withScaledGradient } from '../loss-scale/scaled-gradient';
import { lowers, regime, type Regime } from '../session';
import { noteLoss } from './batch';
import { checkScalarLoss, checkTensorLoss } from './scalar-loss';

/**
 * Computes gradients under the policy in force: the backward pass starts from the loss scale instead
 * of 1, and what comes out is fp32 and unscaled. So every way to gradients in tfjs (`minimize`,
 * `variableGrads`, `tf.grad`) gives true gradients, and the loss is never scaled itself.
 */
export function gradientsUnderPolicy(
  compute: EngineInternals['gradients'],
  ...[f, xs, dy, allowNoGradients]: Parameters<EngineInternals['gradients']>
): GradientResult {
  const current = regime();
  // As tf.variableGrads asks, which every optimizer's minimize calls; tf.grad allows any shape.
  if (allowNoGradients === true && (dy === null || dy === undefined)) {
    return withScalarLoss(f, (loss) => underRegime(current, compute, loss, xs, dy, true));
  }
  return underRegime(current, compute, f, xs, dy, allowNoGradients);
}

/** Runs a computation of gradients whose loss must be a scalar. */
function withScalarLoss(
  f: () => Tensor,
  run: (loss: () => Tensor) => GradientResult,
): GradientResult {
  return engine().tidy(() => {
    const result = run(() => {
      const loss: unknown = f();
      checkTensorLoss(loss);
      return loss;
    });
    // After the backward pass, which lets go of what the tape holds.
    checkScalarLoss(result.value);
    noteLoss(result.value);
    return result;
  });
}

function underRegime(
  current: Regime,
  compute: EngineInternals['gradients'],
  ...[f, xs, dy, allowNoGradients]: Parameters<EngineInternals['gradients']>
): GradientResult {
  // A second derivative differentiates through this call: what comes out must stay on the tape.
  if (!lowers(current) || engine().state.gradientDepth > 0) {
    return compute(f, xs, dy, allowNoGradients);
  }
  const { scale } = current.loss;
  return tf.tidy(() => {
    const byHand = watchManualPass();
    const scaledLoss = (): Tensor => {
      const loss = f();
      // What is no tensor tfjs refuses.
      const isTensor = (loss as unknown) instanceof tf.Tensor;
      return scale === 1 || byHand() || !isTensor ? loss : withScaledGradient(loss, scale);
    };
    const { value, grads } = withCastCache(() => compute(scaledLoss, xs, dy, allowNoGradients));
    const divisor = byHand() ? 1 : scale;
    return {
      value: wide(value),
      grads: grads.map((gradient) => gradient && unscaled(wide(gradient), divisor)),
    };
  });
}

function wide(tensor: Tensor): Tensor {
  const isLow = hasNativeBackend() && (storageFormat(tensor) ?? 'fp32') !== 'fp32';
  return isLow ? castTo(tensor, 'fp32') : tensor;
}

/** Divides: 1 / scale is subnormal above 2^126, and TensorFlow flushes that to zero. */
function unscaled(gradient: Tensor, scale: number): Tensor {
  return scale === 1 ? gradient : tf.div(gradient, scale);
}
