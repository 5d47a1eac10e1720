import { inspect } from 'node:util';
import { setCastPlanner } from '../backend/planner';
import { deviceFacts, hasNativeBackend, loadBackend } from '../backend/load';
import type { DeviceFacts } from '../backend/contract';
import { HalfnoteError } from '../errors';
import { castPlanner } from './cast-planner';
import { DynamicLossScaler } from './loss-scale/dynamic';
import { isLossScaler, NoOpLossScaler, type LossScaler } from './loss-scale/scaler';
import { LossScaleTrace } from './loss-scale/trace';
import { conventionOf, parsePolicy, type Policy, type PolicyConvention } from './policy';
import { setProductRounding } from './products/install';
import { productRounding } from './products/rounding';

/** A policy in force, with the loss scaling of the training that runs under it. */
export interface Regime {
  readonly policy: Policy;
  loss: LossScaleTrace;
}

const plain: Regime = {
  policy: parsePolicy('fp32'),
  loss: new LossScaleTrace(new NoOpLossScaler()),
};

let session: Regime = plain;
let cell: Regime | undefined;
const scopes: Regime[] = [];
/** The loss scaling of the last fp16 regime: scopes come and go with each step, it must outlive them. */
let scaledLoss: LossScaleTrace | undefined;

/** The regime in force: the innermost scope's, else the cell's, else the session's. */
export function regime(): Regime {
  return scopes.at(-1) ?? cell ?? session;
}

/** A new regime for a policy, with loss scaling from its first value. */
export function newRegime(spec: string): Regime {
  const policy = parsePolicy(spec);
  return { policy, loss: new LossScaleTrace(scalerFor(policy, conventionOf(spec))) };
}

function scalerFor(policy: Policy, convention: PolicyConvention): LossScaler {
  if (policy.compute !== 'fp16') return new NoOpLossScaler();
  return convention === 'keras' ? DynamicLossScaler.keras() : DynamicLossScaler.pytorch();
}

export function setSessionRegime(next: Regime): void {
  session = next;
  cell = undefined;
  begin(next);
}

/** Sets the cell's regime; returns what ends it. */
export function setCellRegime(next: Regime): () => void {
  cell = next;
  begin(next);
  return () => {
    if (cell !== next) return;
    cell = undefined;
    activate();
  };
}

/**
 * Enters a scope; returns what leaves it. Loss scaling goes on from the enclosing regime or from the
 * last scope, so that a scope per training step trains as one around the loop does.
 */
export function enterScope(spec: string): () => void {
  const policy = parsePolicy(spec);
  const convention = conventionOf(spec);
  const outer = regime();
  const entered: Regime =
    outer.policy.compute === policy.compute
      ? { policy, loss: outer.loss }
      : { policy, loss: lossOfScopes(policy, convention) };
  scopes.push(entered);
  activate();
  return () => {
    const index = scopes.lastIndexOf(entered);
    if (index < 0) return;
    scopes.splice(index, 1);
    activate();
  };
}

function lossOfScopes(policy: Policy, convention: PolicyConvention): LossScaleTrace {
  if (policy.compute !== 'fp16') return plain.loss;
  scaledLoss ??= new LossScaleTrace(scalerFor(policy, convention));
  return scaledLoss;
}

/**
 * The session's loss scaling: the scale, how it came there, and the skipped steps. That of the regime
 * in force, or of the last one that scaled when this one doesn't.
 */
export function lossScaler(): LossScaleTrace {
  const { loss } = regime();
  return loss.scaler.checksGradients ? loss : (scaledLoss ?? loss);
}

/**
 * Replaces the loss scaling, for example by `new StaticLossScaler(1024)`: that of the policy in force,
 * or under fp32, which needs none, that of the scopes to come.
 * @throws HalfnoteError `bad-loss-scaler` for what is none.
 */
export function setLossScaler(scaler: LossScaler): LossScaleTrace {
  if (!isLossScaler(scaler)) {
    throw new HalfnoteError(
      'bad-loss-scaler',
      `${inspect(scaler, { depth: 0 })} is not a loss scaler; allowed are DynamicLossScaler, ` +
        'StaticLossScaler, NoOpLossScaler, and objects with scale > 0, checksGradients and adjust.',
      'For example: setLossScaler(new StaticLossScaler(1024)).',
    );
  }
  const current = regime();
  scaledLoss = new LossScaleTrace(scaler);
  if (current.policy.compute !== 'fp32') current.loss = scaledLoss;
  return scaledLoss;
}

/** The facts of the backend, which is loaded if it isn't yet. */
export function ensureFacts(): DeviceFacts {
  try {
    return deviceFacts();
  } catch (error) {
    if (!(error instanceof HalfnoteError && error.code === 'backend-not-loaded')) throw error;
    return loadBackend();
  }
}

function begin({ loss }: Regime): void {
  if (loss.scaler.checksGradients) scaledLoss = loss;
  activate();
}

/** Makes the backend compute as the regime in force says. */
function activate(): void {
  const { compute } = regime().policy;
  const facts = ensureFacts();
  const low = compute === 'fp8' ? 'bf16' : compute;
  setCastPlanner(
    hasNativeBackend() && (low === 'bf16' || low === 'fp16') ? castPlanner(low) : undefined,
  );
  setProductRounding(productRounding(compute, facts));
}
