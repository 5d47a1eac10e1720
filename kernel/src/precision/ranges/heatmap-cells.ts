import type { Axis } from './heatmap-axis';
import type { FormatBand } from '../../formats/bands';
import type { RangeLayer } from '../../payloads/ranges/schema';
import { zone } from '../../payloads/ranges/stats';
import { SHADES, shade } from '../../payloads/shade';
import { HUE } from '../../display/hues';
import { png } from '../../display/png';
import { fixed } from '../../display/svg';

/** Width of the columns for zeros on the left and for what is not finite on the right. */
export const SIDE = 16;

/** White, then each hue in its shades. */
const HUES = Object.keys(HUE) as (keyof typeof HUE)[];
const WHITE = [255, 255, 255] as const;
const PALETTE = [
  WHITE,
  ...HUES.flatMap((hue) =>
    Array.from({ length: SHADES }, (_, index) => onWhite(HUE[hue], (index + 1) / SHADES)),
  ),
];

/** A hue's shade as its place in the palette. */
export function ink(hue: keyof typeof HUE, level: number): number {
  return level === 0 ? 0 : 1 + HUES.indexOf(hue) * SHADES + level - 1;
}

/** Draws pixels, row by row. */
export type Paint = (pixels: readonly number[], columns: number, box: Box) => string;

/** All cells, as `paint` has them. */
export function cells(
  paint: Paint,
  layers: readonly RangeLayer[],
  format: FormatBand | undefined,
  shift: number,
  axis: Axis,
  top: number,
  height: number,
  [left, right]: readonly [left: number, right: number],
): string {
  const octaves = axis.high - axis.low;
  const map = layers.flatMap((layer) =>
    Array.from({ length: octaves }, (_, index) => {
      const exponent = axis.low + index;
      const values = layer.bins[exponent - layer.firstExponent] ?? 0;
      const where = format === undefined ? 'normal' : zone(exponent + shift, format);
      return ink(where, shade(values, layer.count));
    }),
  );
  const zeros = layers.map(({ zero, count }) => ink('neutral', shade(zero, count)));
  const beyond = layers.map(({ inf, nan, count }) => ink('overflow', shade(inf + nan, count)));
  const rows = layers.length;
  const box = { y: top, height: rows * height };
  const start = axis.x(axis.low);
  return (
    paint(map, octaves, { ...box, x: start, width: axis.x(axis.high) - start }) +
    paint(zeros, 1, { ...box, x: left, width: SIDE }) +
    paint(beyond, 1, { ...box, x: right, width: SIDE }) +
    gaps(rows, top, height, left, right + SIDE)
  );
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** An image with a pixel for each: small however many there are. */
export function raster(
  pixels: readonly number[],
  columns: number,
  { x, y, width, height }: Box,
): string {
  if (pixels.every((pixel) => pixel === 0)) return '';
  // Of the palette what is used: the whole is larger than most pictures.
  const used = [...new Set(pixels)];
  const places = new Map(used.map((pixel, place) => [pixel, place]));
  const data = png(
    pixels.map((pixel) => places.get(pixel) ?? 0),
    columns,
    used.map((pixel) => PALETTE[pixel] ?? WHITE),
  ).toString('base64');
  return (
    `<image x="${fixed(x)}" y="${fixed(y)}" width="${fixed(width)}" height="${fixed(height)}" ` +
    `preserveAspectRatio="none" style="image-rendering:pixelated" href="data:image/png;base64,${data}"/>`
  );
}

/** One path for each color, of the runs that it fills: sharp on paper at any size. */
export function areas(
  pixels: readonly number[],
  columns: number,
  { x, y, width, height }: Box,
): string {
  const [pitch, row] = [width / columns, (height * columns) / pixels.length];
  const paths = new Map<number, string>();
  for (let from = 0; from < pixels.length;) {
    const color = pixels[from] ?? 0;
    const first = from % columns;
    let end = from;
    do end++;
    while (end % columns !== 0 && pixels[end] === color);
    const run = `M${fixed(x + first * pitch)} ${fixed(y + Math.floor(from / columns) * row)}h${fixed((end - from) * pitch)}v${fixed(row)}h${fixed((from - end) * pitch)}z`;
    if (color !== 0) paths.set(color, (paths.get(color) ?? '') + run);
    from = end;
  }
  return Array.from(paths, ([color, path]) => `<path d="${path}" fill="${hex(color)}"/>`).join('');
}

function hex(color: number): string {
  return `#${(PALETTE[color] ?? []).map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** White lines between rows that are high enough for them. */
export function gaps(rows: number, top: number, height: number, from: number, to: number): string {
  if (height < 8) return '';
  const lines = Array.from(
    { length: rows },
    (_, row) => `M${from} ${fixed(top + (row + 1) * height - 0.5)}H${fixed(to)}`,
  );
  return `<path d="${lines.join('')}" stroke="#fff"/>`;
}

function onWhite(hex: string, opacity: number): readonly [number, number, number] {
  const channel = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16);
    return Math.round(255 + (value - 255) * opacity);
  };
  return [channel(1), channel(3), channel(5)];
}
