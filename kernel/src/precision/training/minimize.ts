let minimizing = false;

/** Runs an optimizer's `minimize`: the gradients computed in it are for the step that it ends with. */
export function whileMinimizing<T>(fn: () => T): T {
  const before = minimizing;
  minimizing = true;
  try {
    return fn();
  } finally {
    minimizing = before;
  }
}

/** True where a step is skipped by itself when its gradients overflow. */
export function isMinimizing(): boolean {
  return minimizing;
}
