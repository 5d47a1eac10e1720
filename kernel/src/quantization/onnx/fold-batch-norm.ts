import type { onnx } from 'onnx-proto';
import { floatOf, isStandard, nameOf } from '../../export/onnx/foreign/attributes';
import type { ForeignGraph } from '../../export/onnx/foreign/foreign-graph';
import { floatsOf } from '../../export/onnx/foreign/tensor-values';
import { float32Tensor } from '../../export/onnx/proto/tensor';
import { isVector } from './fold-constants';
import { findProducts, type Product } from './products';

/**
 * Puts batch normalizations into the convolutions before them, in float64:
 * `w' = w * gamma / sqrt(variance + epsilon)`, `b' = (b - mean) * gamma / sqrt(...) + beta`.
 * @returns the names of those that are gone, with that of the product that each is now part of.
 */
export function foldBatchNorms(graph: ForeignGraph): ReadonlyMap<string, string> {
  const folded = new Map<string, string>();
  const gone = new Set<onnx.INodeProto>();
  const { takers } = graph.index();
  for (const product of findProducts(graph).products) {
    const [output = ''] = product.node.output ?? [];
    const [next, ...others] = takers.get(output) ?? [];
    const isAlone = others.length === 0 && !graph.outputs.includes(output);
    if (next === undefined || !isAlone || !isFoldable(next, product, graph)) continue;
    fold(product, next, graph);
    gone.add(next);
    folded.set(nameOf(next), product.name);
  }
  graph.nodes = graph.nodes.filter((node) => !gone.has(node));
  return folded;
}

function isFoldable(norm: onnx.INodeProto, product: Product, graph: ForeignGraph): boolean {
  const { op, axis, shape, node } = product;
  if (norm.opType !== 'BatchNormalization' || !isStandard(norm)) return false;
  if ((op !== 'Conv' && op !== 'ConvTranspose') || axis === undefined) return false;
  const [x, ...parameters] = norm.input ?? [];
  if (x !== node.output?.[0] || (norm.output?.filter(Boolean).length ?? 0) !== 1) return false;
  return parameters.every((name) => isVector(graph.constant(name), shape[axis] ?? 0));
}

function fold(product: Product, norm: onnx.INodeProto, graph: ForeignGraph): void {
  const { node, weight, bias, shape, axis = 0 } = product;
  const read = (name: string | undefined): Float32Array => {
    const constant = graph.constant(name ?? '');
    return (constant === undefined ? undefined : floatsOf(constant)) ?? new Float32Array(0);
  };
  const [gamma = [], beta = [], mean = [], variance = []] = (norm.input ?? []).slice(1).map(read);
  const epsilon = floatOf(norm, 'epsilon', 1e-5);
  const channels = shape[axis] ?? 0;
  const factors = Array.from(
    { length: channels },
    (_, c) => (gamma[c] ?? 0) / Math.sqrt((variance[c] ?? 0) + epsilon),
  );
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const scaled = read(weight).map(
    (value, i) => value * (factors[Math.floor(i / inner) % channels] ?? 0),
  );
  const added = read(bias);
  const shifted = factors.map(
    (factor, c) => ((added[c] ?? 0) - (mean[c] ?? 0)) * factor + (beta[c] ?? 0),
  );
  node.input = [
    product.x,
    graph.addConstant(`${weight}_folded`, float32Tensor(scaled, shape)),
    graph.addConstant(`${bias ?? weight}_bias`, float32Tensor(shifted, [channels])),
  ];
  node.output = [norm.output?.[0] ?? ''];
}
