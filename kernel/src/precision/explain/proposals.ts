import type { StorageFormat } from '../../backend/contract';
import { formatBands } from '../../formats/bands';
import { rangeStats, scaleLimit } from '../../mime/range-stats';
import type { FormatBand, RangeLayer } from '../../mime/payloads';
import { percent, significant } from '../../mime/units';

/** A layer that would lose values in the policy's format. */
export interface KeepProposal {
  readonly layer: string;
  readonly reason: string;
  /** As `keep` and `--keep` take it: `dense_3=fp32`. */
  readonly keep: string;
}

/** Ranges of one layer's values: `layer` is its path. */
export interface LayerRanges {
  readonly layer: string;
  readonly ranges: RangeLayer;
}

/** Above this share of a layer's values that aren't zero, those that underflow are worth a cast. */
const UNDERFLOW = 0.05;

/**
 * Layers to keep in fp32, from measured ranges: those of whose gradients or activations some overflow
 * in the format, or more than 5 % of what isn't zero underflows. Gradients are looked at under the loss
 * scale, or under the largest at which none overflows where that is smaller: dynamic scaling goes there.
 */
export function proposeKeep(
  layers: readonly LayerRanges[],
  format: StorageFormat,
  lossScale: number,
): KeepProposal[] {
  const [band] = formatBands([format]);
  if (format === 'fp32' || band === undefined) return [];
  const scale = reachableScale(layers, band, lossScale);
  const reasons = new Map<string, string[]>();
  for (const { layer, ranges } of layers) {
    const reason = lossOf(ranges, band, scale);
    if (reason !== undefined) reasons.set(layer, [...(reasons.get(layer) ?? []), reason]);
  }
  return [...reasons].map(([layer, found]) => ({
    layer,
    reason: found.join('; '),
    keep: `${layer}=fp32`,
  }));
}

function reachableScale(
  layers: readonly LayerRanges[],
  band: FormatBand,
  lossScale: number,
): number {
  const limits = layers.map(({ ranges }) => scaleLimit(ranges, band) ?? Infinity);
  return Math.max(1, Math.min(lossScale, 2 ** Math.min(...limits, Infinity)));
}

function lossOf(ranges: RangeLayer, band: FormatBand, scale: number): string | undefined {
  if (ranges.kind === 'weight') return undefined;
  const { underflow, overflow, zero } = rangeStats(ranges, band, scale);
  const what = `of its ${ranges.kind}s`;
  if (overflow > 0) return `${percent(overflow)} ${what} overflow in ${band.label}`;
  const lost = zero === 1 ? 0 : underflow / (1 - zero);
  if (lost <= UNDERFLOW) return undefined;
  const at =
    ranges.kind === 'gradient' && scale > 1 ? ` at loss scale ${significant(scale, 6)}` : '';
  return `${percent(lost)} ${what} underflow in ${band.label}${at}`;
}
