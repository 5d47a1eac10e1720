import { finiteRange } from './range';

/**
 * Counts values in equal bins over a range that grows as values arrive. Growing doubles the bins'
 * width and merges neighbors, so no count is ever spread or estimated.
 */
export class GrowingHistogram {
  readonly counts: Float64Array;
  #low = 0;
  #width = 0;
  #total = 0;
  #min = Infinity;
  #max = -Infinity;

  constructor(readonly bins: number) {
    this.counts = new Float64Array(bins);
  }

  get total(): number {
    return this.#total;
  }
  /** Smallest and largest value seen. */
  get min(): number {
    return this.#min;
  }
  get max(): number {
    return this.#max;
  }

  /** The left edge of bin `index`; `edge(bins)` is the right edge of the last. */
  edge(index: number): number {
    return this.#low + index * this.#width;
  }

  /** Counts finite values; others are left out. */
  add(values: Float32Array): void {
    const range = finiteRange(values);
    if (range === undefined) return;
    const { min, max } = range;
    this.#min = Math.min(this.#min, min);
    this.#max = Math.max(this.#max, max);
    this.#cover(min, max);
    for (const x of values) {
      if (!Number.isFinite(x)) continue;
      const index = Math.floor((x - this.#low) / this.#width);
      const bin = Math.min(Math.max(index, 0), this.bins - 1);
      this.counts[bin] = (this.counts[bin] ?? 0) + 1;
      this.#total++;
    }
  }

  /** The value below which a fraction of all counts lies, interpolated within its bin. */
  quantile(fraction: number): number {
    const target = fraction * this.#total;
    let below = 0;
    for (let bin = 0; bin < this.bins; bin++) {
      const count = this.counts[bin] ?? 0;
      if (count > 0 && below + count >= target) {
        const x = this.edge(bin + Math.max(0, target - below) / count);
        return Math.min(Math.max(x, this.#min), this.#max);
      }
      below += count;
    }
    return this.#max;
  }

  #cover(min: number, max: number): void {
    if (this.#width === 0) {
      const span = max - min;
      // All values alike: any width will do that keeps the bins apart in float64.
      this.#width = span > 0 ? span / this.bins : Math.max(Math.abs(min), 1) / this.bins;
      this.#low = min;
      return;
    }
    while (min < this.#low) this.#double('left');
    while (max > this.edge(this.bins)) this.#double('right');
  }

  /** Twice the range: the bins so far are merged in pairs into the half away from `side`. */
  #double(side: 'left' | 'right'): void {
    const half = this.bins / 2;
    const merged = Float64Array.from(
      { length: half },
      (_, i) => (this.counts[2 * i] ?? 0) + (this.counts[2 * i + 1] ?? 0),
    );
    this.counts.fill(0);
    this.counts.set(merged, side === 'left' ? half : 0);
    if (side === 'left') this.#low -= this.bins * this.#width;
    this.#width *= 2;
  }
}
