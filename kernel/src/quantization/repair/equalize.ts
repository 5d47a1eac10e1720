import { outputChannels } from '../../integer/product';
import type { FusedGraph } from '../../graph/fused-graph';
import { inputChannelOf, outputChannelOf } from './channels';
import { type LinearNode, withLinear } from './float-graph';
import type { Pair } from './pairs';

export interface EqualizeOptions {
  /**
   * What a channel's range is: `absmax`, the largest absolute weight, as symmetric quantization
   * has it (default); `span`, largest minus smallest, as in PyTorch.
   */
  readonly range?: 'absmax' | 'span';
  /** Rounds over all pairs. Default 200. */
  readonly maxIterations?: number;
  /** Ends when no factor of a round is farther from 1 than this. Default 1e-4. */
  readonly tolerance?: number;
}

export interface Equalized {
  readonly graph: FusedGraph;
  /** By the first layer's id: what each of its output channels was divided by. */
  readonly factors: ReadonlyMap<string, Float64Array>;
  readonly iterations: number;
  readonly converged: boolean;
}

/** A kernel and bias in double precision while the rounds go on. */
interface Working {
  readonly kernel: Float64Array;
  readonly bias: Float64Array;
}

/**
 * Cross-layer equalization (Nagel et al., "Data-Free Quantization Through Weight Equalization and
 * Bias Correction", 2019, section 4.1): divides output channel i of the first layer of a pair by
 * `s_i = sqrt(r1_i r2_i) / r2_i` and multiplies input channel i of the second by it, so that both
 * ranges become `sqrt(r1_i r2_i)`. Pairs that share a layer are gone over until nothing moves.
 * The function is the same, as long as what lies between commutes with positive factors (ReLU6
 * does not: open it first). Channels with a range of 0 stay.
 */
export function equalize(
  graph: FusedGraph,
  pairs: readonly Pair[],
  options: EqualizeOptions = {},
): Equalized {
  const { range = 'absmax', maxIterations = 200, tolerance = 1e-4 } = options;
  const working = new Map<string, Working>();
  const factors = new Map<string, Float64Array>();
  for (const { first, second, channels } of pairs) {
    for (const node of [first, second]) {
      if (!working.has(node.id)) working.set(node.id, widened(node));
    }
    factors.set(first.id, new Float64Array(channels).fill(1));
  }
  let iterations = 0;
  let moved = pairs.length === 0 ? 0 : Infinity;
  while (moved > tolerance && iterations < maxIterations) {
    iterations++;
    moved = 0;
    for (const pair of pairs) moved = Math.max(moved, step(pair, working, factors, range));
  }
  const changes = new Map(
    [...working].map(([id, { kernel, bias }]) => [
      id,
      { kernel: Float32Array.from(kernel), bias: Float32Array.from(bias) },
    ]),
  );
  return {
    graph: withLinear(graph, changes),
    factors,
    iterations,
    converged: moved <= tolerance,
  };
}

/** Ranges of the output channels of a kernel. */
export function outputRanges(
  { op: { geometry } }: LinearNode,
  kernel: ArrayLike<number>,
  range: 'absmax' | 'span' = 'absmax',
): Float64Array {
  return ranges(kernel, outputChannels(geometry), outputChannelOf(geometry), range);
}

function widened({ op }: LinearNode): Working {
  return { kernel: Float64Array.from(op.kernel), bias: Float64Array.from(op.bias) };
}

/** One pair of one round; how far the largest factor is from 1. */
function step(
  { first, second, channels }: Pair,
  working: ReadonlyMap<string, Working>,
  factors: ReadonlyMap<string, Float64Array>,
  range: 'absmax' | 'span',
): number {
  const one = working.get(first.id);
  const two = working.get(second.id);
  const total = factors.get(first.id);
  if (one === undefined || two === undefined || total === undefined) return 0;
  const outputOf = outputChannelOf(first.op.geometry);
  const featureOf = inputChannelOf(second.op.geometry);
  const inputOf = (index: number): number => featureOf(index) % channels;
  const r1 = ranges(one.kernel, channels, outputOf, range);
  const r2 = ranges(two.kernel, channels, inputOf, range);
  const s = r1.map((a, i) => {
    const b = r2[i] ?? 0;
    const factor = Math.sqrt(a * b) / b;
    return factor > 0 && Number.isFinite(factor) ? factor : 1;
  });
  for (let i = 0; i < one.kernel.length; i++) divide(one.kernel, i, s[outputOf(i)]);
  for (let i = 0; i < channels; i++) divide(one.bias, i, s[i]);
  for (let i = 0; i < two.kernel.length; i++) divide(two.kernel, i, 1 / (s[inputOf(i)] ?? 1));
  for (let i = 0; i < channels; i++) divide(total, i, 1 / (s[i] ?? 1));
  return s.reduce((far, factor) => Math.max(far, Math.abs(factor - 1)), 0);
}

function divide(values: Float64Array, index: number, by = 1): void {
  values[index] = (values[index] ?? 0) / by;
}

function ranges(
  kernel: ArrayLike<number>,
  channels: number,
  channelOf: (index: number) => number,
  range: 'absmax' | 'span',
): Float64Array {
  const low = new Float64Array(channels).fill(Infinity);
  const high = new Float64Array(channels).fill(-Infinity);
  for (let i = 0; i < kernel.length; i++) {
    const channel = channelOf(i);
    const w = kernel[i] ?? 0;
    low[channel] = Math.min(low[channel] ?? w, w);
    high[channel] = Math.max(high[channel] ?? w, w);
  }
  return high.map((top, i) => {
    const bottom = low[i] ?? 0;
    return range === 'span' ? top - bottom : Math.max(Math.abs(top), Math.abs(bottom));
  });
}
