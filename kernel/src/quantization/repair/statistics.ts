import type * as tf from '@tensorflow/tfjs';
import type { FusedGraph } from '../../graph/fused-graph';
import { isBatchNorm } from '../../models/layer-traits';
import type { ModelGraph } from '../../models/model-graph';
import type { FusedActivation } from '../../graph/quantized-graph';
import { linearNodes } from './float-graph';

/** Mean and standard deviation of each output channel of a layer, before its activation. */
export interface ChannelStatistics {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/**
 * What batch normalization knows of the layers that it was folded into: after it, a channel has
 * mean beta and standard deviation |gamma|. By node id; layers without normalization are absent.
 */
export function normStatistics(
  model: ModelGraph,
  graph: FusedGraph,
): Map<string, ChannelStatistics> {
  const layers = new Map(model.nodes.map(({ id, layer }) => [id, layer]));
  const statistics = new Map<string, ChannelStatistics>();
  for (const node of linearNodes(graph)) {
    const norm = node.fused
      .map((id) => layers.get(id))
      .findLast((layer) => layer !== undefined && isBatchNorm(layer));
    if (norm !== undefined) statistics.set(node.id, readNorm(norm, node.op.bias.length));
  }
  return statistics;
}

function readNorm(norm: tf.layers.Layer, channels: number): ChannelStatistics {
  const config = norm.getConfig();
  const values = norm.getWeights().map((tensor) => tensor.dataSync<'float32'>());
  const gamma = config['scale'] === true ? values.shift() : undefined;
  const beta = config['center'] === true ? values.shift() : undefined;
  return {
    mean: Float64Array.from({ length: channels }, (_, c) => beta?.[c] ?? 0),
    deviation: Float64Array.from({ length: channels }, (_, c) => Math.abs(gamma?.[c] ?? 1)),
  };
}

/** Statistics of channels that are divided by `factors`. */
export function rescaled(
  { mean, deviation }: ChannelStatistics,
  factors: Float64Array,
): ChannelStatistics {
  return {
    mean: mean.map((x, c) => x / (factors[c] ?? 1)),
    deviation: deviation.map((x, c) => x / (factors[c] ?? 1)),
  };
}

/**
 * The mean of a normally distributed value after an activation. With a = (0 - mean) / deviation and,
 * for ReLU6, b = (6 - mean) / deviation (Nagel et al. 2019, appendix C):
 * `deviation (pdf(a) - pdf(b)) + mean (cdf(b) - cdf(a)) + 6 (1 - cdf(b))`.
 */
export function activatedMean(
  mean: number,
  deviation: number,
  activation: FusedActivation,
): number {
  if (activation === 'linear') return mean;
  const high = activation === 'relu6' ? 6 : Infinity;
  if (!(deviation > 0)) return Math.min(Math.max(mean, 0), high);
  const a = -mean / deviation;
  if (activation === 'relu') return deviation * density(a) + mean * (1 - cumulative(a));
  const b = (high - mean) / deviation;
  return (
    deviation * (density(a) - density(b)) +
    mean * (cumulative(b) - cumulative(a)) +
    high * (1 - cumulative(b))
  );
}

function density(z: number): number {
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
}

/** The standard normal's distribution function, by its Taylor series, or 0 and 1 far out. */
function cumulative(z: number): number {
  if (z < -8) return 0;
  if (z > 8) return 1;
  let term = z;
  let sum = z;
  for (let n = 3; Math.abs(term) > 1e-17 * Math.abs(sum) && n < 1000; n += 2) {
    term *= (z * z) / n;
    sum += term;
  }
  return Math.min(1, Math.max(0, 0.5 + sum * density(z)));
}
