import type { LayersModel } from '@tensorflow/tfjs';
import { HalfnoteError } from '../../errors';
import { host } from '../../host';

interface Fit {
  readonly model: LayersModel;
  readonly policy: string;
  steps: number;
  /** Steps when its cell ended: one that has taken none since was stopped, and left no word. */
  stepsAtCellEnd: number | undefined;
}

const fits = new Set<Fit>();
let deferred: (() => void)[] = [];

/** Runs `model.fit`, or what trains like it, and knows of it until it ends. */
export async function duringFit<T>(
  model: LayersModel,
  policy: string,
  fn: () => Promise<T>,
): Promise<T> {
  const fit: Fit = { model, policy, steps: 0, stepsAtCellEnd: undefined };
  fits.add(fit);
  host()?.onCellEnd(() => {
    fit.stepsAtCellEnd = fit.steps;
  });
  try {
    return await fn();
  } finally {
    fits.delete(fit);
    if (fits.size === 0) runDeferred();
  }
}

function runDeferred(): void {
  const [waiting] = [deferred];
  deferred = [];
  for (const change of waiting) change();
}

/** Tells the fits that an optimizer has taken a step. */
export function noteStep(): void {
  for (const fit of fits) fit.steps += 1;
}

/**
 * The policy of a model must not change between the steps of one fit: half the steps would be in one
 * format and half in another, with loss scaling of neither.
 * @throws HalfnoteError `policy-change-in-fit`.
 */
export function refuseInFit(asked: string): void {
  const fit = running();
  if (fit === undefined) return;
  throw new HalfnoteError(
    'policy-change-in-fit',
    `The precision can't become ${asked} now: model.fit of "${fit.model.name}" is running under ` +
      `${fit.policy}, and goes on so.`,
    'Set it before fit or after it; for a part of a callback, such as an evaluation, use ' +
      `withPrecision('${asked}', () => ...), which restores the policy.`,
  );
}

/** Calls `change` now, or when the fit that is running has ended. Returns whether it has to wait. */
export function afterFit(change: () => void): boolean {
  if (running() === undefined) {
    change();
    return false;
  }
  deferred.push(change);
  return true;
}

function running(): Fit | undefined {
  for (const fit of fits) {
    if (fit.stepsAtCellEnd === undefined || fit.steps > fit.stepsAtCellEnd) return fit;
    fits.delete(fit);
  }
  runDeferred();
  return undefined;
}
