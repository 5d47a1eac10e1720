import { limits } from '../../formats/limits';
import { FORMATS, type FormatId } from '../../formats/table';
import { powerOfTwo } from '../../display/exponents';
import type { RangeLayer } from '../../payloads/ranges/schema';
import { isScaled } from '../../payloads/ranges/stats';
import { percent } from '../../display/units';

export interface LossScaleSuggestion {
  readonly scale: number;
  readonly reason: string;
}

/** Powers of two kept free between the 99.9th percentile and the largest fp16 value. */
const HEADROOM = 2;
const MOST = 24;

/** PyTorch's first scale, to try where nothing is known. */
const FIRST_TRY = 16;

/**
 * The largest power of two, between 1 and 2^24, that leaves the largest recorded gradient an octave,
 * and the 99.9th percentile of magnitudes two octaves, below the largest fp16 value. What is NaN or
 * infinite counts for nothing, and the reason says so.
 *
 * @param current The loss scale in force: the reason tells what underflows under it.
 * @param computed The format that the gradients were computed in: in fp16, zeros may have underflowed.
 */
export function suggestLossScale(
  layers: readonly RangeLayer[],
  current = 1,
  computed: FormatId = 'fp32',
): LossScaleSuggestion {
  const gradients = layers.filter(isScaled);
  if (gradients.length === 0) {
    const reason =
      layers.length === 0
        ? 'Nothing is recorded yet: run %gradients on, train, and show it again.'
        : 'No gradients were recorded.';
    return { scale: current, reason };
  }
  const counts = totalByExponent(gradients);
  const exponents = [...counts.keys()].sort((a, b) => a - b);
  const largest = exponents.at(-1);
  const lost = notFinite(gradients);
  if (largest === undefined) return withoutFigures(lost, current, computed);
  const typical = percentile(counts, exponents, 0.999);
  const { maxExponent } = limits(FORMATS.fp16);
  const byBulk = maxExponent - HEADROOM - typical;
  const byLargest = maxExponent - 1 - largest;
  const wanted = Math.min(byBulk, byLargest);
  const exponent = Math.min(MOST, Math.max(0, wanted));
  const left =
    lost === 0
      ? ''
      : `${percent(lost)} of the recorded gradients are NaN or infinite and count for nothing here. `;
  const bound = boundText(gradients, { largest, typical, isByLargest: byLargest <= byBulk });
  const limit =
    wanted > MOST
      ? ` More than ${powerOfTwo(MOST)} gains nothing.`
      : wanted < 0
        ? ' They leave fp16 no room even unscaled: bf16 has it.'
        : '';
  return {
    scale: 2 ** exponent,
    reason: `${left}${bound} ${underflowText(counts, current, exponent)}${limit}`,
  };
}

/** The share of all values that are NaN or infinite. */
function notFinite(gradients: readonly RangeLayer[]): number {
  const total = gradients.reduce((sum, { count }) => sum + count, 0);
  const lost = gradients.reduce((sum, { inf, nan }) => sum + inf + nan, 0);
  return total === 0 ? 0 : lost / total;
}

/** Nothing but zeros, NaN and infinities: no scale follows from them. */
function withoutFigures(lost: number, current: number, computed: FormatId): LossScaleSuggestion {
  if (lost > 0) {
    const scaled =
      current > 1
        ? ` Or the loss scale of ${scaleName(current)} is too large: setLossScaler('pytorch') lowers it by itself.`
        : '';
    return {
      scale: 1,
      reason:
        `${percent(lost)} of the recorded gradients are NaN or infinite${lost < 1 ? ', and the others zero' : ''}: ` +
        `activations or the loss overflow, or the data hold NaN, which no loss scale mends. ` +
        `%explain tells the layers to keep in fp32.${scaled}`,
    };
  }
  if (computed !== 'fp16' || current >= 2 ** FIRST_TRY) {
    return { scale: current, reason: 'No gradient other than zero was recorded.' };
  }
  return {
    scale: 2 ** FIRST_TRY,
    reason:
      `No gradient other than zero was recorded. They were computed in fp16, where at loss scale ` +
      `${scaleName(current)} all below ${powerOfTwo(lostBelow(current))} becomes zero. Try PyTorch's first scale, ` +
      `setLossScaler('pytorch'), and record again.`,
  };
}

/** The exponent below which an unscaled gradient becomes zero in fp16. */
function lostBelow(scale: number): number {
  // A value in the octave below the smallest subnormal still rounds up to it.
  return limits(FORMATS.fp16).minSubnormalExponent - 1 - Math.floor(Math.log2(scale));
}

/** Which layer's gradients, and which of them, leave no room for more. */
function boundText(
  gradients: readonly RangeLayer[],
  found: { readonly largest: number; readonly typical: number; readonly isByLargest: boolean },
): string {
  const top = ({ bins, firstExponent }: RangeLayer): number =>
    firstExponent + bins.findLastIndex((count) => count > 0);
  const { largest, typical, isByLargest } = found;
  const bounding = gradients.find((layer) => layer.bins.length > 0 && top(layer) === largest);
  const name = bounding?.name ?? 'one layer';
  const bulk = `99.9% of all recorded gradients are below ${powerOfTwo(typical + 1)}`;
  return isByLargest
    ? `${name} bounds it: its largest gradient is below ${powerOfTwo(largest + 1)}, and must stay an octave below fp16's 65504. ${bulk}.`
    : `${bulk}, and must stay two octaves below fp16's 65504; the largest, in ${name}, is below ${powerOfTwo(largest + 1)}.`;
}

function underflowText(
  counts: ReadonlyMap<number, number>,
  current: number,
  exponent: number,
): string {
  const lost = (scale: number): string => percent(share(counts, (e) => e < lostBelow(scale)));
  const [now, then] = [lost(current), lost(2 ** exponent)];
  const at = current === 1 ? 'Unscaled' : `At the present scale of ${scaleName(current)}`;
  const isSame = now === then;
  const both = isSame && current !== 2 ** exponent ? `${at} and at ${powerOfTwo(exponent)}` : at;
  return (
    `${both}, ${now} of the gradients that aren't zero underflow in fp16` +
    `${isSame ? '' : `; at ${powerOfTwo(exponent)}, ${then}`}.`
  );
}

function scaleName(scale: number): string {
  const exponent = Math.log2(scale);
  return Number.isInteger(exponent) && exponent !== 0 ? powerOfTwo(exponent) : String(scale);
}

function totalByExponent(layers: readonly RangeLayer[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { bins, firstExponent } of layers) {
    bins.forEach((count, index) => {
      const exponent = firstExponent + index;
      if (count > 0) counts.set(exponent, (counts.get(exponent) ?? 0) + count);
    });
  }
  return counts;
}

function percentile(
  counts: ReadonlyMap<number, number>,
  exponents: readonly number[],
  fraction: number,
): number {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  let seen = 0;
  for (const exponent of exponents) {
    seen += counts.get(exponent) ?? 0;
    if (seen >= fraction * total) return exponent;
  }
  return exponents.at(-1) ?? 0;
}

function share(counts: ReadonlyMap<number, number>, isIn: (exponent: number) => boolean): number {
  let [inside, total] = [0, 0];
  for (const [exponent, count] of counts) {
    total += count;
    if (isIn(exponent)) inside += count;
  }
  return total === 0 ? 0 : inside / total;
}
