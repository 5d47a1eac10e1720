import type { RangeLayer } from '../../payloads/ranges/schema';
import { BIN_COUNT, FIRST_EXPONENT, type Log2Histogram } from './histogram';

/** The values of one variable or gradient over all recorded steps. */
export class RangeAccumulator {
  private zero = 0;
  private inf = 0;
  private nan = 0;
  private readonly bins: number[] = Array.from({ length: BIN_COUNT }, () => 0);

  constructor(
    readonly name: string,
    readonly kind: RangeLayer['kind'],
    readonly shape: readonly number[],
  ) {}

  add({ zero, inf, nan, bins }: Log2Histogram): void {
    this.zero += zero;
    this.inf += inf;
    this.nan += nan;
    bins.forEach((count, index) => {
      this.bins[index] = (this.bins[index] ?? 0) + count;
    });
  }

  /** As it goes over the wire, without the empty bins at both ends. */
  toLayer(): RangeLayer {
    const first = this.bins.findIndex((count) => count > 0);
    const last = this.bins.findLastIndex((count) => count > 0);
    const bins = first < 0 ? [] : this.bins.slice(first, last + 1);
    return {
      name: this.name,
      kind: this.kind,
      shape: [...this.shape],
      count: this.zero + this.inf + this.nan + bins.reduce((sum, count) => sum + count, 0),
      zero: this.zero,
      inf: this.inf,
      nan: this.nan,
      firstExponent: first < 0 ? 0 : FIRST_EXPONENT + first,
      bins,
    };
  }
}
