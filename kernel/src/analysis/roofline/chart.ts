import { HUE } from '../../display/hues';
import { type Drawing, fixed, label, NARROW } from '../../display/svg';
import { escapeHtml } from '../../display/text';
import { si, significant } from '../../display/units';
import { logScale, type LogScale } from './log-scale';
import { HALF, MARKERS, placeNumbers, type Spot } from './markers';
import type { Roof, RooflinePoint, RooflineResult } from './result';

const [WIDTH, LEFT, MARGIN, TOP, BOTTOM] = [680, 84, 16, 14, 250] as const;
const HUES = [HUE.normal, HUE.subnormal, HUE.overflow, HUE.underflow, HUE.neutral] as const;
/** Lines differ without their color too. */
const DASHES = ['', '7 3', '2 3', '9 3 2 3', '1 2'] as const;
const [ENTRY, ROW] = [290, 18] as const;

interface Axes {
  readonly right: number;
  readonly x: LogScale;
  readonly y: LogScale;
}

interface Drawn extends Roof {
  readonly peakFlopPerS: number;
  readonly bandwidthBytePerS: number;
  readonly ridgeFlopPerByte: number;
}

/** Roofs and the layers under them on logarithmic axes; nothing where no format has a roof. */
export function rooflineChart(
  { model, batchSize, roofs, points }: RooflineResult,
  width: number = WIDTH,
): Drawing | undefined {
  const drawn = roofs.filter((roof): roof is Drawn => roof.peakFlopPerS !== null);
  if (drawn.length === 0) return undefined;
  const axes = axesOf(drawn, points, width - MARGIN);
  const styleOf = (format: string): number => drawn.findIndex((roof) => roof.format === format);
  const spots = points.map((point): Spot => ({
    x: axes.x.at(point.intensityFlopPerByte),
    y: axes.y.at(point.measuredFlopPerS ?? point.attainableFlopPerS),
    text: String(point.number),
  }));
  const markers = points.map((point, i) => marker(point, spots[i], styleOf(point.format)));
  const perRow = width < NARROW ? 1 : 2;
  const legend = drawn.map((roof, i) => legendEntry(roof, i, perRow));
  const foot = BOTTOM + 46 + Math.ceil(drawn.length / perRow) * ROW + 12;
  const remarks = perRow === 1 ? REMARKS : [REMARKS.join('; ')];
  const numbers = placeNumbers(spots)
    .map(({ x, y, text }) => label(x, y, text, { anchor: 'middle', size: 10 }))
    .join('');
  return {
    title: `Roofline of ${model}, batch ${batchSize}`,
    description: drawn.map(described).join('; '),
    width,
    height: foot + 10 + (remarks.length - 1) * 14,
    body:
      grid(axes) +
      drawn.map((roof, i) => roofLine(roof, axes, i)).join('') +
      markers.join('') +
      // A halo keeps numbers readable where they stand on a line.
      `<g stroke="#fff" stroke-width="3" stroke-linejoin="round">${numbers}</g>${numbers}` +
      legend.join('') +
      remarks
        .map((line, i) => label(LEFT, foot + i * 14, line, { size: 10, opacity: 0.8 }))
        .join(''),
  };
}

const REMARKS = [
  'filled: measured; hollow: the roof, not measured',
  'numbers: layers, as in the table',
];

function axesOf(roofs: readonly Drawn[], points: readonly RooflinePoint[], right: number): Axes {
  const intensities = points.map(({ intensityFlopPerByte }) => intensityFlopPerByte);
  const ridges = roofs.map(({ ridgeFlopPerByte }) => ridgeFlopPerByte);
  const x = logScale([...intensities, ...ridges, Math.min(...ridges) / 8], LEFT, right);
  const speeds = points.flatMap(({ attainableFlopPerS, measuredFlopPerS }) => [
    attainableFlopPerS,
    measuredFlopPerS ?? attainableFlopPerS,
  ]);
  const peaks = roofs.map(({ peakFlopPerS }) => peakFlopPerS);
  const y = logScale([...speeds, ...peaks, Math.min(...peaks) / 20], BOTTOM, TOP);
  return { right, x, y };
}

