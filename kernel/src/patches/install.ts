import * as tf from '@tensorflow/tfjs';
import type { DeviceFacts } from '../backend/contract';
import { setBackendHooks, type NativeParts } from '../backend/hooks';
import type { Undo } from './methods';
import type { Patch } from './patch';
import { INSTANCE_PATCHES, PATCHES } from './table';

const installed = new Map<Patch, Undo>();
let ofInstance: Undo[] = [];

/** Whether a row of the table is for the backend that is loaded. */
export function isFor({ on }: Patch, { engine, device }: DeviceFacts): boolean {
  if (on === undefined) return true;
  return engine === 'tensorflow' && (on === 'native' || device === 'cpu');
}

/** Puts in what of the table isn't in yet. */
export function installPatches(facts: DeviceFacts): void {
  const place = { backendName: tf.getBackend(), facts };
  for (const patch of PATCHES) {
    if (isFor(patch, facts) && !installed.has(patch)) installed.set(patch, patch.install(place));
  }
}

/**
 * Takes a row of the table out again, and all that stand after it, the last first: what was put in later
 * may stand around it.
 */
export function undoPatches(from: Patch | undefined = PATCHES[0]): void {
  const first = PATCHES.findIndex((patch) => patch === from);
  for (const patch of PATCHES.slice(first).reverse()) {
    installed.get(patch)?.();
    installed.delete(patch);
  }
}

function patchInstance(parts: NativeParts): void {
  ofInstance = INSTANCE_PATCHES.map((patch) => patch.install(parts));
}

/** Gives the backend's instance its own methods back: 16-bit tensors can't be read after it. */
export function undoInstancePatches(): void {
  for (const undo of ofInstance.reverse()) undo();
  ofInstance = [];
}

setBackendHooks({ instance: patchInstance, loaded: installPatches });
