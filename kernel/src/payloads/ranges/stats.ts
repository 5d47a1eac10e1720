import type { FormatBand } from '../../formats/bands';
import { percent } from '../../display/units';
import type { GradientRanges, RangeLayer } from './schema';

/** Where a value with a given exponent lands in a format. */
export type Zone = 'underflow' | 'subnormal' | 'normal' | 'overflow';

/** Fractions of all counted values, in [0, 1]; they add up to 1. */
export interface RangeStats {
  readonly zero: number;
  readonly underflow: number;
  readonly subnormal: number;
  readonly normal: number;
  /** Beyond the largest finite value, infinite values among them. */
  readonly overflow: number;
  readonly nan: number;
  /** Octaves from the smallest to the largest finite value that isn't zero; 0 when there is none. */
  readonly dynamicRange: number;
  /** Exponent of the largest finite value; null when all are zero or not finite. */
  readonly topExponent: number | null;
}

/**
 * The zone of the values in [2^exponent, 2^(exponent + 1)) in `format`, by round to nearest: values
 * in the octave below the smallest subnormal still round up to it, values below that become zero.
 * In the format's top octave all count as normal, though those above its largest value overflow.
 */
export function zone(exponent: number, format: FormatBand): Zone {
  if (exponent > format.maxExponent) return 'overflow';
  if (exponent >= format.minNormalExponent) return 'normal';
  return exponent >= format.minSubnormalExponent - 1 ? 'subnormal' : 'underflow';
}

/** True for what is multiplied by the loss scale while it is computed: gradients of any kind. */
export function isScaled({ kind }: Pick<RangeLayer, 'kind'>): boolean {
  return kind === 'gradient' || kind === 'activation-gradient';
}

/** The smallest exponent of a normal number in fp32, in which nothing is lost before it is counted. */
const FP32_MIN_NORMAL = -126;

/**
 * Whether zeros of a layer may have been something else: gradients are counted when they are done, and what
 * underflowed on the way, in a format of less range than fp32, is a zero like any other.
 */
export function zerosMayBeLost(
  { format, formats }: Pick<GradientRanges, 'format' | 'formats'>,
  layer: Pick<RangeLayer, 'kind' | 'zero'>,
): boolean {
  const computed = formats.find(({ id }) => id === format);
  return (
    computed !== undefined &&
    computed.minNormalExponent > FP32_MIN_NORMAL &&
    isScaled(layer) &&
    layer.zero > 0
  );
}

/** What underflows, `1.2%`; where zeros may be lost values, from what is sure to what there is at most: `0%–1.3%`. */
export function underflowText(
  { underflow, zero }: Pick<RangeStats, 'underflow' | 'zero'>,
  mayBeLost: boolean,
): string {
  if (!mayBeLost || zero === 0) return percent(underflow);
  return `${percent(underflow)}–${percent(underflow + zero)}`;
}

/** Octaves by which the loss scale moves a layer's values: gradients only, whole octaves. */
export function scaleShift(layer: Pick<RangeLayer, 'kind'>, lossScale: number): number {
  if (!isScaled(layer) || !(lossScale > 0) || !Number.isFinite(lossScale)) return 0;
  return Math.floor(Math.log2(lossScale));
}

/** How much of a layer each zone of `format` gets when gradients are multiplied by `lossScale`. */
export function rangeStats(layer: RangeLayer, format: FormatBand, lossScale: number): RangeStats {
  const shift = scaleShift(layer, lossScale);
  const counts = { underflow: 0, subnormal: 0, normal: 0, overflow: layer.inf };
  for (const [index, values] of layer.bins.entries()) {
    if (values > 0) counts[zone(layer.firstExponent + index + shift, format)] += values;
  }
  const first = layer.bins.findIndex((values) => values > 0);
  const last = layer.bins.findLastIndex((values) => values > 0);
  const fraction = (values: number): number => (layer.count === 0 ? 0 : values / layer.count);
  return {
    zero: fraction(layer.zero),
    underflow: fraction(counts.underflow),
    subnormal: fraction(counts.subnormal),
    normal: fraction(counts.normal),
    overflow: fraction(counts.overflow),
    nan: fraction(layer.nan),
    dynamicRange: last === -1 ? 0 : last - first + 1,
    topExponent: last === -1 ? null : layer.firstExponent + last,
  };
}

/**
 * The exponent of the largest power-of-two loss scale at which a gradient layer's largest value
 * stays an octave below the format's top; null for other kinds and for layers without values.
 */
export function scaleLimit(layer: RangeLayer, format: FormatBand): number | null {
  if (!isScaled(layer)) return null;
  const { topExponent } = rangeStats(layer, format, 1);
  return topExponent === null ? null : format.maxExponent - 1 - topExponent;
}
