import type { onnx } from 'onnx-proto';
import type { ForeignGraph } from '../../export/onnx/foreign/foreign-graph';
import type { CodeScheme } from '../../graph/weight-codes';
import { integerSums, type RoundedInput } from './integer-sums';
import type { Product } from './products';

/** ONNX has no product of integers for the others. */
export function isDynamic({ op }: Product): boolean {
  return op !== 'ConvTranspose';
}

/** Writes products of integers whose input is rounded by the range of each run. */
export function writeDynamic(
  graph: ForeignGraph,
  products: readonly Product[],
  schemeOf: (product: Product) => CodeScheme,
): void {
  const found = new Map(products.map((product) => [product.node, product]));
  const inputs = new Map<string, RoundedInput>();
  graph.nodes = graph.nodes.flatMap((node) => {
    const product = found.get(node);
    if (product === undefined) return [node];
    const made: onnx.INodeProto[] = [];
    const rounded = inputs.get(product.x) ?? roundInput(graph, product.x, made);
    inputs.set(product.x, rounded);
    return [...made, ...integerSums(graph, product, rounded, schemeOf(product))];
  });
}

function roundInput(graph: ForeignGraph, x: string, made: onnx.INodeProto[]): RoundedInput {
  const [codes = '', scale = '', zeroPoint = ''] = ['codes', 'scale', 'zero_point'].map((part) =>
    graph.unique(`${x}_${part}`),
  );
  const outputs = [codes, scale, zeroPoint];
  made.push(graph.make({ op: 'DynamicQuantizeLinear', inputs: [x], outputs }));
  return { codes, scale, zeroPoint };
}
