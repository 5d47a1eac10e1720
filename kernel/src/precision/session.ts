import { deviceFacts, loadBackend } from '../backend/load';
import type { DeviceFacts, StorageFormat } from '../backend/contract';
import { HalfnoteError } from '../errors';
import { COMPUTE_TRAITS } from './compute-traits';
import { DynamicLossScaler } from './loss-scale/dynamic';
import { NoOpLossScaler, type LossScaler } from './loss-scale/scaler';
import { lossScalerFrom, type LossScalerPreset } from './loss-scale/state';
import { LossScaleTrace } from './loss-scale/trace';
import { computeIn, forgetRecipes } from './policies/compute';
import type { Keep } from './policies/keep';
import { KeptLayers } from './policies/kept-layers';
import { place, setPlace, type Place } from './policies/place';
import { host } from '../host';
import { conventionOf, parsePolicy, type Policy, type PolicyConvention } from './policy';
import { PolicyNews } from './policy-news';

/** A policy in force, with the layers it leaves out and the loss scaling of the training under it. */
export interface Regime {
  readonly policy: Policy;
  readonly keep: KeptLayers;
  loss: LossScaleTrace;
}

const plain: Regime = {
  policy: parsePolicy('fp32'),
  keep: new KeptLayers(undefined),
  loss: new LossScaleTrace(new NoOpLossScaler()),
};

/** True while all ops are to run in fp32, whatever the policy. */
let allInFp32 = false;

const news = new PolicyNews(() => [session, regime()]);
let hearsInterrupts = false;

let session: Regime = plain;
let cell: Regime | undefined;
const scopes: Regime[] = [];
/** The loss scaling of the last fp16 regime: scopes come and go with each step, it must outlive them. */
let scaledLoss: LossScaleTrace | undefined;

/** The regime in force: the innermost scope's, else the cell's, else the session's. */
export function regime(): Regime {
  return scopes.at(-1) ?? cell ?? session;
}

/** The policy of what runs now: that of the layer where it has its own, else the regime's. */
export function policyInForce(): Policy {
  return ruleInForce()?.policy ?? regime().policy;
}

/** The rule that keeps the running layer in a policy of its own. */
export function ruleInForce(): Place['rule'] {
  const here = place();
  return here?.regime === regime() ? here.rule : undefined;
}

/** The format that a weight is kept to after an update. */
export function paramFormat(variable: object): StorageFormat {
  const { keep, policy } = regime();
  return (keep.policyOf(variable) ?? policy).param;
}

/** True when something under the regime computes in another format than fp32. */
export function lowers({ policy, keep }: Regime): boolean {
  return policy.compute !== 'fp32' || keep.rules.some((rule) => rule.policy.compute !== 'fp32');
}

/** The policy in force with other layers of their own. Loss scaling goes on where it is still needed. */
export function regimeKeeping(keep: Keep | undefined): Regime {
  const { policy, keep: before, loss } = regime();
  const kept = new KeptLayers(keep);
  const scaled = scales(policy, kept);
  if (scaled === scales(policy, before)) return { policy, keep: kept, loss };
  return { policy, keep: kept, loss: new LossScaleTrace(scalerFor(scaled, 'pytorch')) };
}

/** A new regime for a policy, with loss scaling from its first value. */
export function newRegime(spec: string, keep?: Keep): Regime {
  const policy = parsePolicy(spec);
  const kept = new KeptLayers(keep);
  const scaler = scalerFor(scales(policy, kept), conventionOf(spec));
  return { policy, keep: kept, loss: new LossScaleTrace(scaler) };
}

/** True when gradients somewhere need a factor on the loss. */
function scales(policy: Policy, keep: KeptLayers): boolean {
  const isScaled = ({ compute }: Policy): boolean => COMPUTE_TRAITS[compute].scaling === 'loss';
  return isScaled(policy) || keep.rules.some((rule) => isScaled(rule.policy));
}

function scalerFor(scaled: boolean, convention: PolicyConvention): LossScaler {
  if (!scaled) return new NoOpLossScaler();
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
    news.tell();
  };
}

/**
 * Enters a scope; returns what leaves it. Loss scaling goes on from the enclosing regime or from the
 * last scope, so that a scope per training step trains as one around the loop does.
 */
