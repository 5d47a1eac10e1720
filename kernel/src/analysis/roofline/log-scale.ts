/** A logarithmic axis: values to pixels, and where its ticks stand. */
export interface LogScale {
  at(value: number): number;
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

/** Over more than this many decades only whole powers of ten have a tick. */
const DECADES_WITH_STEPS = 3;

/** An axis from `start` to `end` pixels that holds all values, with some room at both ends. */
export function logScale(values: readonly number[], start: number, end: number): LogScale {
  const low = Math.min(...values) / 1.6;
  const high = Math.max(...values) * 1.6;
  const span = Math.log(high / low);
  const steps = Math.log10(high / low) > DECADES_WITH_STEPS ? [1] : [1, 2, 5];
  const first = Math.floor(Math.log10(low));
  const decades = Array.from(
    { length: Math.ceil(Math.log10(high)) - first + 1 },
    (_, i) => i + first,
  );
  return {
    at: (value) => start + (Math.log(value / low) / span) * (end - start),
    low,
    high,
    ticks: decades
      .flatMap((decade) => steps.map((step) => Number(`${step}e${decade}`)))
      .filter((tick) => tick >= low && tick <= high),
  };
}
