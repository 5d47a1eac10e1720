import type { DeviceFacts } from '../../backend/contract';
import { notNative } from '../../integer/choose';
import { FourBitLinear } from '../../execution/onnxruntime/four-bit-linear';
import type { FusedGraph } from '../../graph/fused-graph';
import type { ModelGraph } from '../../models/model-graph';
import { type LinearNode, linearNodes } from '../repair/float-graph';
import type { LinearOp, WeightFormat } from '../../graph/quantized-graph';
import { floatLayers } from '../report';
import { bitsPerWeight, packedWeightBytes } from '../../graph/weight-bytes';

/** What a layer can be kept in. */
export type BitFormat = WeightFormat | 'fp32';

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
  /** Of the layer's own weights in the float model. */
  readonly floatBytes: number;
  /** Of these and of the normalization that is folded into it: what it takes if it stays in float. */
  readonly unfoldedBytes: number;
}

/** The layers whose weights can be quantized, in the order of execution. */
export function layerUnits(graph: FusedGraph, model: ModelGraph): LayerUnit[] {
  const bytesOf = new Map(floatLayers(model).map(({ id, weightBytes }) => [id, weightBytes]));
  const sum = (ids: Iterable<string>): number =>
    [...ids].reduce((total, id) => total + (bytesOf.get(id) ?? 0), 0);
  const byLayer = new Map<string, LinearNode[]>();
  for (const node of linearNodes(graph)) {
    const layer = (node.fused[0] ?? node.id).replace(/#\d+$/, '');
    byLayer.set(layer, [...(byLayer.get(layer) ?? []), node]);
  }
  return [...byLayer].map(([layer, nodes]) => {
    const own = ownKernels(nodes);
    const weights = own.reduce((sum, { op }) => sum + op.kernel.length, 0);
    const kind = nodes.at(-1)?.kind ?? '';
    const calls = new Set(nodes.flatMap(({ fused: [first = ''] }) => first));
    const folded = new Set(nodes.flatMap(({ fused }) => fused));
    return {
      layer,
      kind,
      nodes,
      weights,
      floatBytes: sum(calls),
      unfoldedBytes: sum(folded),
    };
  });
}

/** The first node of each kernel. */
function ownKernels(nodes: readonly LinearNode[]): LinearNode[] {
  const seen = new Set<string>();
  return nodes.filter(({ id, op }) => {
    const key = op.source === undefined ? id : JSON.stringify(op.geometry);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/**
 * Bytes of a product's weights, scales or codebooks and bias as `quantize` keeps them here: packed, or
 * in the blocks of a kernel for four bits.
 */
export function keptBytes(op: Omit<LinearOp, 'input'>, facts: DeviceFacts): number {
  const product: LinearOp = { ...op, input: 'float' };
  if (FourBitLinear.takes(product) && notNative(facts) === undefined) {
    return FourBitLinear.bytesOf(product);
  }
  return packedWeightBytes(op.weights) + op.bias.byteLength;
}

/** Bits of a weight; in blocks with its part of their scale. */
export function bitsOf(format: BitFormat): number {
  return format === 'fp32' ? 32 : bitsPerWeight(format);
}

/** Bytes of the weights of layers that stay in float whatever is chosen. */
export function fixedBytes({ nodes }: FusedGraph): number {
  const layers = new Set(nodes.flatMap(({ op }) => (op.kind === 'float' ? [op.layer] : [])));
  return [...layers]
    .flatMap(({ weights }) => weights)
    .reduce((sum, { shape }) => sum + 4 * shape.reduce<number>((a, b) => a * (b ?? 1), 1), 0);
}
