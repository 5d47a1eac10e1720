import { powerOfTwo } from '../../display/exponents';
import type { FormatBand } from '../../formats/bands';
import type { RangeLayer } from '../../payloads/ranges/schema';
import { fixed, label } from '../../display/svg';

const MAX_OCTAVES = 96;

/** Where the columns of a heatmap begin and how wide they are together. */
export interface PlotArea {
  readonly start: number;
  readonly width: number;
}

/** Exponents from `low` up to and without `high`, and where they lie. */
export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly x: (exponent: number) => number;
}

/** An axis that shows all values, and the format's ends where they aren't too far off. */
export function makeAxis(
  layers: readonly RangeLayer[],
  format: FormatBand | undefined,
  shift: number,
  area: PlotArea,
): Axis {
  const exponents = layers.flatMap(({ bins, firstExponent }) =>
    bins.flatMap((values, index) => (values === 0 ? [] : [firstExponent + index])),
  );
  let low = exponents.reduce((a, b) => Math.min(a, b), exponents[0] ?? -24) - 2;
  let high = exponents.reduce((a, b) => Math.max(a, b), exponents[0] ?? 0) + 3;
  if (format !== undefined) {
    const from = Math.min(low, format.minSubnormalExponent - shift - 2);
    const to = Math.max(high, format.maxExponent - shift + 3);
    if (high - from <= MAX_OCTAVES) low = from;
    if (to - low <= MAX_OCTAVES) high = to;
  }
  const x = (exponent: number): number =>
    area.start + ((exponent - low) / (high - low)) * area.width;
  return { low, high, x };
}

/** Powers of two below the picture; the ends are left to the columns beside it. */
export function ticks(axis: Axis, bottom: number): string {
  const step = axis.high - axis.low > 64 ? 16 : axis.high - axis.low > 24 ? 8 : 4;
  const marks: string[] = [];
  for (let e = Math.ceil(axis.low / step) * step; e <= axis.high; e += step) {
    const x = axis.x(e);
    if (x < axis.x(axis.low) + 20 || x > axis.x(axis.high) - 28) continue;
    marks.push(
      `<path d="M${fixed(x)} ${fixed(bottom)}v4" stroke="currentColor" opacity="0.6"/>` +
        label(x, bottom + 16, powerOfTwo(e), { anchor: 'middle', size: 10 }),
    );
  }
  return marks.join('');
}
