/** Steps whose largest magnitude counts (NVIDIA Transformer Engine's `amax_history_len`). */
const HISTORY = 1024;

/**
 * The scale of one tensor over the steps: FP8_MAX / amax, where amax is the largest magnitude of the
 * steps before (algorithm `max`, margin 0). Before any step is known it is this step's own. An amax of
 * zero leaves the scale as it is; one that isn't finite does too, and isn't remembered.
 */
export class DelayedScaling {
  private readonly history: number[] = [];
  private scale = 1;

  constructor(private readonly formatMax: number) {}

  /** The scale for a tensor whose largest magnitude is `amax`, which then counts for later ones. */
  next(amax: number): number {
    const known = this.history.length === 0 ? amax : Math.max(...this.history);
    const scale = this.formatMax / known;
    if (known > 0 && Number.isFinite(known) && Number.isFinite(scale)) this.scale = scale;
    if (Number.isFinite(amax)) {
      this.history.push(amax);
      if (this.history.length > HISTORY) this.history.shift();
    }
    return this.scale;
  }
}
