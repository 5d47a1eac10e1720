import { scaleText } from '../../display/exponents';
import { HUE } from '../../display/hues';
import { decodeNumber } from '../../display/numbers';
import { fixed, label } from '../../display/svg';
import { roundTicks } from '../../display/ticks';
import type { FormatBand } from '../../formats/bands';
import type { GradientRanges, RangeLayer, RangeTime } from '../../payloads/ranges/schema';
import { isScaled, zerosMayBeLost } from '../../payloads/ranges/stats';
import { asLost, drawnLoss, slotEnd, statsOverTime } from '../../payloads/ranges/time';
import { shade } from '../../payloads/shade';
import type { PlotArea } from './heatmap-axis';
import { gaps, ink, type Paint } from './heatmap-cells';

/** A pixel for so many of the steps, at most: a picture of a few hundred bytes. */
const COLUMNS = 240;
const MOST_TICKS = 4;
/** Height of the curve of the loss scale. */
const CURVE = 30;

/** A layer with its place in the payload. */
export interface Row {
  readonly layer: RangeLayer;
  readonly index: number;
}

/** Where the rows of a heatmap lie. */
export interface Rows {
  readonly top: number;
  readonly height: number;
}

/**
 * Beside the layers by exponent the same layers by step: what share was lost, and as what, at the loss scale
 * that was in force; above it that scale.
 */
export function stepsPanel(
  payload: GradientRanges,
  time: RangeTime,
  rows: readonly Row[],
  format: FormatBand,
  { start, width }: PlotArea,
  { top, height }: Rows,
  paint: Paint,
  title = 'Lost at each step, by layer',
): string {
  const end = slotEnd(time.slots, time.slots.length - 1, payload.step);
  const columns = Math.min(COLUMNS, end);
  const slots = Array.from({ length: columns }, (_, column) =>
    slotOf(time, (column / columns) * end),
  );
  const pixels = rows.flatMap(({ layer, index }) => {
    const mayBeLost = zerosMayBeLost(payload, layer);
    const inks = statsOverTime(payload, index, format).map((stats) => {
      const { as, share } = drawnLoss(asLost(stats), mayBeLost);
      return ink(as, shade(share, 1));
    });
    return slots.map((slot) => inks[slot] ?? 0);
  });
  const bottom = top + rows.length * height;
  const x = (step: number): number => start + (step / end) * width;
  const box = { x: start, y: top, width, height: bottom - top };
  return (
    label(start, 14, title, { size: 12 }) +
    (rows.some(({ layer }) => isScaled(layer)) ? scaleCurve(time, x, end) : '') +
    paint(pixels, columns, box) +
    gaps(rows.length, top, height, start, start + width) +
    `<path d="M${fixed(start)} ${top}H${fixed(start + width)}V${fixed(bottom)}H${fixed(start)}z" fill="none" stroke="currentColor" opacity="0.25"/>` +
    roundTicks(0, end, MOST_TICKS)
      .filter(Number.isInteger)
      .map(
        (step) =>
          `<path d="M${fixed(x(step))} ${fixed(bottom)}v4" stroke="currentColor" opacity="0.6"/>` +
          label(x(step), bottom + 16, String(step), { anchor: 'middle', size: 10 }),
      )
      .join('') +
    label(start + width / 2, bottom + 30, 'optimizer step', { anchor: 'middle', size: 10 })
  );
}

/** The slot that a step lies in, or comes after. */
function slotOf({ slots }: RangeTime, step: number): number {
  return Math.max(
    0,
    slots.findLastIndex(({ firstStep }) => firstStep <= step),
  );
}

/** The loss scale that each slot had, as a step function; in words alone where it stayed the same. */
function scaleCurve({ slots }: RangeTime, x: (step: number) => number, end: number): string {
  const scales = slots.map(({ scale }) => decodeNumber(scale));
  const exponents = scales.map(Math.log2);
  const [low, high] = [Math.min(...exponents), Math.max(...exponents)];
  if (!Number.isFinite(low) || !Number.isFinite(high)) return '';
  const same = low === high;
  const words = same
    ? `loss scale ${scaleText(scales[0] ?? 1)}`
    : `loss scale ${scaleText(Math.min(...scales))} to ${scaleText(Math.max(...scales))}`;
  const y = (exponent: number): number => 42 + ((high - exponent) / (high - low)) * CURVE;
  const corners = exponents.map((exponent, slot) => {
    const [at, level] = [fixed(x(slots[slot]?.firstStep ?? 0)), fixed(y(exponent))];
    return slot === 0 ? `M${at} ${level}` : `H${at}V${level}`;
  });
  return (
    label(x(0), 31, words, { size: 10 }) +
    (same
      ? ''
      : `<path d="${corners.join('')}H${fixed(x(end))}" fill="none" stroke="${HUE.normal}" stroke-width="1.8"/>`)
  );
}
