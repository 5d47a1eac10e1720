import { powerOfTwo } from './exponents';
import type { FormatBand, GradientRanges, RangeLayer } from './payloads';
import { decodeNumber } from './numbers';
import { scaleShift, zone } from './range-stats';
import type { Zone } from './range-stats';
import { escapeHtml } from './text';
import { HUE, fixed, label, svg } from './svg';

const LEFT = 158;
const PLOT = 560;
const MARGIN = 14;
const SIDE = 16;
const GAP = 6;
const BAND = 15;
const LEVELS = 8;
const MAX_OCTAVES = 96;
const KINDS = { gradient: 'Gradients', weight: 'Weights', activation: 'Activations' } as const;

/** Exponents from `low` up to and without `high`, and where they lie. */
interface Axis {
  readonly low: number;
  readonly high: number;
  readonly x: (exponent: number) => number;
}

/** A picture for each kind of layer: layer by exponent, density as opacity, zone as hue. */
export function heatmaps(payload: GradientRanges): string {
  const kinds = ['gradient', 'activation', 'weight'] as const;
  return kinds
    .map((kind) => {
      const layers = payload.layers.filter((layer) => layer.kind === kind);
      return layers.length === 0 ? '' : heatmap(payload, kind, layers);
    })
    .join('');
}

function heatmap(
  payload: GradientRanges,
  kind: RangeLayer['kind'],
  layers: readonly RangeLayer[],
): string {
  const shift = scaleShift({ kind }, decodeNumber(payload.lossScale.value));
  const format = payload.formats.find(({ id }) => id === payload.format);
  const axis = makeAxis(layers, format, shift);
  const top = 24 + payload.formats.length * BAND + 10;
  const height = Math.max(5, Math.min(18, 720 / layers.length));
  const bottom = top + layers.length * height;
  const right = LEFT + SIDE + GAP + PLOT;
  const scaled = shift === 0 ? '' : `, bands moved by the loss scale ${powerOfTwo(shift)}`;
  return svg({
    title: `${KINDS[kind]} by layer and exponent, ${payload.title}`,
    description:
      `A row for each of ${layers.length} layers, a column for each power of two; darker means more values. ` +
      `Blue is normal in ${payload.format}, amber subnormal, red rounds to zero, violet overflows${scaled}. The table below has the figures.`,
    width: right + GAP + SIDE + MARGIN,
    height: bottom + 72,
    body:
      label(0, 14, `${KINDS[kind]}${scaled}`, { size: 12 }) +
      payload.formats.map((band, i) => bandRow(band, 24 + i * BAND, axis, shift)).join('') +
      (format === undefined ? '' : limits(format, axis, shift, top - 6, bottom)) +
      cells(layers, format, shift, axis, top, height) +
      names(layers, top, height) +
      ticks(axis, bottom) +
      sideLabels(right, bottom) +
      label(
        axis.x((axis.low + axis.high) / 2),
        bottom + 32,
        'magnitude of a value, as a power of two',
        {
          anchor: 'middle',
          size: 10,
        },
      ) +
      legend(bottom + 44, format),
  });
}

function makeAxis(
  layers: readonly RangeLayer[],
  format: FormatBand | undefined,
  shift: number,
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
  const start = LEFT + SIDE + GAP;
  return { low, high, x: (exponent) => start + ((exponent - low) / (high - low)) * PLOT };
}

/** One format's range: subnormal and normal zone; an open end where it goes on beyond the picture. */
function bandRow(band: FormatBand, y: number, axis: Axis, shift: number): string {
  const at = (exponent: number): number =>
    axis.x(Math.min(axis.high, Math.max(axis.low, exponent - shift)));
  const subnormal = at(band.minSubnormalExponent);
  const normal = at(band.minNormalExponent);
  const end = at(band.maxExponent + 1);
  const part = (from: number, to: number, hue: string): string =>
    to - from < 0.5
      ? ''
      : `<rect x="${fixed(from)}" y="${y + 2}" width="${fixed(to - from)}" height="${BAND - 5}" fill="${hue}" opacity="0.6"/>`;
  const title = `${band.label}: smallest subnormal ${powerOfTwo(band.minSubnormalExponent)}, smallest normal ${powerOfTwo(band.minNormalExponent)}, largest below ${powerOfTwo(band.maxExponent + 1)}`;
  const open =
    (band.minSubnormalExponent - shift < axis.low ? label(axis.x(axis.low) + 3, y + 11, '←') : '') +
    (band.maxExponent + 1 - shift > axis.high
      ? label(axis.x(axis.high) - 3, y + 11, '→', { anchor: 'end' })
      : '');
  return (
    `<g><title>${escapeHtml(title)}</title>` +
    label(LEFT - 8, y + 11, band.label, { anchor: 'end' }, 22) +
    part(subnormal, normal, HUE.subnormal) +
    part(normal, end, HUE.normal) +
    open +
    '</g>'
  );
}

