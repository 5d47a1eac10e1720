import type { WeightHistogram } from './histograms';

export type Scale = 'linear' | 'logarithmic';

/** The heights of both histograms, from 0 to 1 of the highest bin of the two. */
export function heights(
  { before, after }: Pick<WeightHistogram, 'before' | 'after'>,
  scale: Scale,
): { readonly before: readonly number[]; readonly after: readonly number[] } {
  const of = (count: number): number => (scale === 'linear' ? count : Math.log10(1 + count));
  const most = Math.max(1, ...before, ...after);
  const scaled = (counts: readonly number[]): number[] => counts.map((n) => of(n) / of(most));
  return { before: scaled(before), after: scaled(after) };
}

/**
 * The outline of a histogram as the path of an SVG: bins side by side from `x` on, heights up from `y`.
 */
export function outline(
  bars: readonly number[],
  { x, y, width, height }: Readonly<Record<'x' | 'y' | 'width' | 'height', number>>,
): string {
  const step = width / bars.length;
  const fixed = (value: number): string => String(Math.round(value * 10) / 10);
  const tops = bars.map((bar, i) => `V${fixed(y - bar * height)}H${fixed(x + (i + 1) * step)}`);
  return `M${fixed(x)} ${fixed(y)}${tops.join('')}V${fixed(y)}`;
}
