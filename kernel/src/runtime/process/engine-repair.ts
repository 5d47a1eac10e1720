import { requireFromKernel } from '../packages';

/** The state of tfjs's engine that a forced stop leaves as it was in the middle of an operation. */
interface EngineState {
  kernelDepth: number;
  gradientDepth: number;
  activeTape: unknown;
  activeScope: unknown;
  readonly scopeStack: readonly unknown[];
  readonly numDataMovesStack: number[];
}

interface Engine {
  readonly state: EngineState;
  endScope(): void;
}

/** Remembers how deep tfjs's engine stands, and brings it back there. */
export interface EngineMark {
  repair(): void;
}

export function markEngine(): EngineMark {
  const before = loadedEngine();
  const scopes = before?.state.scopeStack.length ?? 0;
  return {
    repair() {
      const engine = loadedEngine();
      if (!engine) return;
      const { state } = engine;
      state.kernelDepth = 0;
      state.gradientDepth = 0;
      state.activeTape = null;
      state.numDataMovesStack.length = 0;
      // Ending a scope disposes what was made in it, as the `tidy` that was stopped would have.
      while (state.scopeStack.length > scopes) engine.endScope();
    },
  };
}

/** tfjs's engine if some cell has loaded tfjs; loading it here would cost a second. */
function loadedEngine(): Engine | undefined {
  const core = Object.keys(requireFromKernel.cache).find((file) =>
    file.endsWith('/@tensorflow/tfjs-core/dist/tf-core.node.js'),
  );
  if (core === undefined) return undefined;
  const { engine } = requireFromKernel.cache[core]?.exports as { engine?: () => Engine };
  return engine?.();
}
