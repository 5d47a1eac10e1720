/** How many times as many bins as at first there may be. */
const GROWTH = 16;

/**
 * Counts values in equal bins that lie symmetrically about zero. When a larger value arrives, bins of
 * the same width are added at both ends: ONNX Runtime's histogram. Only when an outlier would make
 * the histogram `growth` times as long are neighbors merged, so that the search for a range ends.
 */
export class CenteredHistogram {
  counts: Float64Array;
  #threshold = 0;
  #min = Infinity;
  #max = -Infinity;
  readonly #most: number;

  constructor(bins: number, growth: number = GROWTH) {
    this.counts = new Float64Array(bins);
    this.#most = bins * growth;
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
    while (this.counts.length + 2 * this.#missing(absmax) > this.#most) this.#mergePairs();
    this.#grow(this.#missing(absmax));
  }

  get #width(): number {
    return (2 * this.#threshold) / this.counts.length;
  }

  /** Bins that each end needs more to hold `absmax`. */
  #missing(absmax: number): number {
    return Math.floor((absmax - this.#threshold) / this.#width) + 1;
  }

  #grow(more: number): void {
    const counts = new Float64Array(this.counts.length + 2 * more);
    counts.set(this.counts, more);
    this.#threshold += more * this.#width;
    this.counts = counts;
  }

  #mergePairs(): void {
    if (this.counts.length % 4 !== 0) this.#grow(1); // zero stays an edge between two pairs
    const { counts } = this;
    this.counts = Float64Array.from(
      { length: counts.length / 2 },
      (_, i) => (counts[2 * i] ?? 0) + (counts[2 * i + 1] ?? 0),
    );
  }
}
