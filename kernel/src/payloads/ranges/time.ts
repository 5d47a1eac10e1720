import type { FormatBand } from '../../formats/bands';
import { decodeNumber } from '../../display/numbers';
import type { GradientRanges, RangeLayer, RangeSlot, RangeTime } from './schema';
import { rangeStats, type RangeStats } from './stats';

/** A layer with the values of one slot only. */
export function layerAt(
  layer: RangeLayer,
  counts: RangeTime['layers'][number] | undefined,
  slot: number,
): RangeLayer {
  const bins = counts?.bins[slot] ?? [];
  const [zero, inf, nan] = [counts?.zero, counts?.inf, counts?.nan].map(
    (values) => values?.[slot] ?? 0,
  ) as [number, number, number];
  return {
    ...layer,
    ...{ zero, inf, nan, bins },
    count: bins.reduce((sum, values) => sum + values, zero + inf + nan),
    firstExponent: counts?.firstExponent[slot] ?? 0,
  };
}

/** The payload as if the steps of one slot were all that was recorded, at the loss scale that they had. */
export function atSlot(payload: GradientRanges, slot: number): GradientRanges {
  const { time, ...rest } = payload;
  const chosen = time?.slots[slot];
  if (chosen === undefined) return payload;
  return {
    ...rest,
    recordedSteps: chosen.recordedSteps,
    lossScale: { ...payload.lossScale, value: chosen.scale },
    layers: payload.layers.map((layer, index) => layerAt(layer, time?.layers[index], slot)),
  };
}

/** What became of a layer in each slot, in `format` at the loss scale that was in force. */
export function statsOverTime(
  { time, layers }: Pick<GradientRanges, 'time' | 'layers'>,
  index: number,
  format: FormatBand,
): readonly RangeStats[] {
  const layer = layers[index];
  if (time === undefined || layer === undefined) return [];
  return time.slots.map(({ scale }, slot) =>
    rangeStats(layerAt(layer, time.layers[index], slot), format, decodeNumber(scale)),
  );
}

/** What a layer lost over all steps, each at the loss scale that it had. Fractions of all its values. */
export interface Lost {
  /** Too small: rounds to zero. */
  readonly underflow: number;
  /** Too large, infinite or NaN. */
  readonly overflow: number;
  /** Zero when it was counted. */
  readonly zero: number;
}

export function lostOf(payload: GradientRanges, index: number, format: FormatBand): Lost {
  const { time, layers, lossScale } = payload;
  const layer = layers[index];
  if (layer === undefined) return { underflow: 0, overflow: 0, zero: 0 };
  if (time === undefined) return asLost(rangeStats(layer, format, decodeNumber(lossScale.value)));
  const sum = { underflow: 0, overflow: 0, zero: 0 };
  for (const [slot, { scale }] of time.slots.entries()) {
    const at = layerAt(layer, time.layers[index], slot);
    const part = asLost(rangeStats(at, format, decodeNumber(scale)));
    const weight = layer.count === 0 ? 0 : at.count / layer.count;
    for (const what of ['underflow', 'overflow', 'zero'] as const) sum[what] += part[what] * weight;
  }
  return sum;
}

export function asLost({ underflow, overflow, nan, zero }: RangeStats): Lost {
  return { underflow, overflow: overflow + nan, zero };
}

/** What a value is drawn as that is lost, or may be. */
export type LostAs = 'overflow' | 'underflow' | 'neutral';

/**
 * As what a share of values is drawn that are lost: any overflow first, for it costs the step, else what becomes
 * zero or, of gradients that may have done so before they were counted, what is zero; whichever is more.
 */
export function drawnLoss(
  { underflow, overflow, zero }: Lost,
  mayBeLost: boolean,
): { readonly as: LostAs; readonly share: number } {
  if (overflow > 0) return { as: 'overflow', share: overflow };
  if (mayBeLost && zero > underflow) return { as: 'neutral', share: zero };
  return { as: 'underflow', share: underflow };
}

/** Where a slot ends: where the next begins. */
export function slotEnd(slots: readonly RangeSlot[], slot: number, steps: number): number {
  const last = slots[slot]?.lastStep ?? 0;
  return slots[slot + 1]?.firstStep ?? Math.max(steps, last + 1);
}

/** `step 40`, `steps 40–79`. */
export function slotName({ firstStep, lastStep }: RangeSlot): string {
  return firstStep === lastStep
    ? `step ${firstStep.toLocaleString('en')}`
    : `steps ${firstStep.toLocaleString('en')}–${lastStep.toLocaleString('en')}`;
}
