import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { largestFittingScale } from '../loss-scale/fitting-scale';
import type { ManualPass } from '../loss-scale/manual';
import type { LossScaleTrace } from '../loss-scale/trace';
import { isOwnStep } from '../ranges/recorder';
import { inFp32 } from '../session';
import { haveRoom, noteAsked } from './asked-scale';
import { allFinite } from './finite';
import { noticeBackOff } from './skip-notice';

/** In fp32; undefined where the function doesn't depend on the input. */
export type Gradients = readonly (Tensor | undefined)[];

/** A backward pass from a loss scale, and what can be found out by others. */
export interface ScaledPass {
  /** What came out, multiplied by the scale. */
  readonly given: Gradients;
  /** The scale. */
  readonly start: number;
  /** The same from another scale: the backward pass alone is run again. */
  readonly at: (scale: number) => Gradients;
  readonly trace: LossScaleTrace;
  /** What the gradients are of; none within another derivative. */
  readonly xs: readonly Tensor[];
  /** Where the user scales. */
  readonly byHand: readonly ManualPass[];
}

/** Gradients, still multiplied by a scale. */
export interface Scaled {
  readonly grads: Gradients;
  readonly scale: number;
  /** The scale that they were backed off to. */
  readonly backedOff?: number;
}

/** Scales below it leave of the loss what fp16 can't hold. */
const LEAST = 2 ** -24;

/** The smaller scales that gradients were computed from than training's. */
const smallerScales = new WeakMap<Tensor, number>();

/** Of the gradients of an optimizer's step: one that overflows is skipped, and the scale adjusts itself. */
export function trained({ given, start, at, trace }: ScaledPass): Scaled {
  if (trace.step === 0 && !isOwnStep() && !finite(given)) {
    trace.noteFitting(largestAlone(at, start, LEAST));
  }
  return { grads: given, scale: start };
}

/** Of gradients that the user scales, checks and unscales. */
export function scaledByHand({ given, at, byHand }: ScaledPass): Scaled {
  const measuring = byHand.flatMap(({ measured, factor }) =>
    measured ? [{ measured, factor }] : [],
  );
  if (measuring.length > 0 && !finite(given)) {
    for (const { measured, factor } of measuring) {
      measured(largestAlone(at, factor, LEAST));
    }
  }
  return { grads: given, scale: 1 };
}

/**
 * Of gradients that are asked for: where the scale is too large, those of the largest that isn't. Where
 * not even unscaled gradients stay in the format's range, the way back is in fp32; what isn't finite then
 * is so without any scaling.
 */
export function asked({ given, start, at, trace, xs }: ScaledPass): Scaled {
  // Only where it is smaller than training's for what fitted the last time.
  const isRemembered = xs.length > 0 && start < trace.scale;
  if (finite(given)) {
    const size = isRemembered ? largestOf(given) : 0;
    if (!isRemembered || !haveRoom(xs, trace, size)) {
      if (isRemembered) noteAsked(xs, trace, start, size);
      return { grads: given, scale: start };
    }
    noteAsked(xs, trace, trace.scale, size);
    const full = at(trace.scale);
    if (finite(full)) return { grads: full, scale: trace.scale };
    dispose(full);
  }
  const tooLarge = finite(given) ? trace.scale : start;
  const fitting = largest(at, tooLarge, 1);
  if (fitting !== undefined) {
    noteAsked(xs, trace, fitting.scale, largestOf(fitting.grads));
    noticeBackOff(trace, start, fitting.scale);
    return { ...fitting, backedOff: fitting.scale };
  }
  const grads = inFp32(() => at(1));
  if (!finite(grads)) return { grads, scale: 1 };
  noticeBackOff(trace, start, undefined);
  return { grads, scale: 1, backedOff: Math.min(start, 1) / 2 };
}

/** True gradients. */
export function unscaled({ grads, scale, backedOff }: Scaled): Gradients {
  // Divides: 1 / scale is subnormal above 2^126, and TensorFlow flushes that to zero.
  const result = scale === 1 ? grads : grads.map((gradient) => gradient && tf.div(gradient, scale));
  if (backedOff !== undefined) {
    for (const gradient of result) if (gradient) smallerScales.set(gradient, backedOff);
  }
  return result;
}

/** The smallest scale that some of these gradients were backed off to, when they were asked for. */
export function backedOffTo(gradients: readonly Tensor[]): number | undefined {
  const scales = gradients.flatMap((gradient) => smallerScales.get(gradient) ?? []);
  return scales.length === 0 ? undefined : Math.min(...scales);
}

function largest(at: ScaledPass['at'], tooLarge: number, least: number): Scaled | undefined {
  let grads: Gradients = [];
  // One set of gradients at a time beside the last that fits.
  const fits = (scale: number): boolean => {
    const found = at(scale);
    const isFit = finite(found);
    // The last that fits is the largest.
    dispose(isFit ? grads : found);
    if (isFit) grads = found;
    return isFit;
  };
  const scale = largestFittingScale(fits, tooLarge, least);
  return scale === undefined ? undefined : { scale, grads };
}

function largestAlone(...search: Parameters<typeof largest>): number | undefined {
  const fitting = largest(...search);
  dispose(fitting?.grads ?? []);
  return fitting?.scale;
}

function dispose(gradients: Gradients): void {
  for (const gradient of gradients) gradient?.dispose();
}

function largestOf(gradients: Gradients): number {
  const sizes = gradients.flatMap((one) => (one && one.size > 0 ? tf.max(tf.abs(one)) : []));
  return sizes.length === 0 ? 0 : (tf.max(tf.stack(sizes)).dataSync()[0] as number);
}

function finite(gradients: Gradients): boolean {
  return allFinite(gradients.flatMap((gradient) => gradient ?? []));
}
