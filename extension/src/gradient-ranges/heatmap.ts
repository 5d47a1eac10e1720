import { percent, powerOfTwo, shade } from 'halfnote/mime';
import { isScaled, KIND_NAMES, underflowText, zone, type Zone } from 'halfnote/mime/ranges';
import { layerOf } from '../linked/layer-name';
import {
  axis,
  axisTitle,
  baseLayout,
  literal,
  shortened,
  type Figure,
  type Theme,
  type Trace,
} from '../plot/figure';
import { bandShapes } from './bands';
import { ZONE_SPAN, zonePlace, zoneScale } from './zones';
import { edges, type LayerReading, type Reading } from './reading';
import type { Place } from './walk';

const ROW = 13;
const LEAST_ROW = 2;
const TALLEST = 320;
const RULER_ROW = 12;
const TOP = 8;
const GAP = 20;
const BOTTOM = 42;
const NAME = 26;
/** Pixels that a sign of a name takes. */
const SIGN = 7;
/** What the shades mean, and the pixels under which it would be cut. */
const SHADES = '; darker: more of its values';
const WIDE = 300;
/** Cells that plotly draws at once, of which most are empty. */
const MOST_CELLS = 40_000;

/** Layers by exponent: which powers of two each layer's values have, over the formats' ranges. */
export function heatmapFigure(
  all: Reading,
  theme: Theme,
  width: number,
  cursor?: Place,
  marked?: string,
): Figure {
  const reading = { ...all, layers: drawn(all) };
  const { layers, formats, span } = reading;
  const rows = Math.max(1, layers.length);
  const map = rows * Math.max(LEAST_ROW, Math.min(ROW, TALLEST / rows));
  const ruler = formats.length * RULER_ROW;
  const inner = map + GAP + ruler;
  const { shapes, captions } = bandShapes(reading, theme, plotWidth(all, width));
  return {
    traces: [heat(reading), ...rulers(reading, theme)],
    height: Math.round(TOP + inner + BOTTOM),
    label: describe(reading, all.layers.length),
    layout: {
      ...baseLayout(theme),
      showlegend: false,
      barmode: 'overlay',
      bargap: 0.45,
      margin: { ...sides(all), t: TOP, b: BOTTOM },
      xaxis: exponentAxis(reading, theme, plotWidth(all, width) < WIDE ? '' : SHADES),
      yaxis: axis(theme, {
        automargin: false,
        domain: [0, map / inner],
        range: [rows - 0.5, -0.5],
        tickvals: ticks(layers, map / rows),
        ticktext: ticks(layers, map / rows).map((index) =>
          shortened(layers[index]?.layer.name ?? '', NAME),
        ),
        showgrid: false,
        zeroline: false,
      }),
      yaxis2: axis(theme, {
        automargin: false,
        domain: [(map + GAP) / inner, 1],
        range: [formats.length - 0.5, -0.5],
        tickvals: formats.map((_, index) => index),
        ticktext: formats.map(({ id, label }) =>
          id === reading.format.id ? `<b>${literal(label)}</b>` : literal(label),
        ),
        showgrid: false,
        zeroline: false,
        ticklen: 0,
      }),
      shapes: [
        ...shapes,
        ...selection(reading, theme, span),
        ...marks(reading, theme, marked),
        ...walked(reading, theme, cursor),
      ],
      annotations: captions,
    },
  };
}

/** The first layers, as many as a chart bears. */
export function drawn({ layers, span: [low, high] }: Reading): readonly LayerReading[] {
  return layers.slice(0, Math.max(1, Math.floor(MOST_CELLS / (high - low + 1))));
}

/** Margins that both charts have, so that their bands stand one above the other. */
export function sides({ layers, formats }: Reading): { l: number; r: number } {
  const names = [...layers.map(({ layer }) => layer.name), ...formats.map(({ label }) => label)];
  const signs = names.reduce((most, name) => Math.max(most, Math.min(NAME, name.length)), 6);
  return { l: Math.round(14 + signs * SIGN), r: 12 };
}

