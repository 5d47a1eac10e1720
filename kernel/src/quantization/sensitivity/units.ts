import type { FusedGraph } from '../graph/fused-graph';
import type { WeightFormat } from '../graph/quantized-graph';
import { type LinearNode, linearNodes } from '../repair/float-graph';
import type { WeightCodes } from '../graph/quantized-graph';
import { WEIGHT_BITS } from '../weight-codes';

/** A layer of the model with weights to quantize, and all that computes with them. */
export interface LayerUnit {
  /** The layer's path: `encoder/conv2d_1`. */
  readonly layer: string;
  /** The layer's class. */
  readonly kind: string;
  /** One per call, and per product of a separable convolution. */
  readonly nodes: readonly LinearNode[];
  /** How many weights are quantized; a kernel that several calls share counts once. */
  readonly weights: number;
  /** In fp32, with the bias. */
  readonly floatBytes: number;
}

/** The layers whose weights can be quantized, in the order of execution. */
export function layerUnits(graph: FusedGraph): LayerUnit[] {
  const byLayer = new Map<string, LinearNode[]>();
  for (const node of linearNodes(graph)) {
    const layer = (node.fused[0] ?? node.id).replace(/#\d+$/, '');
    byLayer.set(layer, [...(byLayer.get(layer) ?? []), node]);
  }
  return [...byLayer].map(([layer, nodes]) => {
    const own = ownKernels(nodes);
    const weights = own.reduce((sum, { op }) => sum + op.kernel.length, 0);
    const biases = own.reduce((sum, { op }) => sum + op.bias.length, 0);
    const kind = nodes.at(-1)?.kind ?? '';
    return { layer, kind, nodes, weights, floatBytes: 4 * (weights + biases) };
  });
}

/** The first node of each kernel. */
export function ownKernels(nodes: readonly LinearNode[]): LinearNode[] {
  const seen = new Set<string>();
  return nodes.filter(({ id, op }) => {
    const key = op.source === undefined ? id : JSON.stringify(op.geometry);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Bytes of codes as they are packed, of their scales or codebooks, and of a bias in fp32. */
export function packedSize(weights: WeightCodes): number {
  const { format, codes, scales, codebooks, channels } = weights;
  const floats = scales.length + (codebooks?.length ?? 0) + channels;
  return Math.ceil((codes.length * bitsOf(format)) / 8) + 4 * floats;
}

export function bitsOf(format: WeightFormat | 'fp32'): number {
  return format === 'fp32' ? 32 : WEIGHT_BITS[format];
}
