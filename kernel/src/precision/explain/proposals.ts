import type { StorageFormat } from '../../backend/contract';
import { formatBands } from '../../formats/bands';
import { rangeStats, scaleLimit } from '../../payloads/ranges/stats';
import type { FormatBand } from '../../formats/bands';
import type { RangeLayer } from '../../payloads/ranges/schema';
import { percent, significant } from '../../display/units';
import { suggestLossScale } from '../ranges/suggest';

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
 * in the format or are NaN, or more than 5 % of what isn't zero underflows. Gradients are looked at under the loss
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

/** What fits better than layers in fp32: a loss scale. */
export interface LossScaleProposal {
  /** What is lost at the present scale. */
  readonly reasons: readonly { readonly layer: string; readonly reason: string }[];
  /** The statement that sets it. */
  readonly code: string;
  /** The largest scale that it starts from. */
  readonly scale: number;
}

/** PyTorch's first scale. */
const PYTORCH_SCALE = 2 ** 16;

/**
 * A loss scale that saves gradients which underflow in fp16 at the present one; undefined where none
 * does, or none is lost.
 */
export function proposeLossScale(
  layers: readonly LayerRanges[],
  format: StorageFormat,
  current: number,
): LossScaleProposal | undefined {
  const [band] = formatBands([format]);
  if (format !== 'fp16' || band === undefined) return undefined;
  const gradients = layers.filter(({ ranges }) => ranges.kind === 'gradient');
  const lossesAt = (wanted: number): number => {
    const scale = reachableScale(layers, band, wanted);
    return gradients.filter(({ ranges }) => lossOf(ranges, band, scale) !== undefined).length;
  };
  const best = suggestLossScale(gradients.map(({ ranges }) => ranges)).scale;
  const usual = Math.min(PYTORCH_SCALE, best);
  const [now, atUsual, atBest] = [lossesAt(current), lossesAt(usual), lossesAt(best)];
  const isUsual = current < usual && atUsual === atBest;
  const scale = isUsual ? usual : best;
  if (scale <= current || Math.min(atUsual, atBest) >= now) return undefined;
  const scaled = reachableScale(layers, band, current);
  const reasons = gradients.flatMap(({ layer, ranges }) => {
    const reason = lossOf(ranges, band, scaled);
    return reason === undefined ? [] : [{ layer, reason }];
  });
  return {
    scale,
    reasons,
    code: isUsual
      ? "import { setLossScaler } from 'halfnote';\nsetLossScaler('pytorch');"
      : "import { DynamicLossScaler, setLossScaler } from 'halfnote';\n" +
        `setLossScaler(new DynamicLossScaler({ initialScale: ${scale} }));`,
  };
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
  const { underflow, overflow, zero, nan } = rangeStats(ranges, band, scale);
  const what = `of ${described(ranges)}`;
  if (nan > 0) return `${percent(nan)} ${what} are NaN`;
  if (overflow > 0) return `${percent(overflow)} ${what} overflow in ${band.label}`;
  const lost = zero === 1 ? 0 : underflow / (1 - zero);
  if (lost <= UNDERFLOW) return undefined;
  const at =
    ranges.kind === 'gradient' && scale > 1 ? ` at loss scale ${significant(scale, 6)}` : '';
  return `${percent(lost)} ${what} underflow in ${band.label}${at}`;
}

/** `its activations`, `the gradients of its kernel`. */
function described({ name, kind }: RangeLayer): string {
  if (kind === 'activation-gradient') return 'the gradients of its output';
  const slash = name.lastIndexOf('/');
  return kind === 'gradient' && slash >= 0
    ? `the gradients of its ${name.slice(slash + 1).replace(/_\d+$/, '')}`
    : `its ${kind}s`;
}
