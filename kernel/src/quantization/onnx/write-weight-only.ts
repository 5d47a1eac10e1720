import type { onnx } from 'onnx-proto';
import { fitsFourBits } from '../../export/onnx/int4/block-size';
import { blocked } from '../../export/onnx/quantized/blocked-weights';
import { graphsOf } from '../../export/onnx/foreign/attributes';
import type { ForeignGraph } from '../../export/onnx/foreign/foreign-graph';
import { typeCode } from '../../export/onnx/proto/attribute';
import { MICROSOFT } from '../../export/onnx/proto/builder';
import {
  float16Tensor,
  float32Tensor,
  int8Tensor,
  type OnnxTensor,
  uint8Tensor,
} from '../../export/onnx/proto/tensor';
import type { WeightCodes } from '../../graph/quantized-graph';
import {
  type CodeScheme,
  decodeWeights,
  encodeWeights,
  isLinearFormat,
  isSign,
} from '../../graph/weight-codes';
import type { Product } from './products';
import { inWeightOrder, matrixOf } from './weight-codes';

/** What became of a product's weights. */
export interface WrittenWeights {
  readonly isSimulated: boolean;
  readonly how: string;
  /** Of the weights as the file has them, with their scales. */
  readonly bytes: number;
  /** The graph within a node that has a copy of them of its own. */
  readonly copiedTo?: onnx.IGraphProto;
}

const KEPT_IN_FLOAT = 'its weights are rounded, and kept and multiplied in float32';

/** Writes weights in a format, each product by what ONNX Runtime has for it, or says why it stays as it is. */
export function writeWeightOnly(
  graph: ForeignGraph,
  products: readonly Product[],
  schemeOf: (product: Product) => CodeScheme,
): ReadonlyMap<onnx.INodeProto, WrittenWeights | string> {
  const found = new Map(products.map((product) => [product.node, product]));
  const written = new Map<onnx.INodeProto, WrittenWeights | string>();
  const rewritten: Rewrite = (nodes, within) =>
    nodes.flatMap((node) => {
      const product = found.get(node);
      if (product === undefined) return [withGraphs(node, graph, rewritten)];
      const made: onnx.INodeProto[] = [];
      const how = writeOne(graph, product, schemeOf(product), made);
      const isCopied = within !== undefined && typeof how !== 'string' && made.some(looksBeside);
      written.set(node, isCopied ? { ...how, copiedTo: within } : how);
      return made;
    });
  graph.nodes = rewritten(graph.nodes);
  return written;
}

/** The nodes of a graph, in their order, with their weights in codes. `within`: undefined of the main graph. */
type Rewrite = (nodes: readonly onnx.INodeProto[], within?: onnx.IGraphProto) => onnx.INodeProto[];

/** ONNX Runtime looks for the codes that are widened in the very graph that widens them; for all else in any. */
function looksBeside({ opType }: onnx.INodeProto): boolean {
  return opType === 'DequantizeLinear';
}

/** A node with the nodes of the graphs that it holds rewritten. */
function withGraphs(
  node: onnx.INodeProto,
  graph: ForeignGraph,
  rewritten: Rewrite,
): onnx.INodeProto {
  if (graphsOf(node).length === 0) return node;
  const inside = (inner: onnx.IGraphProto): onnx.IGraphProto => {
    const before = new Set(inner.node);
    const made = rewritten(inner.node ?? [], inner);
    const own = constantsFor(
      made.filter((one) => looksBeside(one) && !before.has(one)),
      graph,
    );
    return { ...inner, node: made, initializer: [...(inner.initializer ?? []), ...own] };
  };
  const attribute = (node.attribute ?? []).map((one) => ({
    ...one,
    ...(one.g ? { g: inside(one.g) } : {}),
    ...(one.graphs ? { graphs: one.graphs.map(inside) } : {}),
  }));
  return { ...node, attribute };
}

/** Copies of the constants of the main graph that nodes take, by names of their own. */
function constantsFor(nodes: readonly onnx.INodeProto[], graph: ForeignGraph): onnx.ITensorProto[] {
  const copies = new Map<string, onnx.ITensorProto>();
  for (const node of nodes) {
    node.input = (node.input ?? []).map((name) => {
      const constant = graph.constant(name);
      if (constant === undefined) return name;
      const copy = copies.get(name) ?? { ...constant, name: graph.unique(name) };
      copies.set(name, copy);
      return copy.name ?? name;
    });
  }
  return [...copies.values()];
}

function writeOne(
  graph: ForeignGraph,
  product: Product,
  scheme: CodeScheme,
  made: onnx.INodeProto[],
): WrittenWeights | string {
  const { format } = scheme;
  if (format === 'fp16' && scheme.rule === 'none') return writeHalves(graph, product, made);
  const { values, channels } = matrixOf(product, graph);
  const coded = encodeWeights(values, channels, scheme, product.name);
  const size = nibbleBlock(product, coded);
  if (size !== undefined) return writeNibbles(graph, product, coded, size, made);
  const isWhole = coded.groupSize === coded.depth;
  if (format === 'int8' && isWhole) return writeInt8(graph, product, coded, made);
  return writeRounded(graph, product, decodeWeights(coded), made);
}

