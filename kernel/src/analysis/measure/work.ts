import type { Variant } from '../../energy/trials/machine';
import { loadedEngine } from '../../patches/loaded-engine';

/** What is measured: called without arguments, again and again; may return a promise. */
export type Work = () => unknown;

/**
 * A variant of the user's work. Tensors that a synchronous one makes are disposed of after each run, as by
 * `tf.tidy`; an asynchronous one keeps its own. The device has done all work before a trial ends.
 */
export function variantOf(name: string, work: Work): Variant {
  return { name, run: () => tidied(work), synchronize: waitForDevice };
}

function tidied(work: Work): unknown {
  const engine = loadedEngine();
  if (engine === undefined) return work();
  engine.startScope('measure');
  let kept: Parameters<typeof engine.endScope>[0];
  try {
    const value = work();
    // What it made is still in use behind the promise.
    if (isPromise(value)) kept = [...(engine.state.activeScope?.track ?? [])];
    return value;
  } finally {
    engine.endScope(kept);
  }
}

/** A GPU works on after a call has returned; what is read waits for all that was asked before. */
async function waitForDevice(): Promise<void> {
  if (loadedEngine() === undefined) return;
  const tf = await import('@tensorflow/tfjs');
  // Without a backend nothing was asked for, and asking now would choose one.
  if (tf.engine().backendName) tf.tidy(() => tf.scalar(1).add(1).dataSync());
}

function isPromise(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}
