import { decodeNumber, percent, scaleText, shade } from 'halfnote/mime';
import {
  asLost,
  drawnLoss,
  isScaled,
  slotEnd,
  slotName,
  statsOverTime,
  zerosMayBeLost,
  type GradientRanges,
  type Lost,
  type LostAs,
  type RangeSlot,
} from 'halfnote/mime/ranges';
import type { Reading } from './reading';

/** What a layer lost in a slot, and as what it is drawn. */
export interface StepCell {
  readonly lost: Lost;
  readonly as: LostAs;
  /** From 0, nothing, to the full hue. */
  readonly level: number;
}

/** Layers by steps: what was lost in the format chosen, at the loss scales that were in force. */
export interface StepMap {
  readonly slots: readonly RangeSlot[];
  /** Where the last slot ends. */
  readonly end: number;
  readonly rows: readonly { readonly name: string; readonly cells: readonly StepCell[] }[];
}

/** The layers that are read, slot by slot; undefined where the payload doesn't keep steps apart. */
export function stepMap(payload: GradientRanges, reading: Reading): StepMap | undefined {
  const { time } = payload;
  if (time === undefined) return undefined;
  return {
    slots: time.slots,
    end: slotEnd(time.slots, time.slots.length - 1, payload.step),
    rows: reading.layers.map(({ layer, index }) => {
      const all = payload.layers[index] ?? layer;
      const mayBeLost = zerosMayBeLost(payload, all);
      return {
        name: layer.name,
        cells: statsOverTime(payload, index, reading.format).map((stats) => {
          const lost = asLost(stats);
          const { as, share } = drawnLoss(lost, mayBeLost);
          return { lost, as, level: shade(share, 1) };
        }),
      };
    }),
  };
}

/** A cell in words, for readers who don't see it. */
export function cellText(map: StepMap, row: number, column: number, kind: Reading['kind']): string {
  const [layer, slot] = [map.rows[row], map.slots[column]];
  const cell = layer?.cells[column];
  if (layer === undefined || slot === undefined || cell === undefined) return '';
  const { underflow, overflow, zero } = cell.lost;
  const scale = isScaled({ kind }) ? ` at loss scale ${scaleText(decodeNumber(slot.scale))}` : '';
  return (
    `${layer.name}, ${slotName(slot)}${scale}: ${percent(underflow)} becomes zero, ` +
    `${percent(overflow)} overflows, ${percent(zero)} is zero`
  );
}
