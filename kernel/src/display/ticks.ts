/** The smallest of 1, 2, 5 times a power of ten that is at least `rough`, which must be positive. */
export function roundStep(rough: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  return (
    [1, 2, 5].map((factor) => factor * magnitude).find((size) => size >= rough) ?? 10 * magnitude
  );
}

/** Round numbers within an interval, at most `most` and one; only its ends where it has no length. */
export function roundTicks(low: number, high: number, most: number): number[] {
  if (!(high > low)) return [low];
  const step = roundStep((high - low) / most);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

/** Signs that fit beside an axis. */
const WIDEST = 9;
/** Of a float64. */
const MOST_DIGITS = 15;

/** Ticks in words, with the digits that tell one from the next and no more: `0.1`, not `0.100`. */
export function tickTexts(ticks: readonly number[]): string[] {
  const steps = ticks.slice(1).map((tick, i) => Math.abs(tick - (ticks[i] ?? 0)));
  const most = Math.max(...ticks.map(Math.abs));
  const above = Math.floor(Math.log10(most)) - Math.floor(Math.log10(Math.min(...steps, most)));
  const digits = Math.min(MOST_DIGITS, Math.max(3, above + 1) || 3);
  return ticks.map((tick) => {
    const text = String(Number(tick.toPrecision(digits)));
    return text.length > WIDEST ? Number(tick.toPrecision(digits)).toExponential() : text;
  });
}
