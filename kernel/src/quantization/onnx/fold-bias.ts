import type { onnx } from 'onnx-proto';
import { intOf, isStandard } from '../../export/onnx/foreign/attributes';
import type { ForeignGraph } from '../../export/onnx/foreign/foreign-graph';
import { isFloat32, shapeOf } from '../../export/onnx/foreign/tensor-values';
import { float32Tensor } from '../../export/onnx/proto/tensor';
import { countOf, findProducts, type Product } from './products';
import { valuesOf } from './weight-codes';

/**
 * Makes biases of constants that are added to a convolution's outputs, one for each channel, as ONNX
 * Runtime does: else the sum is rounded before they are added, to a range that it doesn't end up in.
 */
export function foldBiases(graph: ForeignGraph): void {
  const gone = new Set<onnx.INodeProto>();
  const { takers } = graph.index();
  for (const product of findProducts(graph).products) {
    const { node, op, x, weight, bias } = product;
    const [output = ''] = node.output ?? [];
    const [next, ...others] = takers.get(output) ?? [];
    if ((op !== 'Conv' && op !== 'ConvTranspose') || bias !== undefined) continue;
    if (next === undefined || others.length > 0 || graph.outputs.includes(output)) continue;
    const added = addedTo(output, next, product, graph);
    if (added === undefined) continue;
    const name = graph.addConstant(`${weight}_bias`, float32Tensor(added, [added.length]));
    node.input = [x, weight, name];
    node.output = [next.output?.[0] ?? ''];
    gone.add(next);
  }
  graph.nodes = graph.nodes.filter((node) => !gone.has(node));
}

/** What a node adds to each channel of a value; undefined where it does anything else. */
function addedTo(
  value: string,
  node: onnx.INodeProto,
  { op, shape, node: product }: Product,
  graph: ForeignGraph,
): Float32Array | undefined {
  if (node.opType !== 'Add' || !isStandard(node)) return undefined;
  const other = node.input?.find((name) => name !== value) ?? '';
  const constant = graph.constant(other);
  if (constant === undefined || !isFloat32(constant)) return undefined;
  const channels = op === 'Conv' ? (shape[0] ?? 0) : (shape[1] ?? 0) * intOf(product, 'group', 1);
  const sizes = shapeOf(constant);
  const spatial = shape.length - 2;
  // [channels, 1, ...], or the same with a batch of 1: nothing else lies along the channels alone.
  const isAlong =
    sizes.length >= spatial + 1 &&
    sizes.length <= spatial + 2 &&
    sizes.at(-1 - spatial) === channels &&
    countOf(sizes) === channels;
  return isAlong ? valuesOf(constant) : undefined;
}
