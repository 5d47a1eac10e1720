import * as tf from '@tensorflow/tfjs';
import type { FusedGraph, FusedNode } from '../../graph/fused-graph';
import type { ValueId } from '../../models/model-graph';
import { outputChannels, weightShape } from '../../integer/product';
import { addProduct } from './absorb';
import { inputChannels } from './channels';
import { product } from '../../graph/run-node';
import { isLinear, type LinearNode } from './float-graph';
import { activatedMean, type ChannelStatistics } from './statistics';
import type { LayerData } from './stream';

/**
 * Empirical bias correction (Nagel et al. 2019, section 4.2): the float model's outputs of a layer
 * minus those of its rounded kernel, averaged over batch and places, per channel. To be added to the
 * bias. The rounded kernel is given what the corrected layers before it make, so that a layer also
 * mends what is left of their errors; PyTorch gives both the same inputs.
 */
export function empiricalCorrection(
  { op: { geometry, bias } }: LinearNode,
  kernel: Float32Array,
  { inputs, targets }: LayerData,
): Float64Array {
  const channels = outputChannels(geometry);
  const sums = new Float64Array(channels);
  let rows = 0;
  const own = {
    kernel: tf.tensor(kernel.slice(), weightShape(geometry)),
    bias: tf.tensor1d(bias.slice()),
  };
  try {
    inputs.forEach((x, i) => {
      const target = targets[i];
      if (target === undefined) return;
      const difference = tf.tidy(() =>
        tf.sum(tf.reshape(tf.sub(target, product(x, own, geometry)), [-1, channels]), 0),
      );
      difference.dataSync().forEach((value, c) => (sums[c] = (sums[c] ?? 0) + value));
      difference.dispose();
      rows += target.size / channels;
    });
  } finally {
    own.kernel.dispose();
    own.bias.dispose();
  }
  return sums.map((sum) => sum / Math.max(1, rows));
}

/**
 * Analytic bias correction (Nagel et al. 2019, section 4.2.1): what the rounding of the kernel adds
 * to the mean of the outputs, `(W - Wq) E[x]`, where E[x] comes from the normalization before, by a
 * clipped normal distribution. To be added to the bias. As published, the border's padding is
 * not accounted for.
 */
export function analyticCorrection(
  node: LinearNode,
  kernel: Float32Array,
  mean: ArrayLike<number>,
): Float64Array {
  const lost = node.op.kernel.map((w, i) => w - (kernel[i] ?? 0));
  const correction = new Float32Array(outputChannels(node.op.geometry));
  addProduct(correction, node, (channel) => mean[channel % mean.length] ?? 0, lost);
  return Float64Array.from(correction);
}

/** Expected values per channel of what each linear layer reads, where they can be known. */
export function expectedInputs(
  graph: FusedGraph,
  statistics: ReadonlyMap<string, ChannelStatistics>,
): Map<string, Float64Array> {
  const made = new Map<ValueId, FusedNode>(graph.nodes.map((node) => [node.output, node]));
  const meanOf = (value: ValueId): Float64Array | undefined => {
    const node = made.get(value);
    if (node === undefined) return undefined;
    const { op } = node;
    if (isLinear(node)) {
      const known = statistics.get(node.id);
      return known?.mean.map((x, c) =>
        activatedMean(x, known.deviation[c] ?? 0, node.op.activation),
      );
    }
    const inputs = node.inputs.map(meanOf);
    if (inputs.some((mean) => mean === undefined)) return undefined;
    const known = inputs as Float64Array[];
    if (op.kind === 'average-pool') return known[0];
    if (op.kind === 'move') {
      const last = graph.values.get(node.output)?.shape.at(-1) ?? 0;
      return last % (known[0]?.length ?? 1) === 0 ? known[0] : undefined;
    }
    if (op.kind === 'add' && op.activation === 'linear') return sum(known);
    const isLast =
      op.kind === 'concat' && op.axis === (graph.values.get(node.output)?.shape.length ?? 0) - 1;
    return isLast ? Float64Array.from(known.flatMap((mean) => [...mean])) : undefined;
  };
  const expected = new Map<string, Float64Array>();
  for (const node of graph.nodes) {
    if (!isLinear(node)) continue;
    const mean = meanOf(node.inputs[0] ?? '');
    if (mean !== undefined && inputChannels(node.op.geometry) % mean.length === 0) {
      expected.set(node.id, mean);
    }
  }
  return expected;
}

function sum(lists: readonly Float64Array[]): Float64Array | undefined {
  const [first, ...others] = lists;
  if (first === undefined || others.some(({ length }) => length !== first.length)) return undefined;
  return first.map((x, c) => others.reduce((total, list) => total + (list[c] ?? 0), x));
}

/** `bias + correction` in float32. */
export function corrected(bias: Float32Array, correction: ArrayLike<number>): Float32Array {
  return bias.map((b, c) => b + (correction[c] ?? 0));
}

export function rootMeanSquare(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / Math.max(1, values.length));
}
