/** Steps whose largest magnitude counts (NVIDIA Transformer Engine's `amax_history_len`). */
export const HISTORY = 1024;

/** Beyond it float32 has no normal number for the way back, 1 / scale. */
const LARGEST_SCALE = 2 ** 126;

/**
 * The scale of one tensor over the steps: FP8_MAX / amax, where amax is the largest magnitude of the
 * steps before (algorithm `max`, margin 0). Before any step is known it is this step's own. An amax of
 * zero leaves the scale as it is; one that isn't finite does too, and isn't remembered. One that is
 * almost zero has the largest scale that float32 can undo.
 */
export class DelayedScaling {
  private readonly history: number[] = [];
  private scale = 1;

  constructor(private readonly formatMax: number) {}

  /** The scale for a tensor whose largest magnitude is `amax`, which then counts for later ones. */
  next(amax: number): number {
    this.scale = this.coming ?? this.by(amax);
    if (Number.isFinite(amax)) {
      this.history.push(amax);
      if (this.history.length > HISTORY) this.history.shift();
    }
    return this.scale;
  }

  /** The scale that the next tensor will have; undefined before any step is known. */
  get coming(): number | undefined {
    return this.history.length === 0 ? undefined : this.by(Math.max(...this.history));
  }

  private by(amax: number): number {
    const isUsable = amax > 0 && Number.isFinite(amax);
    return isUsable ? Math.min(this.formatMax / amax, LARGEST_SCALE) : this.scale;
  }
}
