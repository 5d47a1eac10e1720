import * as tf from '@tensorflow/tfjs';
import type { Optimizer } from '@tensorflow/tfjs';
import { endOfStep } from '../../backend/deferred/steps';
import { castTo } from '../../backend/storage';
import { hasNativeBackend } from '../../backend/load';
import { engine, type NamedGradients } from '../../patches/engine-internals';
import { isManualStep } from '../loss-scale/manual';
import { nonFiniteGradients } from '../loss-scale/non-finite';
import { applyFused } from '../optimizers/fused';
import { recordStep } from '../ranges/recorder';
import { checkStep } from '../policies/check';
import { noteStep } from '../policies/fits';
import { paramFormat, regime } from '../session';
import { gradientsOf, updatedBy, updatesOf, type Update } from '../updates';
import { badBatch, batchIsSuspect } from './batch';
import { allFinite } from './finite';
import { backedOffTo } from './scaled-passes';
import { isMinimizing } from './minimize';
import { forgetChanges, putBack } from './step-state';
import { noticeSkips } from './skip-notice';

/**
 * One optimizer step under the policy in force: records ranges when asked, skips and counts a step
 * whose gradients aren't finite where the loss is scaled, else updates the fp32 master weights.
 * Before anything changes, a batch of a model that makes gradients NaN is refused.
 *
 * @param stock tfjs's own update, for optimizers that have no fused kernel.
 * @throws HalfnoteError `non-finite-data`.
 */
export function applyUnderPolicy(
  optimizer: Optimizer,
  gradients: NamedGradients,
  stock: (gradients: NamedGradients) => void,
): void {
  const current = regime();
  const { loss } = current;
  checkStep(current.keep);
  noteStep();
  const updates = updatesOf(gradients);
  recordStep(updates, backedOffTo(gradientsOf(updates)) ?? loss.scale);
  const updated = updatedBy(updates);
  const scaled = loss.scaler.checksGradients && !isManualStep();
  if (scaled || batchIsSuspect()) {
    const given = updates.flatMap(({ variable: { name }, gradient }) =>
      gradient ? [{ name, gradient }] : [],
    );
    const all = given.map(({ gradient }) => gradient);
    const finite = allFinite(all);
    const refusal = finite ? undefined : badBatch(loss.scale > 1);
    if (!finite && (scaled || refusal !== undefined)) putBack(updated);
    if (refusal !== undefined) throw refusal;
    if (scaled) {
      const backedOff = backedOffTo(all);
      if (finite && backedOff !== undefined) loss.lowerTo(backedOff);
      loss.adjust(finite, finite ? [] : nonFiniteGradients(given));
      if (!finite) noticeSkips(loss, 'policy');
      if (!finite) return;
    }
  }
  forgetChanges(updated);
  if (!applyFused(optimizer, updates)) stock(gradients);
  if (hasNativeBackend()) roundParameters(updates);
  // The gradients are their caller's, who is about to dispose them.
  if (!isMinimizing()) endOfStep(false);
}

/** Keeps parameters to what a narrower format can hold, as training without master weights does. */
function roundParameters(updates: readonly Update[]): void {
  engine().tidy(() => {
    for (const { variable, gradient } of updates) {
      const format = paramFormat(variable);
      if (!gradient || format === 'fp32') continue;
      variable.assign(castTo(castTo(tf.clone(variable), format), 'fp32'));
    }
  });
}
