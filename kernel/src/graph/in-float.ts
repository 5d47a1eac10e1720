import { hasNativeBackend } from '../backend/load';
import { withPrecision } from '../precision/scope';

/** Runs work on the float32 model, whatever the session's policy is. */
export function inFloat<T>(run: () => T): T {
  return hasNativeBackend() ? withPrecision('fp32', run) : run();
}
