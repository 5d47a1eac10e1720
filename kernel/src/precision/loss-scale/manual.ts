/**
 * Whether the user scales by a `GradScaler`: then the policy in force must not scale, unscale or skip
 * a second time.
 */
export interface ManualPass {
  /** What the gradients come out multiplied by: read as they go back. */
  factor: number;
  /** What becomes known of the scale that would fit. */
  measured?: (largestFitting: number | undefined) => void;
}

let scalers = 0;
let watched: ManualPass[] | undefined;
let stepping = 0;

/** Says that the user has made a `GradScaler`. */
export function noteManualScaler(): void {
  scalers += 1;
}

/** Whether any computation of gradients may be for a step that a `GradScaler` skips. */
export function isScaledByHand(): boolean {
  return scalers > 0;
}

/** Says that the loss of the gradient computation under way is scaled by the user. */
export function noteManualPass(pass: ManualPass): void {
  watched?.push(pass);
}

/** Runs a computation; `scaled` has what the user scaled within it, from then on. */
export function watchManualPass<T>(fn: (scaled: readonly ManualPass[]) => T): T {
  const outer = watched;
  const own: ManualPass[] = [];
  watched = own;
  try {
    return fn(own);
  } finally {
    watched = outer;
    outer?.push(...own);
  }
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
