import type { EngineInternals } from './engine-internals';

/** tfjs's engine, if tfjs was loaded; loading it here would cost a second. */
export function loadedEngine(): EngineInternals | undefined {
  return (globalThis as { _tfengine?: EngineInternals })._tfengine;
}
