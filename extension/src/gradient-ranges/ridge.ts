import { decodeNumber, powerOfTwo } from 'halfnote/mime';
import {
  isScaled,
  layerAt,
  scaleShift,
  type GradientRanges,
  type RangeSlot,
} from 'halfnote/mime/ranges';
import type { Drawn } from './drawing';
import type { LayerReading, Reading } from './reading';
import { at, drawn } from './svg';

const TOP = 30;
const LINES = 170;
/** How high the highest of the histograms is. */
const PEAK = 44;
const BOTTOM = 36;
const LEFT = 48;
const RIGHT = 12;
const MOST_TICKS = 6;

/** A layer's histogram in one slot, as shares of its values there. */
export interface RidgeLine {
  readonly slot: RangeSlot;
  readonly firstExponent: number;
  readonly shares: readonly number[];
  /** Exponents at which values become zero, and overflow, at the slot's loss scale. */
  readonly zero: number;
  readonly overflow: number;
}

/** One layer's histogram over time; undefined where the payload doesn't keep steps apart. */
export function ridgeOf(
  payload: GradientRanges,
  { layer, index }: LayerReading,
  { format }: Pick<Reading, 'format'>,
): readonly RidgeLine[] | undefined {
  const { time } = payload;
  if (time === undefined) return undefined;
  return time.slots.map((slot, column) => {
    const own = layerAt(layer, time.layers[index], column);
    const shift = scaleShift(layer, decodeNumber(slot.scale));
    return {
      slot,
      firstExponent: own.firstExponent,
      shares: own.bins.map((values) => (own.count === 0 ? 0 : values / own.count)),
      zero: format.minSubnormalExponent - 1 - shift,
      overflow: format.maxExponent + 1 - shift,
    };
  });
}

/** The lines one below the other, the first step on top, and where the format ends at each. */
export function drawRidge(
  lines: readonly RidgeLine[],
  {
    span,
    kind,
    format,
    layer,
  }: Pick<Reading, 'span' | 'kind' | 'format'> & { readonly layer: string },
  width: number,
  slot?: number,
): Drawn {
  const [low, high] = span;
  const inner = Math.max(1, width - LEFT - RIGHT);
  const x = (exponent: number): number => LEFT + ((exponent - low) / (high + 1 - low)) * inner;
  const gap = LINES / Math.max(1, lines.length);
  const y = (line: number): number => TOP + PEAK + (line + 1) * gap - gap / 2;
  const peak = lines.reduce((most, { shares }) => Math.max(most, ...shares), 0);
  const bottom = TOP + PEAK + LINES;
  return {
    height: bottom + BOTTOM,
    children: [
      drawn('text', { x: 0, y: 12 }, [`${layer} over the steps, the first on top`]),
      ...lines.map((line, index) =>
        drawn('path', {
          class: index === slot ? 'hn-ridge hn-ridge-chosen' : 'hn-ridge',
          d: outline(line, x, y(index), peak),
        }),
      ),
      ...edges(lines, x, y, gap, [low, high]),
      ...labels(lines, y),
      ...exponents(low, high, x, bottom),
      drawn(
        'text',
        { class: 'hn-tick', x: at(LEFT + inner / 2), y: at(bottom + 30), 'text-anchor': 'middle' },
        [
          `${isScaled({ kind }) ? 'magnitude before loss scaling' : 'magnitude'}; lines: where ${format.label} ends`,
        ],
      ),
    ],
  };
}

function outline(
  { firstExponent, shares }: RidgeLine,
  x: (exponent: number) => number,
  base: number,
  peak: number,
): string {
  if (shares.length === 0 || peak === 0) return '';
  const points = shares.map(
    (share, index) => `L${at(x(firstExponent + index + 0.5))} ${at(base - (share / peak) * PEAK)}`,
  );
  return `M${at(x(firstExponent))} ${at(base)}${points.join('')}L${at(x(firstExponent + shares.length))} ${at(base)}`;
}

/** The format's ends, which move with the loss scale. */
function edges(
  lines: readonly RidgeLine[],
  x: (exponent: number) => number,
  y: (line: number) => number,
  gap: number,
  [low, high]: readonly [number, number],
): SVGElement[] {
  return (['zero', 'overflow'] as const).map((what) => {
    const parts = lines.map((line, index) => {
      const exponent = line[what];
      if (exponent < low || exponent > high + 1) return '';
      return `M${at(x(exponent))} ${at(y(index) - gap / 2)}v${at(gap)}`;
    });
    return drawn('path', { class: `hn-edge-${what}`, d: parts.join('') });
  });
}

function labels(lines: readonly RidgeLine[], y: (line: number) => number): SVGElement[] {
  const every = Math.max(1, Math.ceil(lines.length / MOST_TICKS));
  return lines.flatMap(({ slot }, index) =>
    index % every === 0
      ? [
          drawn(
            'text',
            { class: 'hn-tick', x: LEFT - 6, y: at(y(index) + 3), 'text-anchor': 'end' },
            [slot.firstStep.toLocaleString('en')],
          ),
        ]
      : [],
  );
}

function exponents(
  low: number,
  high: number,
  x: (exponent: number) => number,
  bottom: number,
): SVGElement[] {
  const step = high - low > 48 ? 16 : 8;
  const first = Math.ceil(low / step) * step;
  return Array.from({ length: Math.floor((high - first) / step) + 1 }, (_, index) => {
    const exponent = first + index * step;
    return drawn(
      'text',
      { class: 'hn-tick', x: at(x(exponent + 0.5)), y: at(bottom + 14), 'text-anchor': 'middle' },
      [powerOfTwo(exponent)],
    );
  });
}