export function enterScope(spec: string, keep?: Keep): () => void {
  const policy = parsePolicy(spec);
  const kept = new KeptLayers(keep);
  const scaled = scales(policy, kept);
  const outer = regime();
  const goesOn =
    outer.policy.compute === policy.compute && scaled === scales(outer.policy, outer.keep);
  const entered: Regime = {
    policy,
    keep: kept,
    loss: goesOn ? outer.loss : lossOfScopes(scaled, conventionOf(spec)),
  };
  return enter(entered);
}

/**
 * The same with a loss scaling of its own, where the policy needs any: what it learns in the scope, the
 * session's doesn't. Without one nothing is scaled.
 */
export function enterApart(spec: string, scaling: LossScaleTrace = plain.loss): () => void {
  const policy = parsePolicy(spec);
  const keep = new KeptLayers(undefined);
  return enter({ policy, keep, loss: scales(policy, keep) ? scaling : plain.loss });
}

/**
 * Enters a scope of the policy in force, with loss scaling of the same kind from its first value: what it
 * learns there, the session's doesn't. Returns what leaves it.
 */
export function enterAnew(): () => void {
  const current = regime();
  const { scaler } = current.loss;
  const first =
    scaler instanceof DynamicLossScaler ? new DynamicLossScaler(scaler.options) : scaler;
  return enter({ ...current, loss: new LossScaleTrace(first) });
}

function enter(entered: Regime): () => void {
  leaveOnInterrupt();
  scopes.push(entered);
  activate();
  news.tell();
  return () => {
    const index = scopes.lastIndexOf(entered);
    if (index < 0) return;
    scopes.splice(index, 1);
    activate();
    news.tellSoon();
  };
}

/** A scope that is stopped by force never leaves by itself, and would hold for all cells to come. */
function leaveOnInterrupt(): void {
  const notebook = host();
  if (hearsInterrupts || notebook === undefined) return;
  hearsInterrupts = true;
  notebook.onInterrupted?.(() => {
    if (scopes.length === 0) return;
    scopes.length = 0;
    activate();
    news.tell();
  });
}

function lossOfScopes(scaled: boolean, convention: PolicyConvention): LossScaleTrace {
  if (!scaled) return plain.loss;
  scaledLoss ??= new LossScaleTrace(scalerFor(scaled, convention));
  return scaledLoss;
}

/** Runs `fn` as a part of a layer, or with undefined outside of layers. */
export function runAt<T>(next: Place | undefined, fn: () => T): T {
  const before = setPlace(next);
  const moves = next?.rule !== before?.rule;
  if (moves) activate();
  try {
    return fn();
  } finally {
    setPlace(before);
    if (moves) activate();
  }
}

/** Runs every op of `fn` in fp32, of layers with a policy of their own too. */
export function inFp32<T>(fn: () => T): T {
  const before = allInFp32;
  allInFp32 = true;
  activate();
  try {
    return fn();
  } finally {
    allInFp32 = before;
    activate();
  }
}

/**
 * The session's loss scaling: the scale, how it came there, and the skipped steps. That of the policy in
 * force, or under fp32, where nothing is scaled, that of the last scope or policy that scaled.
 */
export function lossScaler(): LossScaleTrace {
  const current = regime();
  return lowers(current) ? current.loss : (scaledLoss ?? current.loss);
}

/**
 * Replaces the loss scaling: that of the policy in force, or under fp32, which needs none, that of the
 * scopes to come.
 * @param given 'pytorch', 'keras' or 'none', a number for a fixed scale, or a scaler.
 * @throws HalfnoteError `invalid-loss-scaler` for what is none, `invalid-loss-scale` for a scale that isn't > 0.
 */
export function setLossScaler(given: LossScalerPreset | number | LossScaler): LossScaleTrace {
  const scaler = lossScalerFrom(given);
  const current = regime();
  scaledLoss = new LossScaleTrace(scaler);
  if (current.policy.compute !== 'fp32') current.loss = scaledLoss;
  return scaledLoss;
}

/** What runs a function in the layer that runs now; undefined outside of layers. */
export function returnToPlace(): (<T>(fn: () => T) => T) | undefined {
  const here = place();
  return here && ((fn) => runAt(here, fn));
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
  forgetRecipes();
  if (loss.scaler.checksGradients) scaledLoss = loss;
  activate();
  news.tell();
}

/** Makes the backend compute as the policy in force says. */
function activate(): void {
  if (allInFp32) computeIn('fp32', true, ensureFacts());
  else computeIn(policyInForce().compute, ruleInForce() !== undefined, ensureFacts());
}
