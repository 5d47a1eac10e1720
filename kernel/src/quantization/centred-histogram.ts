/**
 * Counts values in equal bins that lie symmetrically about zero. When a larger value arrives, bins of
 * the same width are added at both ends, so no count is ever moved: ONNX Runtime's histogram.
 */
export class CentredHistogram {
  counts: Float64Array;
  #threshold = 0;
  #min = Infinity;
  #max = -Infinity;

  constructor(bins: number) {
    this.counts = new Float64Array(bins);
  }

  /** The bins reach from -threshold to threshold. */
  get threshold(): number {
    return this.#threshold;
  }
  /** Smallest and largest value seen; Infinity and -Infinity before any. */
  get min(): number {
    return this.#min;
  }
  get max(): number {
    return this.#max;
  }

  /** The left edge of bin `index`. */
  edge(index: number): number {
    return -this.#threshold + (index * 2 * this.#threshold) / this.counts.length;
  }

  /** Counts finite values; others are left out. */
  add(values: Float32Array): void {
    const finite = values.filter(Number.isFinite);
    if (finite.length === 0) return;
    let absmax = 0;
    for (const x of finite) {
      if (x < this.#min) this.#min = x;
      if (x > this.#max) this.#max = x;
      absmax = Math.max(absmax, Math.abs(x));
    }
    this.#cover(absmax);
    const bins = this.counts.length;
    const perUnit = this.#threshold === 0 ? 0 : bins / (2 * this.#threshold);
    for (const x of finite) {
      const bin = Math.min(bins - 1, Math.floor((x + this.#threshold) * perUnit));
      this.counts[bin] = (this.counts[bin] ?? 0) + 1;
    }
  }

  #cover(absmax: number): void {
    if (absmax <= this.#threshold) return;
    if (this.#threshold === 0) {
      // Zeros alone were counted, all in the first bin: they belong in the middle.
      const zeros = this.counts[0] ?? 0;
      this.counts.fill(0);
      this.counts[this.counts.length >> 1] = zeros;
      this.#threshold = absmax;
      return;
    }
    const width = (2 * this.#threshold) / this.counts.length;
    const more = Math.floor((absmax - this.#threshold) / width) + 1;
    const counts = new Float64Array(this.counts.length + 2 * more);
    counts.set(this.counts, more);
    this.counts = counts;
    this.#threshold += more * width;
  }
}
