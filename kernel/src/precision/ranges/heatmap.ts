import { powerOfTwo } from '../../display/exponents';
import { makeAxis, ticks } from './heatmap-axis';
import type { Axis } from './heatmap-axis';
import { SIDE, cells } from './heatmap-cells';
import type { FormatBand } from '../../formats/bands';
import type { GradientRanges, RangeLayer } from '../../payloads/ranges/schema';
import { decodeNumber } from '../../display/numbers';
import { scaleShift } from '../../payloads/ranges/stats';
import { escapeHtml } from '../../display/text';
import { HUE } from '../../display/hues';
import { fixed, label, svg } from '../../display/svg';

const LEFT = 158;
const PLOT = 560;
const MARGIN = 14;
const GAP = 6;
const BAND = 15;
const KINDS = {
  gradient: 'Gradients',
  'activation-gradient': 'Gradients of activations',
  activation: 'Activations',
  weight: 'Weights',
} as const;

/** A picture for each kind of layer: layer by exponent, density as opacity, zone as hue. */
export function heatmaps(payload: GradientRanges): string {
  return (Object.keys(KINDS) as (keyof typeof KINDS)[])
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
  const axis = makeAxis(layers, format, shift, { start: LEFT + SIDE + GAP, width: PLOT });
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
      cells(layers, format, shift, axis, top, height, [LEFT, right + GAP]) +
      (format === undefined ? '' : limits(format, axis, shift, top - 6, bottom)) +
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

function names(layers: readonly RangeLayer[], top: number, height: number): string {
  const every = Math.ceil(11 / height);
  return layers
    .map((layer, row) =>
      row % every === 0
        ? label(LEFT - 8, top + row * height + height / 2 + 4, layer.name, { anchor: 'end' }, 23)
        : '',
    )
    .join('');
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
