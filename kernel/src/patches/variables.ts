import type { Variable } from '@tensorflow/tfjs';
import { engine } from './engine-internals';
import { methodPatch, type Patch } from './patch';

const listeners = new Set<(variable: Variable) => void>();

/** Hears of each variable before it is disposed. */
export function onVariableDisposed(listener: (variable: Variable) => void): void {
  listeners.add(listener);
}

export const variables: Patch = methodPatch(
  {
    target: 'engine',
    member: 'disposeVariable',
    why: 'The TensorFlow resource behind a variable goes with it.',
  },
  engine,
  (original) => {
    const disposeVariable = original.bind(engine());
    return (variable: Variable) => {
      for (const listener of listeners) listener(variable);
      disposeVariable(variable);
    };
  },
);
