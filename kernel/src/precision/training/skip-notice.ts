import { DynamicLossScaler } from '../loss-scale/dynamic';
import { describeGradients, type NonFiniteGradient } from '../loss-scale/non-finite';
import { StaticLossScaler } from '../loss-scale/static';
import type { LossScaler } from '../loss-scale/scaler';
import type { LossScaleTrace } from '../loss-scale/trace';

/** A first scale of 2^16 that is too large costs a few steps; so many are a fault. */
const SKIPS = 10;

const noticed = new WeakSet<LossScaleTrace>();

/**
 * Says once per loss scaling when training doesn't move: after 10 skipped steps in a row, or when a
 * step is skipped at the smallest scale, and whose gradients are the reason.
 */
export function noticeSkips(trace: LossScaleTrace): void {
  const last = trace.skips.at(-1);
  if (trace.skippedInARow === 0 || last === undefined || noticed.has(trace)) return;
  if (trace.skippedInARow < SKIPS && !atFloor(trace.scaler, last.scale)) return;
  noticed.add(trace);
  console.warn(
    `${trace.skippedInARow} optimizer steps in a row were skipped, the last at loss scale ` +
      `${last.scale}: its gradients weren't finite${named(last.gradients)}. Weights don't change.\n` +
      advice(trace.scaler, last.scale) +
      ' for NaN or infinities in the data, for a log, division or exp that overflows in fp16; ' +
      `${keeping(last.gradients)} or use bf16. The scaler's skips have each step.`,
  );
}

function atFloor(scaler: LossScaler, scale: number): boolean {
  return scaler instanceof DynamicLossScaler && scale <= scaler.options.minScale;
}

function advice(scaler: LossScaler, scale: number): string {
  if (atFloor(scaler, scale)) return 'No smaller scale helps: look';
  if (!(scaler instanceof StaticLossScaler) || scale <= 1) return 'Look';
  return (
    "A fixed scale that is too large does this: take a smaller one, or 'pytorch', which adjusts " +
    'itself. Else look'
  );
}

function named(gradients: readonly NonFiniteGradient[]): string {
  return gradients.length === 0 ? '' : ` (${describeGradients(gradients)})`;
}

function keeping([first]: readonly NonFiniteGradient[]): string {
  const example = first === undefined ? '' : `, as with { keep: { '${first.layer}': 'fp32' } },`;
  return `keep such a layer in fp32${example}`;
}
