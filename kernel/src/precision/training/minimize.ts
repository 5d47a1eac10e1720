import { endOfStep } from '../../backend/deferred/steps';

let minimizing = false;

/** Runs an optimizer's `minimize`: the gradients computed in it are for the step that it ends with. */
export function whileMinimizing<T>(fn: () => T): T {
  const before = minimizing;
  minimizing = true;
  let result: T;
  try {
    result = fn();
  } finally {
    minimizing = before;
  }
  if (!before) endOfStep(true);
  return result;
}

/** True where a step is skipped by itself when its gradients overflow. */
export function isMinimizing(): boolean {
  return minimizing;
}
