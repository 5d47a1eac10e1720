import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { withCastCache } from '../../backend/load';
import { engine, type EngineInternals, type GradientResult } from '../../patches/engine-internals';
import { keepingTape, type TapeUse } from '../../patches/gradients';
import { isScaledByHand, watchManualPass } from '../loss-scale/manual';
import { wide, withScaledGradient } from '../loss-scale/scaled-gradient';
import { activeRecorder, isOwnStep, withoutRecording } from '../ranges/recorder';
import { lowers, regime, type Regime } from '../session';
import { askedFrom } from './asked-scale';
import { batchIsSuspect, noteLoss } from './batch';
import { isMinimizing } from './minimize';
import { notingChanges } from './step-state';
import {
  asked,
  scaledByHand,
  trained,
  unscaled,
  type Gradients,
  type Scaled,
} from './scaled-passes';
import { checkScalarLoss, checkTensorLoss } from './scalar-loss';

type Compute = EngineInternals['gradients'];

/**
 * Computes gradients under the policy in force: the backward pass starts from the loss scale instead
 * of 1, and what comes out is fp32 and unscaled. So every way to gradients in tfjs (`minimize`,
 * `variableGrads`, `tf.grad`) gives true gradients, and the loss is never scaled itself. Where the scale
 * is too large an optimizer's `minimize` skips its step; whoever asks for gradients gets those of a
 * smaller one.
 */
export function gradientsUnderPolicy(
  compute: Compute,
  ...[f, xs, dy, allowNoGradients]: Parameters<Compute>
): GradientResult {
  const current = regime();
  if (engine().state.gradientDepth > 0 || !mayBeSkipped(current)) {
    return computed(current, compute, f, xs, dy, allowNoGradients);
  }
  return watchManualPass((byHand) =>
    notingChanges({ f, xs, isAsked: () => !isTraining() && byHand.length === 0 }, (forward) =>
      computed(current, compute, forward, xs, dy, allowNoGradients),
    ),
  );
}

/** Whether these gradients are for a step that follows by itself. */
function isTraining(): boolean {
  return isMinimizing() || isOwnStep();
}

function mayBeSkipped({ loss }: Regime): boolean {
  return loss.scaler.checksGradients || batchIsSuspect() || isScaledByHand();
}

function computed(
  current: Regime,
  compute: Compute,
  ...[f, xs, dy, allowNoGradients]: Parameters<Compute>
): GradientResult {
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
  compute: Compute,
  ...[f, xs, dy, allowNoGradients]: Parameters<Compute>
): GradientResult {
  if (!lowers(current)) return compute(f, xs, dy, allowNoGradients);
  const { scaler } = current.loss;
  // A derivative within another is scaled by what is around it.
  const isInner = engine().state.gradientDepth > 0;
  const trains = !isInner && isTraining();
  // A recorder takes gradients to be multiplied by training's scale.
  const isAsked = scaler.checksGradients && !trains && activeRecorder() === undefined;
  const start = isInner ? 1 : isAsked ? askedFrom(xs, current.loss) : scaler.scale;
  let factor = start;
  return engine().tidy(() =>
    watchManualPass((byHand) => {
      const scaledLoss = (): Tensor => {
        const loss = f();
        const isScaled = (start !== 1 || scaler.checksGradients) && byHand.length === 0;
        // What is no tensor tfjs refuses.
        const isTensor = (loss as unknown) instanceof tf.Tensor;
        return isScaled && isTensor ? withScaledGradient(loss, () => factor) : loss;
      };
      const passes: TapeUse<Scaled & { readonly value: Tensor }> = (first, again) => {
        const at = (scale: number): Gradients => {
          factor = scale;
          for (const pass of byHand) pass.factor = scale;
          // Own tensors, which may be disposed whatever the user's gradients return; counted once already.
          return engine().tidy(() =>
            withoutRecording(() => again().grads.map((one) => one && tf.clone(wide(one)))),
          );
        };
        const given = first.grads.map(widened);
        const way = byHand.length > 0 ? scaledByHand : trains ? trained : asked;
        const scaled = scaler.checksGradients
          ? way({ given, start, at, trace: current.loss, byHand, xs: isInner ? [] : xs })
          : { grads: given, scale: byHand.length > 0 ? 1 : start };
        return { ...scaled, value: wide(first.value) };
      };
      const { value, ...scaled } = withCastCache(() =>
        keepingTape(compute, [scaledLoss, xs, dy, allowNoGradients], passes),
      );
      // Not before the tape is gone, which holds the activations.
      return { value, grads: unscaled(scaled) };
    }),
  );
}

function widened(gradient: Tensor | undefined): Tensor | undefined {
  return gradient && wide(gradient);
}
