/**
 * Whether the user scales by a `GradScaler`: then the policy in force must not scale, unscale or skip
 * a second time.
 */
let passes = 0;
let stepping = 0;

/** Says that the loss of the gradient computation under way is scaled by the user. */
export function noteManualPass(): void {
  passes += 1;
}

/** Watches a computation: the answer is true once the user has scaled within it. */
export function watchManualPass(): () => boolean {
  const before = passes;
  return () => passes > before;
}

/** Runs the update of an optimizer whose gradients the user's scaler has checked. */
export function manualStep(fn: () => void): void {
  stepping += 1;
  try {
    fn();
  } finally {
    stepping -= 1;
  }
}

export function isManualStep(): boolean {
  return stepping > 0;
}
