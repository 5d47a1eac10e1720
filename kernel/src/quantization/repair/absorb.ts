import type { FusedGraph } from '../../graph/fused-graph';
import { inputChannelOf, readsPadding } from './channels';
import { isLinear, type LinearNode, withLinear } from './float-graph';
import type { Pair } from './pairs';
import type { ChannelStatistics } from './statistics';

export interface Absorbed {
  readonly graph: FusedGraph;
  /** By the first layer's id: what was taken from each bias. Layers where nothing was are absent. */
  readonly shifts: ReadonlyMap<string, Float64Array>;
  readonly statistics: Map<string, ChannelStatistics>;
}

/** Channels are above mean - 3 deviations in 99.865 % of all cases, if they are normal. */
const DEVIATIONS = 3;

/**
 * Bias absorption (Nagel et al. 2019, section 4.1.3): what a channel has in any case,
 * `c = max(0, mean - 3 deviations)`, is no longer added before the ReLU but after it: `b1 - c` and
 * `b2 + W2 c`. It narrows the range of activations after {@link equalize}. Only where the second
 * layer reads no padding, whose zeros would not be shifted.
 */
export function absorbBiases(
  graph: FusedGraph,
  pairs: readonly Pair[],
  statistics: ReadonlyMap<string, ChannelStatistics>,
): Absorbed {
  const nodes = new Map(graph.nodes.filter(isLinear).map((node) => [node.id, node]));
  const biases = new Map<string, Float32Array>();
  const biasOf = ({ id, op }: LinearNode): Float32Array => {
    const bias = biases.get(id) ?? op.bias.slice();
    biases.set(id, bias);
    return bias;
  };
  const shifts = new Map<string, Float64Array>();
  const shifted = new Map(statistics);
  for (const { first, second, channels, shiftable } of pairs) {
    const one = nodes.get(first.id);
    const two = nodes.get(second.id);
    const known = statistics.get(first.id);
    if (!one || !two || !known || !shiftable || readsPadding(two)) continue;
    const c = known.mean.map((x, i) => Math.max(0, x - DEVIATIONS * (known.deviation[i] ?? 0)));
    if (c.every((x) => x === 0)) continue;
    shifts.set(first.id, c);
    shifted.set(first.id, { ...known, mean: known.mean.map((x, i) => x - (c[i] ?? 0)) });
    const taken = biasOf(one);
    c.forEach((x, i) => (taken[i] = (taken[i] ?? 0) - x));
    addProduct(biasOf(two), two, (feature) => c[feature % channels] ?? 0);
  }
  return {
    graph: withLinear(graph, new Map([...biases].map(([id, bias]) => [id, { bias }]))),
    shifts,
    statistics: shifted,
  };
}

/** Adds to `bias` what the layer makes of an input that is constant in each channel. */
export function addProduct(
  bias: Float32Array,
  { op: { geometry, kernel } }: LinearNode,
  input: (channel: number) => number,
  weights: ArrayLike<number> = kernel,
): void {
  const inputOf = inputChannelOf(geometry);
  const sums = new Float64Array(bias.length);
  for (let i = 0; i < kernel.length; i++) {
    const out = i % bias.length;
    sums[out] = (sums[out] ?? 0) + (weights[i] ?? 0) * input(inputOf(i));
  }
  for (let c = 0; c < bias.length; c++) bias[c] = (bias[c] ?? 0) + (sums[c] ?? 0);
}
