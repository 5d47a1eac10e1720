import type { Tensor } from '@tensorflow/tfjs';
import type { LossScaleTrace } from '../loss-scale/trace';

/** Calls after which twice the scale is tried. */
const CALLS = 50;

/** What the last gradients that were asked for of a tensor fitted. */
interface Fitted {
  readonly trace: LossScaleTrace;
  readonly scale: number;
  /** The largest of them, multiplied by the scale. */
  readonly size: number;
  readonly calls: number;
}

/** By the first tensor: a loop written by hand asks of the same variables in each step. */
const fitted = new WeakMap<Tensor, Fitted>();

/** Where to begin: not at a training's scale that was too large the last time. */
export function askedFrom(xs: readonly Tensor[], trace: LossScaleTrace): number {
  const last = lastOf(xs, trace);
  if (last === undefined) return trace.scale;
  return Math.min(trace.scale, last.calls % CALLS === CALLS - 1 ? 2 * last.scale : last.scale);
}

/** Whether gradients are so much smaller than the last that they may have room for training's scale. */
export function haveRoom(xs: readonly Tensor[], trace: LossScaleTrace, size: number): boolean {
  const last = lastOf(xs, trace);
  return last !== undefined && size < last.size / 16;
}

export function noteAsked(
  xs: readonly Tensor[],
  trace: LossScaleTrace,
  scale: number,
  size: number,
): void {
  const [first] = xs;
  if (first === undefined) return;
  if (scale >= trace.scale) fitted.delete(first);
  else {
    const last = lastOf(xs, trace);
    const isSame = last?.scale === scale;
    // Against what was found first, so that gradients which fall slowly are noticed too.
    fitted.set(first, {
      trace,
      scale,
      size: isSame ? Math.max(last.size, size) : size,
      calls: last === undefined ? 0 : last.calls + 1,
    });
  }
}

function lastOf([first]: readonly Tensor[], trace: LossScaleTrace): Fitted | undefined {
  const last = first && fitted.get(first);
  return last?.trace === trace ? last : undefined;
}
