import { type Drawing, fixed, label, NARROW } from '../../display/svg';
import { significant } from '../../display/units';
import { markOf } from '../../payloads/sensitivity/marks';

/** One layer's figures, by format; figures that are not finite have no mark. */
export interface ChartRow {
  readonly name: string;
  readonly figures: readonly { readonly format: string; readonly value: number }[];
}

export interface Chart {
  readonly title: string;
  /** Under the axis: what is measured, its unit, and which way is worse. */
  readonly axis: string;
  readonly formats: readonly string[];
  readonly rows: readonly ChartRow[];
}

const WIDTH = 620;
const RIGHT = 30;
/** Between the keys of formats. */
const KEY = 80;
const ROW = 20;
const TOP = 24;
/** Layers whose figures are in words; the table beside the chart has all. */
const SAID = 3;

/** A mark per layer and format along one axis; nothing where there is no figure. */
export function sensitivityChart(
  { title, axis, formats, rows }: Chart,
  width = WIDTH,
): Drawing | undefined {
  const values = rows
    .flatMap(({ figures }) => figures.map(({ value }) => value))
    .filter(Number.isFinite);
  if (values.length === 0) return undefined;
  const [left, letters] = width < NARROW ? [100, 15] : [170, 26];
  const plot = width - left - RIGHT;
  const keysPerRow = Math.max(1, Math.floor((plot + RIGHT) / KEY));
  const top = TOP + Math.ceil(formats.length / keysPerRow) * 16;
  const ticks = ticksOf(Math.min(0, ...values), Math.max(0, ...values));
  const [low = 0, high = 1] = [ticks[0], ticks.at(-1)];
  const x = (value: number): number => left + ((value - low) / (high - low)) * plot;
  const bottom = top + rows.length * ROW;
  // Each format on a line of its own, so that equal figures don't hide each other.
  const step = Math.min(4, 12 / formats.length);
  const lane = (format: number): number => (format - (formats.length - 1) / 2) * step;
  const lines = ticks.map(
    (tick) =>
      `<path d="M${fixed(x(tick))} ${top - 4}V${bottom}" stroke="currentColor" opacity="${tick === 0 ? 0.6 : 0.15}"/>` +
      label(x(tick), bottom + 14, String(Number(tick.toPrecision(6))), {
        anchor: 'middle',
        opacity: 0.8,
        size: 10,
      }),
  );
  const names = rows.map(({ name }, row) =>
    label(left - 10, top + row * ROW + ROW / 2 + 4, name, { anchor: 'end' }, letters),
  );
  const marks = formats.map((format, index) =>
    marked(
      index,
      rows.flatMap(({ figures }, row) => {
        const { value = NaN } = figures.find((figure) => figure.format === format) ?? {};
        const y = top + row * ROW + ROW / 2 + lane(index);
        return Number.isFinite(value) ? [[x(value), y] as const] : [];
      }),
    ),
  );
  const legend = formats.map((format, i) => {
    const at = left + (i % keysPerRow) * KEY;
    const y = 16 + Math.floor(i / keysPerRow) * 16;
    return marked(i, [[at + 5, y]]) + label(at + 15, y + 4, format);
  });
  return {
    title,
    description:
      rows
        .slice(0, SAID)
        .map(
          ({ name, figures }) =>
            `${name}: ${figures.map(({ format, value }) => `${format} ${significant(value)}`).join(', ')}`,
        )
        .join('; ') + (rows.length > SAID ? `; the table has the other ${rows.length - SAID}` : ''),
    width,
    height: bottom + 34,
    body:
      lines.join('') +
      names.join('') +
      marks.join('') +
      legend.join('') +
      label(left + plot / 2, bottom + 29, axis, { anchor: 'middle', size: 10 }),
  };
}

/** A format's marks as one path: a picture in a notebook is stored with each of its outputs. */
function marked(index: number, places: readonly (readonly [x: number, y: number])[]): string {
  const { hue, path } = markOf(index);
  const all = places.map(([x, y]) => `M${fixed(x)} ${fixed(y)}${path}`);
  return all.length === 0 ? '' : `<path d="${all.join('')}" fill="${hue}"/>`;
}

/** Round numbers from at most `low` to at least `high`, four to nine of them. */
function ticksOf(low: number, high: number): number[] {
  const span = high - low || 1;
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const step = [1, 2, 5, 10].map((n) => n * power).find((size) => span / size <= 6) ?? power;
  const first = Math.floor(low / step);
  const count = Math.ceil(high / step) - first + 1;
  return Array.from({ length: Math.max(2, count) }, (_, i) => (first + i) * step);
}
