import * as tf from '@tensorflow/tfjs';
import { programMachine } from '../backend/deferred/steps';
import { hasNativeBackend } from '../backend/load';
import { castPlanner } from '../backend/planner';
import { engine } from '../patches/engine-internals';
import { seesKernels } from '../patches/kernel-calls';
import { callsAroundLayers } from '../patches/layers';
import { isWatched } from '../precision/policies/place';
import { regime } from '../precision/session';
import { numberOf } from './numbers';

/** Around layers at any time; whoever comes later wants to see each. */
const USUAL_CALLS = callsAroundLayers();

/**
 * Under which rules ops are cast now; undefined where each op has to run by itself: by another backend of
 * tfjs's, as somebody looks at it, as a gradient is recorded, or rounded by what earlier steps had.
 */
export function policyKey(): string | undefined {
  const { policy, keep } = regime();
  const { state } = engine();
  const isSeen =
    !hasNativeBackend() ||
    programMachine()?.isHeld !== false ||
    seesKernels() ||
    isWatched() ||
    callsAroundLayers() !== USUAL_CALLS ||
    state.profiling ||
    state.gradientDepth > 0 ||
    tf.env().getBool('DEBUG');
  const rounds = [policy, ...keep.rules.map((rule) => rule.policy)].some(
    ({ compute }) => compute === 'fp8',
  );
  if (isSeen || rounds) return undefined;
  // By what they say: each scope has rules of its own.
  const kept = keep.rules.map(({ text }) => text);
  // The format too: fp32 and tf32 have no plan of casts, and only one of them rounds what it multiplies.
  return JSON.stringify([numberOf(castPlanner()), policy.compute, policy.output, ...kept]);
}