/** Lines through the picture where the gradients' own format ends. */
function limits(
  format: FormatBand,
  axis: Axis,
  shift: number,
  top: number,
  bottom: number,
): string {
  const lines = [
    [format.minSubnormalExponent, HUE.underflow],
    [format.minNormalExponent, HUE.subnormal],
    [format.maxExponent + 1, HUE.overflow],
  ] as const;
  return lines
    .filter(([exponent]) => exponent - shift >= axis.low && exponent - shift <= axis.high)
    .map(([exponent, hue]) => {
      const x = fixed(axis.x(exponent - shift));
      return `<path d="M${x} ${top}V${bottom}" stroke="${hue}" stroke-width="1.5" stroke-dasharray="4 3"/>`;
    })
    .join('');
}

/** All cells as a path for each hue and density: a few dozen nodes however many layers there are. */
function cells(
  layers: readonly RangeLayer[],
  format: FormatBand | undefined,
  shift: number,
  axis: Axis,
  top: number,
  height: number,
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
    if (zeros > 0) add(HUE.neutral, zeros, LEFT, y, SIDE);
    if (beyond > 0) add(HUE.overflow, beyond, LEFT + SIDE + GAP + PLOT + GAP, y, SIDE);
  });
  return [...paths].map(([style, d]) => `<path ${style} d="${d}"/>`).join('');
}

interface Run {
  readonly from: number;
  to: number;
  readonly zone: Zone;
  readonly level: number;
}

/** Neighbouring bins of one zone and density, merged. */
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

function names(layers: readonly RangeLayer[], top: number, height: number): string {
  const every = Math.ceil(11 / height);
  return layers
    .map((layer, row) =>
      row % every === 0
        ? label(LEFT - 8, top + row * height + height / 2 + 4, layer.name, { anchor: 'end' }, 25)
        : '',
    )
    .join('');
}

function ticks(axis: Axis, bottom: number): string {
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

function sideLabels(right: number, bottom: number): string {
  const options = { anchor: 'middle', size: 10 } as const;
  return (
    label(LEFT + SIDE / 2, bottom + 16, 'zero', options) +
    label(right + GAP + SIDE / 2, bottom + 16, 'inf, nan', options)
  );
}

function legend(y: number, format: FormatBand | undefined): string {
  const keys = [
    [HUE.normal, 'normal'],
    [HUE.subnormal, 'subnormal: digits lost'],
    [HUE.underflow, 'underflow: becomes zero'],
    [HUE.overflow, 'overflow'],
    [HUE.neutral, 'exact zero'],
  ] as const;
  let x = LEFT;
  const boxes = keys.map(([hue, text]) => {
    const at = x;
    x += 26 + text.length * 5.2;
    return `<rect x="${fixed(at)}" y="${y}" width="10" height="10" fill="${hue}"/>${label(at + 15, y + 9, text, { size: 10 })}`;
  });
  if (format === undefined) return boxes.join('');
  const dashes = [HUE.underflow, HUE.subnormal, HUE.overflow].map(
    (hue, index) =>
      `<path d="M${fixed(x + index * 4)} ${y - 1}v12" stroke="${hue}" stroke-width="1.5" stroke-dasharray="4 2"/>`,
  );
  const limits = label(x + 15, y + 9, `ends of ${format.label}`, { size: 10 });
  return boxes.join('') + dashes.join('') + limits;
}