/** Pixels between the margins. */
export function plotWidth(reading: Reading, width: number): number {
  const { l, r } = sides(reading);
  return width - l - r;
}

/** The axis of exponents, the same in heatmap and histogram. */
export function exponentAxis({ span, kind }: Reading, theme: Theme, more = ''): object {
  const [low, high] = span;
  const step = high - low > 48 ? 8 : 4;
  const first = Math.ceil(low / step) * step;
  const values = Array.from(
    { length: Math.floor((high - first) / step) + 1 },
    (_, i) => first + i * step,
  );
  return axis(theme, {
    range: [low - 0.5, high + 0.5],
    tickvals: values,
    ticktext: values.map((value) => literal(powerOfTwo(value))),
    zeroline: false,
    title: axisTitle(
      theme,
      `${isScaled({ kind }) ? 'magnitude before loss scaling' : 'magnitude'}${more}`,
    ),
  });
}

function heat(reading: Reading): Trace {
  const { layers, format, span } = reading;
  const [low, high] = span;
  const exponents = Array.from({ length: high - low + 1 }, (_, index) => low + index);
  const shares = layers.map(({ layer }) =>
    exponents.map((exponent) => {
      const values = layer.bins[exponent - layer.firstExponent] ?? 0;
      return values === 0 || layer.count === 0 ? null : values / layer.count;
    }),
  );
  const shift = isScaled(reading) ? reading.scaleExponent : 0;
  const [zmin, zmax] = ZONE_SPAN;
  return {
    type: 'heatmap',
    x: exponents,
    y: layers.map((_, index) => index),
    z: shares.map((row) =>
      row.map((share, column) =>
        share === null ? null : zonePlace(zone(low + column + shift, format), shade(share, 1)),
      ),
    ),
    zmin,
    zmax,
    text: shares.map((row, index) =>
      row.map((share, column) =>
        share === null
          ? ''
          : `${literal(layers[index]?.layer.name ?? '')}<br>${powerOfTwo(low + column)}: ${percent(share).replace('<', '&lt;')} of its values`,
      ),
    ),
    hoverinfo: 'text',
    hoverongaps: false,
    xgap: 1,
    ygap: layers.length > 24 ? 0 : 2,
    colorscale: zoneScale(),
    showscale: false,
  };
}

/** One line a format: thin where it is subnormal, thick where it is normal. */
function rulers(reading: Reading, theme: Theme): Trace[] {
  const { formats, span } = reading;
  const [low, high] = [span[0] - 0.5, span[1] + 0.5];
  const bar = (
    width: number,
    opacity: number,
    ends: (index: number) => readonly [number, number],
  ): Trace => {
    const clipped = formats.map((_, index) => {
      const [from, to] = ends(index);
      return [Math.max(low, Math.min(high, from)), Math.max(low, Math.min(high, to))] as const;
    });
    return {
      type: 'bar',
      orientation: 'h',
      yaxis: 'y2',
      y: formats.map((_, index) => index),
      base: clipped.map(([from]) => from),
      x: clipped.map(([from, to]) => to - from),
      width,
      marker: {
        color: formats.map(({ id }) => (id === reading.format.id ? theme.accents[0] : theme.muted)),
        opacity,
      },
      hoverinfo: 'text',
      hovertext: formats.map(
        ({ label, minSubnormalExponent, minNormalExponent, maxExponent }) =>
          `${literal(label)}: normal from ${powerOfTwo(minNormalExponent)} to ${powerOfTwo(maxExponent)}, ` +
          `subnormal from ${powerOfTwo(minSubnormalExponent)}`,
      ),
    };
  };
  const at = (index: number): ReturnType<typeof edges> => {
    const format = formats[index] ?? reading.format;
    return edges(format, reading);
  };
  return [
    bar(0.16, 0.75, (index) => [at(index).zero - 0.5, at(index).normal - 0.5]),
    bar(0.5, 0.9, (index) => [at(index).normal - 0.5, at(index).overflow - 0.5]),
  ];
}

