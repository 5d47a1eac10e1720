/** The part of tfjs's engine that freeing tensors needs. */
export interface Engine {
  readonly state: { readonly numTensors: number };
  startScope(name?: string): void;
  endScope(): void;
  disposeVariables(): void;
}

/** tfjs's engine, if tfjs was loaded; loading it here would cost a second. */
export function loadedEngine(): Engine | undefined {
  return (globalThis as { _tfengine?: Engine })._tfengine;
}