function writeRounded(
  graph: ForeignGraph,
  product: Product,
  matrix: Float32Array<ArrayBuffer>,
  made: onnx.INodeProto[],
): WrittenWeights {
  const values = float32Tensor(inWeightOrder(matrix, product), product.shape);
  made.push(withWeight(product, graph.addConstant(`${product.weight}_rounded`, values)));
  return { isSimulated: true, how: KEPT_IN_FLOAT, bytes: 4 * matrix.length };
}

function writeHalves(
  graph: ForeignGraph,
  product: Product,
  made: onnx.INodeProto[],
): WrittenWeights | string {
  const { values } = matrixOf(product, graph);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest >= 65520) {
    made.push(product.node);
    return `fp16 can't hold its ${largest}`;
  }
  const halves = float16Tensor(inWeightOrder(values, product), product.shape);
  const constant = graph.addConstant(`${product.weight}_half`, halves);
  const output = graph.unique(`${product.weight}_wide`);
  const attributes = { to: typeCode('float32') };
  made.push(graph.make({ op: 'Cast', inputs: [constant], outputs: [output], attributes }));
  made.push(withWeight(product, output));
  return {
    isSimulated: true,
    how: 'halves in the file, widened and multiplied in float32',
    bytes: 2 * values.length,
  };
}

/** Codes of 8 bits in the file, widened before each product. */
function writeInt8(
  graph: ForeignGraph,
  product: Product,
  { codes, scales }: WeightCodes,
  made: onnx.INodeProto[],
): WrittenWeights {
  const { weight, shape, axis } = product;
  const own = axis === undefined ? scales.slice(0, 1) : scales;
  const sizes = axis === undefined ? [] : [own.length];
  const tensor = int8Tensor(inWeightOrder(Int8Array.from(codes), product), shape);
  const inputs = [
    constantOf(graph, `${weight}_codes`, tensor),
    constantOf(graph, `${weight}_scale`, float32Tensor(own, sizes)),
    constantOf(graph, `${weight}_zero_point`, int8Tensor(new Int8Array(own.length), sizes)),
  ];
  const output = graph.unique(`${weight}_rounded`);
  const attributes = axis === undefined ? {} : { axis };
  made.push(graph.make({ op: 'DequantizeLinear', inputs, outputs: [output], attributes }));
  made.push(withWeight(product, output));
  return {
    isSimulated: true,
    how: 'int8 in the file, widened and multiplied in float32',
    bytes: codes.length + 5 * own.length,
  };
}

/** ONNX Runtime's kernels know these sizes. */
const BLOCK_SIZES = [128, 64, 32, 16];
const DEFAULT_BLOCK = 32;

/** The block in which `MatMulNBits` can have the weights; undefined where it can't. */
function nibbleBlock(
  { op, axis, shape }: Product,
  { format, groupSize, depth }: WeightCodes,
): number | undefined {
  const isDense = (op === 'MatMul' || op === 'Gemm') && axis !== undefined && shape.length === 2;
  const isMultiple = isLinearFormat(format) && fitsFourBits(format) && !isSign(format);
  if (!isDense || !isMultiple) return undefined;
  if (groupSize >= depth) return DEFAULT_BLOCK;
  return BLOCK_SIZES.find((size) => groupSize % size === 0);
}

/** Blocks of 4-bit codes along the inputs, by `MatMulNBits`; 3 and 2 bits take 4 there. */
function writeNibbles(
  graph: ForeignGraph,
  product: Product,
  coded: WeightCodes,
  blockSize: number,
  made: onnx.INodeProto[],
): WrittenWeights {
  const { weight, node, x, bias } = product;
  const { depth, channels } = coded;
  const { packed: nibbles, scales, blocks } = blocked(coded, blockSize);
  const packed = uint8Tensor(nibbles, [channels, blocks, blockSize / 2]);
  const [output = ''] = node.output ?? [];
  const product4 = bias === undefined ? output : graph.unique(`${output}_product`);
  const made4 = graph.make({
    op: 'MatMulNBits',
    domain: MICROSOFT,
    inputs: [
      x,
      constantOf(graph, `${weight}_codes`, packed),
      constantOf(graph, `${weight}_scale`, float32Tensor(scales, [channels, blocks])),
    ],
    outputs: [product4],
    attributes: { K: depth, N: channels, bits: 4, block_size: blockSize, accuracy_level: 1 },
  });
  made.push({ ...made4, name: node.name ?? '' });
  if (bias !== undefined) {
    made.push(graph.make({ op: 'Add', inputs: [product4, bias], outputs: [output] }));
  }
  const bytes = packed.bytes.length + 4 * scales.length;
  return {
    isSimulated: false,
    how: `4-bit codes in blocks of ${blockSize}, widened in the kernel`,
    bytes,
  };
}

function constantOf(graph: ForeignGraph, name: string, tensor: OnnxTensor): string {
  return graph.addConstant(name, tensor);
}

function withWeight({ node, x, bias }: Product, weight: string): onnx.INodeProto {
  return { ...node, input: bias === undefined ? [x, weight] : [x, weight, bias] };
}
