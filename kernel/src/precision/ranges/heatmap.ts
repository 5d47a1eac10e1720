import { powerOfTwo } from '../../display/exponents';
import { makeAxis, ticks } from './heatmap-axis';
import type { Axis } from './heatmap-axis';
import { SIDE, cells, drawnCells } from './heatmap-cells';
import type { FormatBand } from '../../formats/bands';
import type { GradientRanges, RangeLayer } from '../../payloads/ranges/schema';
import { decodeNumber } from '../../display/numbers';
import { scaleShift } from '../../payloads/ranges/stats';
import { escapeHtml } from '../../display/text';
import type { Draw } from '../../display/exhibits';
import { HUE } from '../../display/hues';
import { type Drawing, fixed, label, NARROW } from '../../display/svg';

const WIDTH = 776;
const MARGIN = 14;
const GAP = 6;
const BAND = 15;
const LEGEND_ROW = 16;
const KINDS = {
  gradient: 'Gradients',
  'activation-gradient': 'Gradients of activations',
  activation: 'Activations',
  weight: 'Weights',
} as const;

/** A picture for each kind of layer: layer by exponent, density as opacity, zone as hue. */
export function heatmaps(payload: GradientRanges): Draw[] {
  return (Object.keys(KINDS) as (keyof typeof KINDS)[]).flatMap((kind): Draw[] => {
    const layers = payload.layers.filter((layer) => layer.kind === kind);
    return layers.length === 0 ? [] : [(width) => heatmap(payload, kind, layers, width)];
  });
}

/** Names beside the picture: the room that they have, and how many letters that is. */
interface Names {
  readonly left: number;
  readonly letters: number;
}

function heatmap(
  payload: GradientRanges,
  kind: RangeLayer['kind'],
  layers: readonly RangeLayer[],
  /** A width other than the notebook's. */
  forPaper?: number,
): Drawing {
  const width = forPaper ?? WIDTH;
  const beside = width < NARROW ? { left: 104, letters: 16 } : { left: 158, letters: 23 };
  const { left } = beside;
  const plot = width - left - 2 * (SIDE + GAP) - MARGIN;
  const shift = scaleShift({ kind }, decodeNumber(payload.lossScale.value));
  const format = payload.formats.find(({ id }) => id === payload.format);
  const axis = makeAxis(layers, format, shift, { start: left + SIDE + GAP, width: plot });
  const top = 24 + payload.formats.length * BAND + 10;
  const height = Math.max(5, Math.min(18, 720 / layers.length));
  const bottom = top + layers.length * height;
  const right = left + SIDE + GAP + plot;
  const keys = legend(bottom + 44, format, width < NARROW ? 0 : left, width);
  const scaled = shift === 0 ? '' : `, bands moved by the loss scale ${powerOfTwo(shift)}`;
  return {
    title: `${KINDS[kind]} by layer and exponent, ${payload.title}`,
    description:
      `A row for each of ${layers.length} layers, a column for each power of two; darker means more values. ` +
      `Blue is normal in ${payload.format}, amber subnormal, red rounds to zero, violet overflows${scaled}. The table below has the figures.`,
    width,
    height: bottom + 48 + keys.height,
    body:
      label(0, 14, `${KINDS[kind]}${scaled}`, { size: 12 }) +
      payload.formats.map((band, i) => bandRow(band, 24 + i * BAND, axis, shift, beside)).join('') +
      (forPaper !== undefined ? drawnCells : cells)(layers, format, shift, axis, top, height, [
        left,
        right + GAP,
      ]) +
      (format === undefined ? '' : limits(format, axis, shift, top - 6, bottom)) +
      names(layers, top, height, beside) +
      ticks(axis, bottom) +
      sideLabels(left, right, bottom) +
      label(
        axis.x((axis.low + axis.high) / 2),
        bottom + 32,
        'magnitude of a value, as a power of two',
        {
          anchor: 'middle',
          size: 10,
        },
      ) +
      keys.body,
  };
}

/** One format's range: subnormal and normal zone; an open end where it goes on beyond the picture. */
function bandRow(
  band: FormatBand,
  y: number,
  axis: Axis,
  shift: number,
  { left, letters }: Names,
): string {
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
    label(left - 8, y + 11, band.label, { anchor: 'end' }, letters - 1) +
    part(subnormal, normal, HUE.subnormal) +
    part(normal, end, HUE.normal) +
    open +
    '</g>'
  );
}

/** Of subnormal and normal numbers and of all, told apart by their dashes too. */
const ENDS = [
  `stroke="${HUE.underflow}" stroke-width="1.5" stroke-dasharray="4 3"`,
  `stroke="${HUE.subnormal}" stroke-width="1.5" stroke-dasharray="1.5 2"`,
  `stroke="${HUE.overflow}" stroke-width="1.5" stroke-dasharray="8 2"`,
] as const;

/** Lines through the picture where the gradients' own format ends. */
function limits(
  format: FormatBand,
  axis: Axis,
  shift: number,
  top: number,
  bottom: number,
): string {
  const lines = [
    [format.minSubnormalExponent, ENDS[0]],
    [format.minNormalExponent, ENDS[1]],
    [format.maxExponent + 1, ENDS[2]],
  ] as const;
  return lines
    .filter(([exponent]) => exponent - shift >= axis.low && exponent - shift <= axis.high)
    .map(([exponent, end]) => {
      const x = fixed(axis.x(exponent - shift));
      return `<path d="M${x} ${top}V${bottom}" ${end}/>`;
    })
    .join('');
}

function names(
  layers: readonly RangeLayer[],
  top: number,
  height: number,
  { left, letters }: Names,
): string {
  const every = Math.ceil(11 / height);
  return layers
    .map((layer, row) =>
      row % every === 0
        ? label(
            left - 8,
            top + row * height + height / 2 + 4,
            layer.name,
            { anchor: 'end' },
            letters,
          )
        : '',
    )
    .join('');
}

function sideLabels(left: number, right: number, bottom: number): string {
  const options = { anchor: 'middle', size: 10 } as const;
  return (
    label(left + SIDE / 2, bottom + 16, 'zero', options) +
    label(right + GAP + SIDE / 2, bottom + 16, 'inf, nan', options)
  );
}

function legend(
  y: number,
  format: FormatBand | undefined,
  from: number,
  width: number,
): { readonly body: string; readonly height: number } {
  const box = (hue: string) => (x: number, at: number) =>
    `<rect x="${fixed(x)}" y="${at}" width="10" height="10" fill="${hue}"/>`;
  const ends = (x: number, at: number): string =>
    ENDS.map((end, i) => `<path d="M${fixed(x + i * 4)} ${at - 1}v12" ${end}/>`).join('');
  const keys = [
    { draw: box(HUE.normal), text: 'normal' },
    { draw: box(HUE.subnormal), text: 'subnormal: digits lost' },
    { draw: box(HUE.underflow), text: 'underflow: becomes zero' },
    { draw: box(HUE.overflow), text: 'overflow' },
    { draw: box(HUE.neutral), text: 'exact zero' },
    ...(format === undefined ? [] : [{ draw: ends, text: `ends of ${format.label}` }]),
  ];
  let [x, row] = [from, 0];
  const body = keys.map(({ draw, text }) => {
    const length = 26 + text.length * 5.2;
    if (x > from && x + length - 11 > width) [x, row] = [from, row + 1];
    const at = y + row * LEGEND_ROW;
    const key = draw(x, at) + label(x + 15, at + 9, text, { size: 10 });
    x += length;
    return key;
  });
  return { body: body.join(''), height: (row + 1) * LEGEND_ROW - 4 };
}
