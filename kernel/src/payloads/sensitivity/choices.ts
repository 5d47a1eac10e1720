import type { Choice } from './frontier';

/** What rounding one layer alone does. */
export interface Rated {
  /** As kept: packed, with scales and bias. */
  readonly bytes: number;
  /** Noise over signal of the outputs. */
  readonly relativeNoise: number;
  /** Of the classes, in nats. */
  readonly kl: number;
  /** Accuracy lost, or loss gained. */
  readonly drop: number;
}

export interface RatedLayer {
  readonly weights: number;
  /** What it takes if it stays in float. */
  readonly unfoldedBytes: number;
  /** By format; undefined: it stays in float. */
  readonly formats: readonly (Rated | undefined)[];
}

/** What is limited: bytes as kept, or bits of weights. */
export type SizeKind = 'bytes' | 'bits';

/**
 * What each layer can be, formats in their order.
 * @param bits Of a weight in each format.
 */
export function layerChoices(
  layers: readonly RatedLayer[],
  bits: readonly number[],
  size: SizeKind,
  metric: string,
): Choice[][] {
  return layers.map(({ weights, unfoldedBytes, formats }) =>
    formats.map((rated, index) => ({
      size: size === 'bytes' ? (rated?.bytes ?? unfoldedBytes) : weights * (bits[index] ?? 0),
      cost: rated === undefined ? 0 : harm(rated, metric),
    })),
  );
}

/** What adds up over layers: independent noise does, and to first order divergence and loss. */
function harm({ relativeNoise, kl, drop }: Rated, metric: string): number {
  if (metric === 'kl') return Math.max(0, kl);
  return metric === 'loss' ? Math.max(0, drop) : relativeNoise;
}
