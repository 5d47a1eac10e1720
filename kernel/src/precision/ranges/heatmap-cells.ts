import type { Axis } from './heatmap-axis';
import type { FormatBand } from '../../formats/bands';
import type { RangeLayer } from '../../payloads/schemas';
import { zone } from '../../payloads/range-stats';
import type { Zone } from '../../payloads/range-stats';
import { HUE, fixed } from '../../display/svg';

/** Width of the columns for zeros on the left and for what is not finite on the right. */
export const SIDE = 16;
const LEVELS = 8;

/** All cells as a path for each hue and density: a few dozen nodes however many layers there are. */
export function cells(
  layers: readonly RangeLayer[],
  format: FormatBand | undefined,
  shift: number,
  axis: Axis,
  top: number,
  height: number,
  [left, right]: readonly [left: number, right: number],
): string {
  const paths = new Map<string, string>();
  const add = (hue: string, level: number, x: number, y: number, width: number): void => {
    const key = `fill="${hue}" opacity="${fixed((level / LEVELS) * 10) === '10' ? 1 : (level / LEVELS).toFixed(2)}"`;
    const box = `M${fixed(x)} ${fixed(y)}h${fixed(width)}v${fixed(height - 1)}h${fixed(-width)}z`;
    paths.set(key, (paths.get(key) ?? '') + box);
  };
  layers.forEach((layer, row) => {
    const y = top + row * height;
    for (const run of runs(layer, format, shift)) {
      const x = axis.x(run.from);
      add(HUE[run.zone], run.level, x, y, axis.x(run.to) - x);
    }
    const zeros = density(layer.zero, layer.count);
    const beyond = density(layer.inf + layer.nan, layer.count);
    if (zeros > 0) add(HUE.neutral, zeros, left, y, SIDE);
    if (beyond > 0) add(HUE.overflow, beyond, right, y, SIDE);
  });
  return [...paths].map(([style, d]) => `<path ${style} d="${d}"/>`).join('');
}

interface Run {
  readonly from: number;
  to: number;
  readonly zone: Zone;
  readonly level: number;
}

/** Neighboring bins of one zone and density, merged. */
function runs(layer: RangeLayer, format: FormatBand | undefined, shift: number): Run[] {
  const found: Run[] = [];
  layer.bins.forEach((values, index) => {
    if (values === 0) return;
    const from = layer.firstExponent + index;
    const level = density(values, layer.count);
    const where = format === undefined ? 'normal' : zone(from + shift, format);
    const last = found.at(-1);
    if (last?.to === from && last.zone === where && last.level === level) last.to = from + 1;
    else found.push({ from, to: from + 1, zone: where, level });
  });
  return found;
}

/** 0 for none, then two levels a decade up to {@link LEVELS} for all of a layer's values. */
function density(values: number, count: number): number {
  if (values <= 0 || count <= 0) return 0;
  return Math.max(1, Math.min(LEVELS, Math.ceil(LEVELS + 2 * Math.log10(values / count))));
}
