import type { onnx } from 'onnx-proto';
import type { ForeignGraph } from '../../export/onnx/foreign/foreign-graph';
import { typeCode } from '../../export/onnx/proto/attribute';
import { float32Tensor, int8Tensor } from '../../export/onnx/proto/tensor';
import type { CodeScheme } from '../../graph/weight-codes';
import type { Product } from './products';
import { integerWeights, valuesOf } from './weight-codes';

/** The input of a product in codes. */
export interface RoundedInput {
  readonly codes: string;
  readonly zeroPoint: string;
  /** The name of its scale, or the scale where it is known. */
  readonly scale: string | number;
}

/**
 * A product of integers with 32-bit sums: `ConvInteger` or `MatMulInteger`, the scales and the bias after
 * it in float.
 */
export function integerSums(
  graph: ForeignGraph,
  product: Product,
  input: RoundedInput,
  scheme: CodeScheme,
): onnx.INodeProto[] {
  const { node, op, weight, shape, bias } = product;
  const isConv = op === 'Conv';
  const { codes, matrix, scales } = integerWeights(product, graph, scheme, undefined);
  const isTurned = !isConv && product.axis === 0;
  const [rows = 0, columns = 0] = shape;
  const tensor = isTurned ? int8Tensor(matrix, [columns, rows]) : int8Tensor(codes, shape);
  // Along the outputs' axis, which is the second of a convolution's and the last of others.
  const spread = (length: number): number[] =>
    isConv ? [length, ...shape.slice(2).map(() => 1)] : [length];
  const [output = ''] = node.output ?? [];
  const name = (part: string): string => graph.unique(`${output}_${part}`);
  const factor = (values: Float32Array): string => {
    const sizes = values.length === 1 ? [] : spread(values.length);
    return graph.addConstant(`${weight}_scale`, float32Tensor(values, sizes));
  };
  const [sums, wide] = [name('sums'), name('wide')];
  const scaled = bias === undefined ? output : name('scaled');
  const integer = graph.make({
    op: isConv ? 'ConvInteger' : 'MatMulInteger',
    inputs: [input.codes, graph.addConstant(`${weight}_codes`, tensor), input.zeroPoint],
    outputs: [sums],
  });
  if (isConv) integer.attribute = [...(node.attribute ?? [])];
  const nodes: onnx.INodeProto[] = [
    { ...integer, name: node.name ?? '' },
    graph.make({
      op: 'Cast',
      inputs: [sums],
      outputs: [wide],
      attributes: { to: typeCode('float32') },
    }),
  ];
  const { scale } = input;
  if (typeof scale === 'number') {
    const steps = factor(scales.map((one) => one * scale));
    nodes.push(graph.make({ op: 'Mul', inputs: [wide, steps], outputs: [scaled] }));
  } else {
    const steps = name('steps');
    nodes.push(
      graph.make({ op: 'Mul', inputs: [scale, factor(scales)], outputs: [steps] }),
      graph.make({ op: 'Mul', inputs: [wide, steps], outputs: [scaled] }),
    );
  }
  if (bias === undefined) return nodes;
  const added = valuesOf(graph.constant(bias));
  const constant = graph.addConstant(`${bias}_spread`, float32Tensor(added, spread(added.length)));
  return [...nodes, graph.make({ op: 'Add', inputs: [scaled, constant], outputs: [output] })];
}
