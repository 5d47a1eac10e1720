import { powerOfTwo } from '../../display/exponents';
import { makeAxis, ticks } from './heatmap-axis';
import type { Axis } from './heatmap-axis';
import { SIDE, areas, cells, raster } from './heatmap-cells';
import type { FormatBand } from '../../formats/bands';
import type { GradientRanges, RangeLayer } from '../../payloads/ranges/schema';
import { decodeNumber } from '../../display/numbers';
import { scaleShift, zerosMayBeLost } from '../../payloads/ranges/stats';
import { KIND_NAMES, worstLayers } from '../../payloads/ranges/verdict';
import { stepsPanel, type Row } from './heatmap-steps';
import type { Draw } from '../../display/exhibits';
import { HUE } from '../../display/hues';
import { type Drawing, fixed, label, NARROW } from '../../display/svg';

const LEFT = 158;
const NARROW_LEFT = 104;
const PLOT = 560;
/** Of the exponents where the steps stand beside them, and of the steps. */
const EXPONENTS = 330;
const STEPS = 220;
const BETWEEN = 24;
const MARGIN = 14;
const GAP = 6;
const BAND = 13;
const LEGEND_ROW = 16;
/** The rows of a picture that is seen at once. */
const FEW = 8;
const FEW_HEIGHT = 112;
const KINDS: readonly RangeLayer['kind'][] = [
  'gradient',
  'activation-gradient',
  'activation',
  'weight',
];

/** What is seen at once: the layers of the first kind that lose most, in the model's order. */
export function firstHeatmap(payload: GradientRanges): Draw {
  const rows = rowsOf(payload, payload.layers[0]?.kind ?? 'gradient');
  if (rows.length <= FEW) return (width) => heatmap(payload, rows, { width });
  const format = payload.formats.find(({ id }) => id === payload.format);
  const worst = format === undefined ? rows : worstLayers(payload, format);
  const few = worst.slice(0, FEW).toSorted((a, b) => a.index - b.index);
  const some = `${FEW} of ${rows.length} layers, those that lose most`;
  return (width) => heatmap(payload, few, { some, width });
}

/** What {@link firstHeatmap} leaves out: all layers, where they are many, and the other kinds. */
export function otherHeatmaps(payload: GradientRanges): Draw[] {
  const [first, ...others] = KINDS.filter((kind) => payload.layers.some((l) => l.kind === kind));
  const kinds =
    first !== undefined && rowsOf(payload, first).length > FEW ? [first, ...others] : others;
  // The bands of the formats, and what the hues mean, stand in the first picture.
  return kinds.map((kind) => {
    const bands = kind === first ? [] : payload.formats;
    return (width) => heatmap(payload, rowsOf(payload, kind), { bands, width });
  });
}

function rowsOf(payload: GradientRanges, kind: RangeLayer['kind']): Row[] {
  return payload.layers.flatMap((layer, index) => (layer.kind === kind ? [{ layer, index }] : []));
}

interface HeatmapOptions {
  /** Which layers, where they aren't all. */
  readonly some?: string;
  /** Formats whose bands are drawn above. Default: all. */
  readonly bands?: readonly FormatBand[];
  /** For paper, a width other than the notebook's. */
  readonly width: number | undefined;
}

/** Names beside the picture: the room that they have, and how many letters that is. */
interface Names {
  readonly left: number;
  readonly letters: number;
}

/** Where the exponents lie, and beside them the steps, across the picture. */
interface Columns {
  readonly beside: Names;
  readonly plot: number;
  readonly between: number;
  readonly steps: number;
}

function columnsFor(width: number | undefined, hasSteps: boolean): Columns {
  const beside =
    width !== undefined && width < NARROW
      ? { left: NARROW_LEFT, letters: 16 }
      : { left: LEFT, letters: 23 };
  if (width === undefined)
    return hasSteps
      ? { beside, plot: EXPONENTS, between: BETWEEN, steps: STEPS }
      : { beside, plot: PLOT, between: 0, steps: 0 };
  const room = width - beside.left - 2 * (SIDE + GAP) - MARGIN;
  if (!hasSteps) return { beside, plot: room, between: 0, steps: 0 };
  const steps = Math.round(0.4 * (room - BETWEEN));
  return { beside, plot: room - BETWEEN - steps, between: BETWEEN, steps };
}

