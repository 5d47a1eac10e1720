import type { z } from 'zod/mini';
import { encodeNumber } from '../../display/numbers';
import {
  MOST_LAYERS,
  type weightHistograms,
  type WeightLayer,
} from '../../payloads/weights/histograms';
import { noisiestFirst } from '../../payloads/weights/words';
import type { WeightFigures } from './weight-figures';

/** Bytes of JSON that a payload may have. */
const MOST_BYTES = 300_000;
/** Digits that a view could show of a figure, and some. */
const DIGITS = 6;

/** A payload without what its view says first. */
export type WeightPayload = Omit<z.infer<typeof weightHistograms>, 'verdict'>;

/**
 * What goes over the wire: of all layers the figures, and histograms of the noisiest, as many as there is
 * room for.
 */
export function weightPayload(
  model: string,
  all: readonly WeightFigures[],
  notes: readonly string[],
): WeightPayload {
  const order = noisiestFirst(all);
  const kept = new Set(order.slice(0, MOST_LAYERS));
  const layers = all.map(rounded);
  const figures = layers.map((layer): WeightLayer => ({ ...layer, histogram: null }));
  let left = MOST_BYTES - size({ model, notes, layers: figures.filter((_, i) => kept.has(i)) });
  for (const index of order.slice(0, MOST_LAYERS)) {
    const layer = layers[index];
    if (layer === undefined) continue;
    left -= size(layer.histogram);
    if (left < 0) break;
    figures[index] = layer;
  }
  return { model, layers: figures.filter((_, i) => kept.has(i)), notes: [...notes] };
}

function rounded(layer: WeightFigures): WeightLayer {
  const { maxError, rmsError, sqnrDb, scale, worstChannel, histogram, saturated, zeroed } = layer;
  return {
    ...layer,
    maxError: short(maxError),
    rmsError: short(rmsError),
    sqnrDb: encodeNumber(short(sqnrDb)),
    scale: scale && { low: short(scale.low), high: short(scale.high), count: scale.count },
    saturated: saturated === null ? null : short(saturated),
    zeroed: short(zeroed),
    worstChannel: {
      index: worstChannel.index,
      low: short(worstChannel.low),
      high: short(worstChannel.high),
      sqnrDb: encodeNumber(short(worstChannel.sqnrDb)),
    },
    histogram: {
      low: short(histogram.low),
      high: short(histogram.high),
      before: [...histogram.before],
      after: [...histogram.after],
    },
  };
}

function short(value: number): number {
  return Number(value.toPrecision(DIGITS));
}

function size(data: unknown): number {
  return Buffer.byteLength(JSON.stringify(data));
}
