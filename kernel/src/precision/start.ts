import type { DeviceFacts } from '../backend/contract';
import * as backend from '../backend/load';
import { installTensorInspection } from '../patches/inspect-tensors';
import { installRewritten } from '../patches/rewritten';
import { installPolicies } from './policies/install';
import { installTraining } from './training/install';

/**
 * Loads the native backend and teaches tfjs to train on it: fused optimizers, and the policy in force.
 * Idempotent.
 *
 * @throws HalfnoteError when libtensorflow can't be had; see {@link ensureBackend}.
 */
export function loadBackend(): DeviceFacts {
  const facts = backend.loadBackend();
  teachTfjs();
  return facts;
}

/** The same, with WebAssembly where libtensorflow can't be had; everything is then simulated. */
export async function ensureBackend(): Promise<DeviceFacts> {
  const facts = await backend.ensureBackend();
  teachTfjs();
  return facts;
}

function teachTfjs(): void {
  installTensorInspection();
  installRewritten();
  installTraining();
  installPolicies();
}
