import { scaleShift } from '../../payloads/ranges/stats';
import type { RangeLayer, RangeSlot } from '../../payloads/ranges/schema';
import { type Counts, moved, sumOf } from './counts';

/** What is counted together, by what it is of. */
export interface CountedLayer {
  readonly kind: RangeLayer['kind'];
  readonly counts: Counts;
}

/** Neighboring steps that are counted together. */
export interface Slot extends RangeSlot {
  readonly scale: number;
  /** By a key of the layer. */
  readonly layers: ReadonlyMap<string, CountedLayer>;
}

/**
 * At most `most` slots: neighbors are added up, those first that were computed at one loss scale, and of
 * these the shortest.
 */
export function merged(slots: readonly Slot[], most: number): readonly Slot[] {
  let kept = slots;
  while (kept.length > Math.max(1, most)) {
    const at = cheapest(kept);
    const pair = kept.slice(at, at + 2) as [Slot, Slot];
    kept = kept.toSpliced(at, 2, both(...pair));
  }
  return kept;
}

/** Where the pair begins that is to be added up. */
function cheapest(slots: readonly Slot[]): number {
  let [best, least] = [0, Infinity];
  for (const [index, slot] of slots.slice(0, -1).entries()) {
    const next = slots[index + 1] ?? slot;
    const steps = slot.recordedSteps + next.recordedSteps;
    // Any number of steps before any difference of scales.
    const cost = steps + Math.abs(Math.log2(slot.scale / next.scale)) * 2 ** 40;
    if (cost < least) [best, least] = [index, cost];
  }
  return best;
}

/**
 * Two neighbors as one. Where their loss scales differ, values stay where the format saw them: those of the
 * fewer steps count as if they had been computed at the scale of the more.
 */
function both(a: Slot, b: Slot): Slot {
  const { scale } = a.recordedSteps >= b.recordedSteps ? a : b;
  const layers = new Map<string, CountedLayer>();
  for (const slot of [a, b]) {
    for (const [key, { kind, counts }] of slot.layers) {
      const octaves = scaleShift({ kind }, slot.scale) - scaleShift({ kind }, scale);
      const own = moved(counts, octaves);
      const other = layers.get(key)?.counts;
      layers.set(key, { kind, counts: other === undefined ? own : sumOf(other, own) });
    }
  }
  return {
    firstStep: a.firstStep,
    lastStep: b.lastStep,
    recordedSteps: a.recordedSteps + b.recordedSteps,
    scale,
    layers,
  };
}
