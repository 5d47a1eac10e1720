import type { NativeBackend } from './binding';
import type { DeviceFacts } from './contract';
import type { Executor } from './execute';
import type { MemoryLedger } from './ledger';

/** An instance of tfjs's native backend, and what we keep beside it. */
export interface NativeParts {
  readonly backend: NativeBackend;
  readonly executor: Executor;
  readonly ledger: MemoryLedger;
}

/** What the floors above do when a backend is loaded, whichever function loads it. */
export interface BackendHooks {
  /** Gets each native instance before tfjs does: tfjs makes a new one after `tf.engine().reset()`. */
  instance(parts: NativeParts): void;
  /** Called once, when the backend can be used. */
  loaded(facts: DeviceFacts): void;
}

let registered: BackendHooks | undefined;

export function setBackendHooks(hooks: BackendHooks): void {
  registered = hooks;
}

/** @throws Error where nobody has set them: tfjs would run without what we change in it, silently. */
export function backendHooks(): BackendHooks {
  if (registered === undefined) throw new Error('The backend is loaded by way of start.ts.');
  return registered;
}
