import type { onnx } from 'onnx-proto';
import { intOf, isStandard } from '../../export/onnx/foreign/attributes';
import { countOf } from '../../quantization/onnx/products';

type Shape = readonly number[];

/** Multiply-adds by the shapes of both factors and of the result. */
type Count = (node: onnx.INodeProto, a: Shape, b: Shape, y: Shape) => number;

const COUNTS: Readonly<Record<string, Count>> = {
  // Each output meets the kernel over the channels of its group: all axes of the weight but the first.
  Conv: (_, __, weight, y) => countOf(y) * countOf(weight.slice(1)),
  // Each input meets the kernel for the outputs of its group.
  ConvTranspose: (_, x, weight) => countOf(x) * countOf(weight.slice(1)),
  Gemm: (node, a, _, y) => countOf(y) * (a[intOf(node, 'transA', 0) === 0 ? 1 : 0] ?? 0),
  MatMul: (_, a, __, y) => countOf(y) * (a.at(-1) ?? 0),
};

/** Operators that multiply, too, and that no formula here counts. */
const FURTHER_PRODUCTS: readonly string[] = [
  ...['LSTM', 'GRU', 'RNN', 'Einsum', 'DeformConv', 'Attention', 'MultiHeadAttention'],
  ...['GroupQueryAttention', 'FusedConv', 'FusedMatMul', 'FusedGemm', 'MatMulNBits'],
  ...['ConvInteger', 'MatMulInteger', 'QLinearConv', 'QLinearMatMul', 'QGemm', 'STFT', 'DFT'],
  // What they hold is run as often as they say.
  ...['If', 'Loop', 'Scan'],
];

/** The multiply-adds of a node; undefined of one that isn't counted. */
export function productMacs(
  node: onnx.INodeProto,
  shapeOf: (name: string) => Shape | undefined,
): number | undefined {
  const op = node.opType ?? '';
  const count = isStandard(node) && Object.hasOwn(COUNTS, op) ? COUNTS[op] : undefined;
  const [a, b] = (node.input ?? []).map(shapeOf);
  const y = shapeOf(node.output?.[0] ?? '');
  if (count === undefined || a === undefined || b === undefined || y === undefined)
    return undefined;
  return count(node, a, b, y);
}

export function multiplies(op: string): boolean {
  return FURTHER_PRODUCTS.includes(op);
}
