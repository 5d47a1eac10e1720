import { DynamicLossScaler } from '../loss-scale/dynamic';
import { describeGradients, type NonFiniteGradient } from '../loss-scale/non-finite';
import type { LossScaler } from '../loss-scale/scaler';
import { StaticLossScaler } from '../loss-scale/static';
import type { LossScaleTrace } from '../loss-scale/trace';
import { isOwnStep } from '../ranges/recorder';

/** A first scale of 2^16 that is too large costs a few steps; so many are a fault. */
const SKIPS = 10;

/** Who scales the loss: that decides how a start scale is set. */
type Scaling = 'policy' | 'GradScaler';

const noticed = new WeakSet<LossScaleTrace>();
const backedOff = new WeakSet<LossScaleTrace>();

/**
 * Says when training doesn't move, each once per loss scaling: when the first step is skipped, with the
 * scale that would have fitted; after 10 skipped steps in a row, or when a step is skipped at a floor of
 * the scale, and whose gradients are the reason.
 */
export function noticeSkips(trace: LossScaleTrace, scaling: Scaling): void {
  const last = trace.skips.at(-1);
  if (trace.skippedInARow === 0 || last === undefined) return;
  if (noticed.has(trace) || isOwnStep()) return;
  const atFloor = isAtFloor(trace.scaler, last.scale);
  if (trace.step === 1 && !atFloor) say(firstSkip(trace, last.scale, last.gradients, scaling));
  // Said already: the scale is still on its way down to the one that was found to fit.
  const expected = !isFixed(trace.scaler) && last.scale > (trace.fitting ?? Infinity);
  if (!atFloor && (trace.skippedInARow < SKIPS || expected)) return;
  noticed.add(trace);
  const steps = trace.skippedInARow;
  say(
    `${steps} optimizer ${steps === 1 ? 'step' : 'steps in a row'} ${steps === 1 ? 'was' : 'were'} skipped, ` +
      `the last at loss scale ${last.scale}: its gradients weren't finite${named(last.gradients)}. Weights don't change.\n` +
      advice(trace.scaler, last.scale) +
      ' for NaN or infinities in the data, for a log, division or exp that overflows in fp16; ' +
      `${keeping(last.gradients)} or use bf16. The scaler's skips have each step.`,
  );
}

/** Says once per loss scaling that gradients which were asked for didn't fit the scale. */
export function noticeBackOff(
  trace: LossScaleTrace,
  scale: number,
  fitting: number | undefined,
): void {
  if (backedOff.has(trace)) return;
  backedOff.add(trace);
  say(
    `Gradients left fp16's range at loss scale ${scale}. ` +
      (fitting === undefined
        ? "They do so unscaled too, and were computed in fp32 from fp16's activations. "
        : `They were computed at ${fitting}, the largest that fits. `) +
      "Each call that asks for gradients does so by itself; training's loss scale is as it was. Said once.",
  );
}

/** On stdout: a cell that passes writes nothing to stderr. */
function say(text: string): void {
  console.info(text);
}

function firstSkip(
  trace: LossScaleTrace,
  scale: number,
  gradients: readonly NonFiniteGradient[],
  scaling: Scaling,
): string {
  const { fitting, scaler } = trace;
  const what =
    `The first optimizer step was skipped, and no weight has changed: at loss scale ${scale} its gradients ` +
    `weren't finite${named(gradients)}. `;
  if (fitting === undefined) {
    return (
      what +
      (isFixed(scaler) ? '' : 'The scale falls with each skipped step. ') +
      'If more are skipped, look for NaN or infinities in the data.'
    );
  }
  const begin = `new DynamicLossScaler({ initialScale: ${fitting} })`;
  const skips = skipsUntil(scaler, fitting);
  return (
    what +
    (skips === undefined
      ? `They fit up to ${fitting}, which the scale never reaches. `
      : `They fit from ${fitting} on, which takes ${skips} skipped ${skips === 1 ? 'step' : 'steps'}. `) +
    `To begin there: ${scaling === 'policy' ? `setLossScaler(${begin})` : `new GradScaler(${begin})`}.`
  );
}

/** Skipped steps, with the first, until a scale is reached; undefined where it never is. */
function skipsUntil(next: LossScaler, fitting: number): number | undefined {
  let skips = 1;
  for (let scaler = next; scaler.scale > fitting; skips += 1) {
    const lower = scaler.adjust(false);
    if (lower.scale >= scaler.scale) return undefined;
    scaler = lower;
  }
  return skips;
}

function isFixed(scaler: LossScaler): boolean {
  return scaler instanceof StaticLossScaler;
}

function isAtFloor(scaler: LossScaler, scale: number): scaler is DynamicLossScaler {
  return scaler instanceof DynamicLossScaler && scaler.hasFloor && scale <= scaler.options.minScale;
}

function advice(scaler: LossScaler, scale: number): string {
  if (isAtFloor(scaler, scale)) {
    return (
      `The scale can't fall below minScale, which is ${scaler.options.minScale}: leave it out, and the ` +
      "scale falls until gradients fit, as PyTorch's does. Else look"
    );
  }
  if (!isFixed(scaler) || scale <= 1) return 'Look';
  return (
    "A fixed scale that is too large does this: take a smaller one, or 'pytorch', which adjusts " +
    'itself. Else look'
  );
}

function named(gradients: readonly NonFiniteGradient[]): string {
  return gradients.length === 0 ? '' : ` (${describeGradients(gradients)})`;
}

/** Only what has a path is a layer's. */
function keeping(gradients: readonly NonFiniteGradient[]): string {
  const inLayer = gradients.find(({ variable }) => variable.includes('/'));
  const example =
    inLayer === undefined ? '' : `, as with { keep: { '${inLayer.layer}': 'fp32' } },`;
  return `keep such a layer in fp32${example}`;
}
