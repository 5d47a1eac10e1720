import { decodeNumber, type FormatBand } from 'halfnote/mime';
import {
  atSlot,
  isScaled,
  rangeStats,
  scaleLimit,
  zerosMayBeLost,
  type GradientRanges,
  type RangeLayer,
  type RangeStats,
} from 'halfnote/mime/ranges';

export type Kind = RangeLayer['kind'];

/** What the reader has chosen; undefined follows the payload. */
export interface Choices {
  readonly format?: string | undefined;
  readonly kind?: Kind | undefined;
  /** Exponent of the loss scale, a power of two. */
  readonly scaleExponent?: number | undefined;
  /** Name of the layer whose histogram is open. */
  readonly layer?: string | undefined;
  /** A step of the slot that is shown alone; without one all steps are. */
  readonly step?: number | undefined;
}

export interface LayerReading {
  /** With the values of the steps that are shown. */
  readonly layer: RangeLayer;
  /** Its place in the payload. */
  readonly index: number;
  readonly stats: RangeStats;
  /** Exponent of the largest loss scale that keeps the layer from overflow. */
  readonly limit: number | null;
  /** Some of its zeros may have been something else before they were counted. */
  readonly mayBeLost: boolean;
}

/** The payload as the reader wants it read. */
export interface Reading {
  readonly format: FormatBand;
  readonly formats: readonly FormatBand[];
  readonly kind: Kind;
  readonly kinds: readonly Kind[];
  readonly scaleExponent: number;
  readonly layers: readonly LayerReading[];
  readonly open: LayerReading | undefined;
  /** The slot that is shown alone. */
  readonly slot: number | undefined;
  /** Exponents that the charts span; fixed while the scale moves, so that one sees the bands move. */
  readonly span: readonly [number, number];
}

/** Range of the slider, exponents of two. */
export const SCALES = { min: 0, max: 24 } as const;
const MARGIN = 7;
const EMPTY_SPAN = [-30, 10] as const;

/** Reads `payload` by the reader's choices; undefined when it names no format at all. */
export function read(payload: GradientRanges, choices: Choices): Reading | undefined {
  const format =
    payload.formats.find(({ id }) => id === choices.format) ??
    payload.formats.find(({ id }) => id === payload.format) ??
    payload.formats[0];
  if (format === undefined) return undefined;
  const kinds = [...new Set(payload.layers.map(({ kind }) => kind))];
  const kind = kinds.find((found) => found === choices.kind) ?? kinds[0] ?? 'gradient';
  const slot = slotOf(payload, choices.step);
  const shown = slot === undefined ? payload : atSlot(payload, slot);
  const scaleExponent = choices.scaleExponent ?? exponentOf(decodeNumber(shown.lossScale.value));
  const layers = shown.layers
    .map((layer, index) => ({ layer, index }))
    .filter(({ layer }) => layer.kind === kind)
    .map(({ layer, index }) => ({
      layer,
      index,
      stats: rangeStats(layer, format, 2 ** scaleExponent),
      limit: scaleLimit(layer, format),
      mayBeLost: zerosMayBeLost(payload, layer),
    }));
  return {
    format,
    formats: payload.formats,
    kind,
    kinds,
    scaleExponent,
    layers,
    open: layers.find(({ layer }) => layer.name === choices.layer),
    slot,
    // Of all steps, so that one sees the values move.
    span: span(payload.layers.filter((layer) => layer.kind === kind)),
  };
}

/** The slot that a step lies in: slots become longer while a training goes on. */
function slotOf({ time }: GradientRanges, step: number | undefined): number | undefined {
  if (time === undefined || step === undefined) return undefined;
  return Math.max(
    0,
    time.slots.findLastIndex(({ firstStep }) => firstStep <= step),
  );
}

/** The slider's step for a loss scale: the power of two at or below it, within the slider. */
export function exponentOf(scale: number): number {
  if (!(scale > 0)) return SCALES.min;
  return Math.min(SCALES.max, Math.max(SCALES.min, Math.floor(Math.log2(scale))));
}

function span(layers: readonly RangeLayer[]): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const { bins, firstExponent } of layers) {
    const first = bins.findIndex((values) => values > 0);
    if (first === -1) continue;
    low = Math.min(low, firstExponent + first);
    high = Math.max(high, firstExponent + bins.findLastIndex((values) => values > 0));
  }
  return low > high ? EMPTY_SPAN : [low - MARGIN, high + MARGIN];
}

/** A format's edges as the unscaled values see them: below, rounds to zero; above, overflows. */
export interface Edges {
  readonly zero: number;
  readonly normal: number;
  readonly overflow: number;
}

/** Multiplying gradients by the scale is the same as moving the format's edges the other way. */
export function edges(format: FormatBand, { kind, scaleExponent }: Reading): Edges {
  const shift = isScaled({ kind }) ? scaleExponent : 0;
  return {
    // Values in the octave below the smallest subnormal still round up to it.
    zero: format.minSubnormalExponent - 1 - shift,
    normal: format.minNormalExponent - shift,
    overflow: format.maxExponent + 1 - shift,
  };
}
