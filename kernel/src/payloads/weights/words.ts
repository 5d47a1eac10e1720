import { decodeNumber } from '../../display/numbers';
import { ABSENT, percent, significant } from '../../display/units';
import type { WeightLayer } from './histograms';

/** Layers by signal to noise: indices, the noisiest first, before all those whose noise is no number. */
export function noisiestFirst(layers: readonly Pick<WeightLayer, 'sqnrDb'>[]): number[] {
  const noise = (index: number): number => {
    const sqnrDb = decodeNumber(layers[index]?.sqnrDb ?? Infinity);
    return Number.isNaN(sqnrDb) ? -Infinity : sqnrDb;
  };
  return layers.map((_, index) => index).sort((a, b) => compare(noise(a), noise(b)));
}

/** Also of infinite figures, whose difference is no number. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `38.2 dB`; of weights that are what they were `exact`. */
export function sqnrText(sqnrDb: WeightLayer['sqnrDb']): string {
  const value = decodeNumber(sqnrDb);
  return value === Infinity ? 'exact' : `${significant(value)} dB`;
}

/** `0.00123 by tensor, zero at 0`; of several the smallest and the largest: `0.001–0.02 by channel`. */
export function scaleText(
  layer: Pick<WeightLayer, 'scale' | 'zeroPoint' | 'groupSize' | 'weights' | 'channels'>,
): string {
  if (layer.scale === null) return ABSENT;
  const { low, high } = layer.scale;
  const range = low === high ? significant(high) : `${significant(low)}–${significant(high)}`;
  const zero = layer.zeroPoint === null ? '' : `, zero at ${layer.zeroPoint}`;
  return `${range} by ${sharing(layer)}${zero}`;
}

/** What shares a scale: `tensor`, `channel`, `32 weights`. */
function sharing(layer: Pick<WeightLayer, 'groupSize' | 'weights' | 'channels'>): string {
  const { groupSize, weights, channels } = layer;
  if (groupSize === 0) return 'tensor';
  return groupSize * channels >= weights ? 'channel' : `${groupSize} weights`;
}

export function shareText(share: number | null): string {
  return share === null ? ABSENT : percent(share);
}

/** `7: −0.31…0.29, 35.1 dB`. */
export function worstChannelText({ worstChannel }: Pick<WeightLayer, 'worstChannel'>): string {
  const { index, low, high, sqnrDb } = worstChannel;
  return `${index}: ${signed(low)}…${signed(high)}, ${sqnrText(sqnrDb)}`;
}

/** `7, 35.1 dB`: where there is little room. */
export function worstChannelBrief({ worstChannel }: Pick<WeightLayer, 'worstChannel'>): string {
  return `${worstChannel.index}, ${sqnrText(worstChannel.sqnrDb)}`;
}

/** With a minus sign that is as wide as a plus. */
export function signed(value: number): string {
  return significant(value).replace('-', '−');
}