/** Layer by exponent, and beside it layer by step: density as opacity, zone as hue. */
function heatmap(
  payload: GradientRanges,
  rows: readonly Row[],
  { some, bands = payload.formats, width: forPaper }: HeatmapOptions,
): Drawing | undefined {
  if (rows.length === 0) return undefined;
  const layers = rows.map(({ layer }) => layer);
  const kind = layers[0]?.kind ?? 'gradient';
  const shift = scaleShift({ kind }, decodeNumber(payload.lossScale.value));
  const format = payload.formats.find(({ id }) => id === payload.format);
  const time = format === undefined ? undefined : payload.time;
  const { beside, plot, between, steps } = columnsFor(forPaper, time !== undefined);
  const { left } = beside;
  const axis = makeAxis(layers, format, shift, { start: left + SIDE + GAP, width: plot });
  const below = 24 + bands.length * BAND + 8;
  const top = time === undefined ? below : Math.max(80, below);
  const height = Math.max(
    5,
    Math.min(18, (layers.length <= FEW ? FEW_HEIGHT : 720) / layers.length),
  );
  const bottom = top + layers.length * height;
  const right = left + SIDE + GAP + plot;
  const stepsStart = right + GAP + SIDE + between;
  const width = stepsStart + steps + MARGIN;
  const isNarrow = width < NARROW;
  const scaled = shift === 0 ? '' : `, bands moved by the loss scale ${powerOfTwo(shift)}`;
  const shown = `${capitalized(KIND_NAMES[kind])} by layer and exponent${time === undefined ? '' : ', and what was lost by step'}`;
  const mayBeLost = layers.some((layer) => zerosMayBeLost(payload, layer));
  const keys =
    bands.length === 0
      ? { body: '', height: 0 }
      : legend({ y: bottom + 38, from: isNarrow ? 0 : left, width }, format, mayBeLost);
  const paint = forPaper === undefined ? raster : areas;
  const place = { start: stepsStart, width: steps };
  return {
    title: `${shown}, ${payload.title}`,
    description:
      `A row for each of ${some ?? `${layers.length} layers`}, a column for each power of two; darker means more values. ` +
      (bands.length === 0
        ? ''
        : `Blue is normal in ${payload.format}, amber subnormal, red rounds to zero, violet overflows${scaled}. `) +
      (time === undefined
        ? ''
        : 'Beside it a column for each step: the share that was lost at the loss scale in force. ') +
      'The table below has the figures.',
    width,
    height: bottom + 42 + keys.height,
    body:
      label(0, 14, titleOf(kind, time === undefined ? scaled : '', isNarrow ? undefined : some), {
        size: 12,
      }) +
      bands.map((band, i) => bandRow(band, 24 + i * BAND, axis, shift, beside)).join('') +
      cells(paint, layers, format, shift, axis, top, height, [left, right + GAP]) +
      (format === undefined ? '' : limits(format, axis, shift, top - 6, bottom)) +
      names(layers, top, height, beside) +
      ticks(axis, bottom) +
      sideLabels(left, right, bottom) +
      label(
        axis.x((axis.low + axis.high) / 2),
        bottom + 30,
        isNarrow ? 'magnitude' : 'magnitude of a value, as a power of two',
        { anchor: 'middle', size: 10 },
      ) +
      (format === undefined || time === undefined
        ? ''
        : stepsPanel(payload, time, rows, format, place, { top, height }, paint)) +
      keys.body,
  };
}

function titleOf(kind: RangeLayer['kind'], scaled: string, some: string | undefined): string {
  return `${capitalized(KIND_NAMES[kind])}${some === undefined ? '' : `: ${some}`}${scaled}`;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
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
  const open =
    (band.minSubnormalExponent - shift < axis.low ? label(axis.x(axis.low) + 3, y + 11, '←') : '') +
    (band.maxExponent + 1 - shift > axis.high
      ? label(axis.x(axis.high) - 3, y + 11, '→', { anchor: 'end' })
      : '');
  return (
    label(left - 8, y + 11, band.label, { anchor: 'end' }, letters - 1) +
    part(subnormal, normal, HUE.subnormal) +
    part(normal, end, HUE.normal) +
    open
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
  const every = Math.ceil((height < 11 ? 30 : 11) / height);
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
  { y, from, width }: { readonly y: number; readonly from: number; readonly width: number },
  format: FormatBand | undefined,
  mayBeLost: boolean,
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
    { draw: box(HUE.neutral), text: mayBeLost ? 'zero or lost' : 'exact zero' },
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
