import type { onnx } from 'onnx-proto';
import { floatOf, graphsOf, intOf, isStandard, nameOf } from '../../export/onnx/foreign/attributes';
import type { ForeignGraph } from '../../export/onnx/foreign/foreign-graph';
import { hoistConstants } from '../../export/onnx/foreign/hoist-constants';
import { floatsOf, isFloat32, shapeOf, typeOf } from '../../export/onnx/foreign/tensor-values';
import { placeOf } from '../../graph/check-weights';
import { HalfnoteError } from '../../errors';

/** The operators whose constant factor is quantized. */
const PRODUCTS = ['Conv', 'ConvTranspose', 'Gemm', 'MatMul'] as const;
export type ProductOp = (typeof PRODUCTS)[number];

/** Products of codes, as quantizers write them. */
const OF_CODES = ['ConvInteger', 'MatMulInteger', 'MatMulNBits', 'QLinearConv', 'QLinearMatMul'];
const IN_CODES = 'its weights are codes already';

/** A product of a node's input with a constant. */
export interface Product {
  readonly node: onnx.INodeProto;
  readonly name: string;
  readonly op: ProductOp;
  /** The input that isn't constant. */
  readonly x: string;
  readonly weight: string;
  readonly shape: readonly number[];
  /** The weight's axis of the outputs; undefined where it has none, and one scale serves for all. */
  readonly axis: number | undefined;
  /** The constant that is added, if any: one number for each output. */
  readonly bias: string | undefined;
  readonly biasBytes: number;
}

/** A product that stays as it is. */
export interface KeptProduct {
  readonly name: string;
  readonly op: string;
  readonly reason: string;
  readonly floatWeightBytes: number;
}

export interface Products {
  readonly products: readonly Product[];
  /** Those of graphs within nodes, whose values may be others at each turn: their weights alone are told. */
  readonly within: readonly { readonly product: Product; readonly where: string }[];
  readonly kept: readonly KeptProduct[];
}

/** The products of a graph with constant weights, and those that can't be quantized with the reason. */
export function findProducts(graph: ForeignGraph): Products {
  const products: Product[] = [];
  const kept: KeptProduct[] = [];
  const inner: Products['within'][number][] = [];
  const { makers } = graph.index();
  for (const node of graph.nodes) {
    for (const found of within(node, graph)) {
      if ('reason' in found) kept.push(found);
      else inner.push(found);
    }
    const op = node.opType ?? '';
    if (OF_CODES.includes(op)) {
      kept.push({ name: nameOf(node), op, reason: IN_CODES, floatWeightBytes: 0 });
    }
    if (!isStandard(node) || !isProduct(node.opType)) continue;
    const isCoded = makers.get(node.input?.[1] ?? '')?.opType === 'DequantizeLinear';
    const found = isCoded ? IN_CODES : productOf(node, node.opType, graph);
    const weight = graph.constant(node.input?.[1] ?? '');
    if (typeof found !== 'string') products.push(found);
    else {
      const floatWeightBytes = weight === undefined ? 0 : 4 * countOf(shapeOf(weight));
      kept.push({ name: nameOf(node), op: node.opType, reason: found, floatWeightBytes });
    }
  }
  return { products, within: inner, kept };
}

/** Moves the weights and biases of products in graphs within nodes to where they are looked for. */
export function hoistWeights(graph: ForeignGraph): void {
  hoistConstants(graph, (node) =>
    isStandard(node) && isProduct(node.opType) ? (node.input ?? []).slice(1) : [],
  );
}

export function countOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

function isProduct(op: string | null | undefined): op is ProductOp {
  return (PRODUCTS as readonly (string | null | undefined)[]).includes(op);
}

/** The product that a node is, or why its weights stay as they are. */
function productOf(node: onnx.INodeProto, op: ProductOp, graph: ForeignGraph): Product | string {
  const [x = '', weight = '', added = ''] = node.input ?? [];
  const constant = graph.constant(weight);
  if (constant === undefined) {
    return graph.constant(x) === undefined
      ? 'both of its factors are activations'
      : 'its constant factor stands on the left';
  }
  if (!isFloat32(constant)) return `its weights are ${typeOf(constant)}`;
  if (graph.constant(x) !== undefined) return 'all of its inputs are constant';
  if (op === 'Gemm' && (intOf(node, 'transA', 0) !== 0 || floatOf(node, 'alpha', 1) !== 1)) {
    return 'it turns or scales its input';
  }
  const bias = added === '' ? undefined : added;
  const shape = shapeOf(constant);
  const axis = axisOf(node, op, shape);
  if (bias !== undefined) {
    const given = graph.constant(bias);
    const isVector =
      given !== undefined && isFloat32(given) && isPerOutput(given, outputsOf(node, op, shape));
    if (!isVector || floatOf(node, 'beta', 1) !== 1) {
      return 'what it adds is no constant for each output';
    }
  }
  const biasBytes = bias === undefined ? 0 : 4 * outputsOf(node, op, shape);
  return { node, name: nameOf(node), op, x, weight, shape, axis, bias, biasBytes };
}

function outputsOf(node: onnx.INodeProto, op: ProductOp, shape: readonly number[]): number {
  // A weight of groups has the outputs of one.
  if (op === 'ConvTranspose') return (shape[1] ?? 0) * intOf(node, 'group', 1);
  return shape[axisOf(node, op, shape) ?? -1] ?? NaN;
}

/** Whether a constant has a number for each output, and not for each row, of which there may be as many. */
function isPerOutput(constant: onnx.ITensorProto, outputs: number): boolean {
  const shape = shapeOf(constant);
  return countOf(shape) === outputs && (shape.at(-1) ?? 1) === outputs;
}

function axisOf(
  node: onnx.INodeProto,
  op: ProductOp,
  shape: readonly number[],
): number | undefined {
  if (op === 'Conv') return 0;
  if (op === 'Gemm') return intOf(node, 'transB', 0) === 0 ? 1 : 0;
  if (op === 'MatMul') return shape.length === 2 ? 1 : undefined;
  // The axis has the outputs of one group.
  return intOf(node, 'group', 1) === 1 ? 1 : undefined;
}

/** The products of the graphs that a node holds. */
function within(
  node: onnx.INodeProto,
  graph: ForeignGraph,
): (Products['within'][number] | KeptProduct)[] {
  const where = `the ${node.opType ?? ''} '${nameOf(node)}'`;
  return graphsOf(node).flatMap((inside) =>
    (inside.node ?? []).flatMap((inner) => {
      const deeper = within(inner, graph);
      if (!isStandard(inner) || !isProduct(inner.opType)) return deeper;
      const product = productOf(inner, inner.opType, graph);
      const own =
        typeof product === 'string'
          ? { name: nameOf(inner), op: inner.opType, reason: product, floatWeightBytes: 0 }
          : { product, where };
      return [own, ...deeper];
    }),
  );
}

/** @throws HalfnoteError `not-finite` where a weight is NaN or infinite. */
export function checkFinite({ name, op, weight, shape }: Product, graph: ForeignGraph): void {
  const constant = graph.constant(weight);
  const values = constant === undefined ? undefined : floatsOf(constant);
  const index = values?.findIndex((value) => !Number.isFinite(value)) ?? -1;
  if (index < 0) return;
  throw new HalfnoteError(
    'not-finite',
    `The weights '${weight}' of ${op} '${name}' in '${graph.source}' are ${values?.[index] ?? NaN} at [${placeOf(index, shape).join(', ')}].`,
    'Mend the model, or leave the node out: `exclude`.',
  );
}