function selection(
  { layers, open }: Reading,
  theme: Theme,
  span: readonly [number, number],
): object[] {
  const index = layers.findIndex((layer) => layer === open);
  return index === -1 ? [] : [frame(index, span, { color: theme.text, width: 1.5 })];
}

/** A line around a row. */
function frame(index: number, [low, high]: readonly [number, number], line: object): object {
  return {
    type: 'rect',
    xref: 'x',
    yref: 'y',
    x0: low - 0.5,
    x1: high + 0.5,
    y0: index - 0.5,
    y1: index + 0.5,
    line,
  };
}

/** The rows of a layer that is marked in all views: its kernel, its bias, what it puts out. */
function marks({ layers, span }: Reading, theme: Theme, marked?: string): object[] {
  return layers.flatMap(({ layer }, index) =>
    marked === undefined || layerOf(layer.name) !== marked
      ? []
      : [frame(index, span, { color: theme.accents[0], width: 2.5, dash: 'dash' })],
  );
}

/** The cell that the reader walks to. */
function walked({ span }: Reading, theme: Theme, cursor: Place | undefined): object[] {
  if (cursor === undefined) return [];
  const x = span[0] + cursor.column;
  return [
    {
      type: 'rect',
      xref: 'x',
      yref: 'y',
      x0: x - 0.5,
      x1: x + 0.5,
      y0: cursor.row - 0.5,
      y1: cursor.row + 0.5,
      line: { color: theme.text, width: 2 },
    },
  ];
}

const BECOMES: Readonly<Record<Zone, string>> = {
  underflow: 'rounded to zero',
  subnormal: 'subnormal',
  normal: 'normal',
  overflow: 'too large',
};

/** A cell in words, for readers who don't see it. */
export function binText(reading: Reading, { row, column }: Place): string {
  const found = drawn(reading)[row];
  if (found === undefined) return '';
  const { layer } = found;
  const exponent = reading.span[0] + column;
  const values = layer.bins[exponent - layer.firstExponent] ?? 0;
  const share = layer.count === 0 ? 0 : values / layer.count;
  const shift = isScaled(reading) ? reading.scaleExponent : 0;
  const becomes = BECOMES[zone(exponent + shift, reading.format)];
  return `${layer.name}, ${powerOfTwo(exponent)}: ${percent(share)} of its values, ${becomes} in ${reading.format.label}`;
}

/** Layer names where they fit: all of them, or every n-th. */
function ticks(layers: readonly LayerReading[], height: number): number[] {
  const step = Math.max(1, Math.ceil(13 / height));
  return layers.map((_, index) => index).filter((index) => index % step === 0);
}

function describe({ layers, format, kind, scaleExponent }: Reading, all: number): string {
  const [worst] = byLoss(layers);
  const scale = isScaled({ kind }) ? ` at loss scale ${powerOfTwo(scaleExponent)}` : '';
  return (
    `Heatmap of the ${KIND_NAMES[kind]} of ${all > layers.length ? `the first ${layers.length} of ` : ''}${all} layers by exponent, over the range of ${format.label}${scale}. ` +
    (worst === undefined
      ? ''
      : `Most is lost in ${worst.layer.name}: ${underflowText(worst.stats, worst.mayBeLost)} becomes zero, ${percent(worst.stats.overflow)} overflows. `) +
    'The table has the figures.'
  );
}

/** Those that lose most first. */
export function byLoss(layers: readonly LayerReading[]): readonly LayerReading[] {
  return layers.toSorted((a, b) => lost(b) - lost(a));
}

function lost({ stats, mayBeLost }: LayerReading): number {
  return stats.underflow + stats.overflow + (mayBeLost ? stats.zero : 0);
}