function grid({ right, x, y }: Axes): string {
  const line = (d: string): string => `<path d="${d}" stroke="currentColor" opacity="0.15"/>`;
  return (
    x.ticks
      .map(
        (tick) =>
          line(`M${fixed(x.at(tick))} ${TOP}V${BOTTOM}`) +
          label(x.at(tick), BOTTOM + 14, significant(tick, 1), { anchor: 'middle', size: 10 }),
      )
      .join('') +
    y.ticks
      .map(
        (tick) =>
          line(`M${LEFT} ${fixed(y.at(tick))}H${right}`) +
          label(LEFT - 6, y.at(tick) + 4, si(tick, 'FLOP/s').replace(/\.0+ /, ' '), {
            anchor: 'end',
            size: 10,
          }),
      )
      .join('') +
    `<path d="M${LEFT} ${TOP}V${BOTTOM}H${right}" fill="none" stroke="currentColor" opacity="0.6"/>` +
    label((LEFT + right) / 2, BOTTOM + 30, 'FLOP per byte moved', { anchor: 'middle' })
  );
}

/** Up along the memory's slope, then flat at the peak; cut at the lower edge of the chart. */
function roofLine(roof: Drawn, { x, y }: Axes, i: number): string {
  const { peakFlopPerS: peak, bandwidthBytePerS: bandwidth, ridgeFlopPerByte: ridge } = roof;
  const start = Math.max(x.low, y.low / bandwidth);
  const corners = [
    [start, start * bandwidth],
    [ridge, peak],
    [x.high, peak],
  ] as const;
  const path = corners.map(([a, b]) => `${fixed(x.at(a))} ${fixed(y.at(b))}`).join('L');
  return `<path d="M${path}" fill="none" stroke="${hue(i)}" stroke-width="2"${dash(i)}><title>${escapeHtml(described(roof))}</title></path>`;
}

function marker(point: RooflinePoint, spot: Spot | undefined, i: number): string {
  if (spot === undefined) return '';
  const { measuredFlopPerS: measured, attainableFlopPerS: roof } = point;
  const speed =
    measured === null
      ? `roof ${si(roof, 'FLOP/s')}`
      : `${si(measured, 'FLOP/s')} measured, roof ${si(roof, 'FLOP/s')}`;
  const title = `${point.number} ${point.name}, ${point.format}: ${significant(point.intensityFlopPerByte)} FLOP/B, ${speed}, bound by ${point.bound}`;
  return shape(spot.x, spot.y, i, measured !== null, title);
}

function shape(x: number, y: number, i: number, isFilled: boolean, title = ''): string {
  const path = MARKERS[i % MARKERS.length]?.(x, y) ?? '';
  const fill = isFilled ? hue(i) : 'none';
  const text = title === '' ? '' : `<title>${escapeHtml(title)}</title>`;
  return `<path d="${path}" fill="${fill}" stroke="${hue(i)}" stroke-width="1.5">${text}</path>`;
}

function legendEntry(roof: Drawn, i: number, perRow: number): string {
  const x = LEFT + (i % perRow) * ENTRY;
  const y = BOTTOM + 48 + Math.floor(i / perRow) * ROW;
  return (
    `<path d="M${x} ${y}h34" stroke="${hue(i)}" stroke-width="2"${dash(i)}/>` +
    shape(x + 17, y, i, true) +
    label(x + 42, y + HALF, described(roof))
  );
}

function described({ format, peakFlopPerS: peak, bandwidthBytePerS: bandwidth }: Drawn): string {
  const unit = format === 'int8' ? 'OP/s' : 'FLOP/s';
  return `${format}: ${si(peak, unit)}, ${si(bandwidth, 'B/s')}`;
}

function hue(i: number): string {
  return HUES[i % HUES.length] ?? HUE.neutral;
}

function dash(i: number): string {
  const pattern = DASHES[i % DASHES.length] ?? '';
  return pattern === '' ? '' : ` stroke-dasharray="${pattern}"`;
}
