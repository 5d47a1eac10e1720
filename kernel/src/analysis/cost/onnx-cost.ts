import type { onnx } from 'onnx-proto';
import { about } from '../../display/variable-name';
import { nameOf } from '../../export/onnx/foreign/attributes';
import type { OnnxModel } from '../../export/onnx/onnx-model';
import { countOf } from '../../quantization/onnx/products';
import { multiplies, productMacs } from '../onnx/product-macs';
import { elementBytes, type OnnxRun, type OnnxRunOptions, runOnce } from '../onnx/run-once';
import { FLOAT_BYTES, weightsOf } from '../onnx/weights';
import { checkCostFormat, type CostFormat, widthBytes } from './formats';
import { intensity } from './layer-cost';
import { OnnxCost } from './onnx-view';
import type { NodeCost } from './onnx-result';

export interface OnnxCostOptions extends OnnxRunOptions {
  /** Of weights and activations, for the bytes moved. Default fp32. */
  readonly format?: CostFormat;
}

/**
 * Multiply-adds, parameters and traffic of each `Conv`, `ConvTranspose`, `Gemm` and `MatMul` of an ONNX
 * model, by the shapes that one run of it has; all other operators are named, and not counted. Bytes are
 * the least that one inference moves: weights, inputs and outputs once, floats in `format`, others as
 * they are. The formulas are those of `modelCost`.
 *
 * @throws HalfnoteError `unknown-format`, and as {@link runOnce}.
 */
export async function onnxCost(
  model: OnnxModel,
  { format = 'fp32', ...how }: OnnxCostOptions,
): Promise<OnnxCost> {
  checkCostFormat(format);
  const run = await runOnce(model, how);
  const nodes: NodeCost[] = [];
  const others = new Map<string, number>();
  for (const node of run.graph.nodes) {
    const macs = productMacs(node, (name) => run.values.get(name)?.shape);
    const op = node.opType ?? '';
    if (macs === undefined) others.set(op, (others.get(op) ?? 0) + 1);
    else nodes.push(nodeCost(node, macs, run, widthBytes(format)));
  }
  const sum = (pick: (row: NodeCost) => number): number =>
    nodes.reduce((total, row) => total + pick(row), 0);
  const forwardFlops = sum((row) => row.forwardFlops);
  const traffic = {
    weightBytes: sum((row) => row.weightBytes),
    activationBytes: sum((row) => row.activationBytes),
  };
  const sorted = [...others].sort((a, b) => b[1] - a[1]);
  const cost = new OnnxCost({
    model: model.source,
    batchSize: run.batchSize,
    format,
    nodes,
    parameters: weightsOf(run.graph).parameters,
    macs: sum((row) => row.macs),
    forwardFlops,
    ...traffic,
    intensityFlopPerByte: intensity(forwardFlops, traffic),
    notCounted: Object.fromEntries(sorted),
    productsNotCounted: sorted.map(([op]) => op).filter(multiplies),
  });
  return about(cost, { model });
}

function nodeCost(
  node: onnx.INodeProto,
  macs: number,
  { values }: OnnxRun,
  width: number,
): NodeCost {
  const inputs = (node.input ?? []).filter((name) => name !== '');
  const isFloatConstant = (name: string): boolean => {
    const value = values.get(name);
    return value?.isConstant === true && FLOAT_BYTES.has(value.type);
  };
  const parameters = inputs
    .filter(isFloatConstant)
    .reduce((total, name) => total + countOf(values.get(name)?.shape ?? []), 0);
  const bytesOf = (name: string): number => {
    const value = values.get(name);
    if (value === undefined) return 0;
    return countOf(value.shape) * (FLOAT_BYTES.has(value.type) ? width : elementBytes(value.type));
  };
  const moved = [...inputs, ...(node.output ?? [])].filter((name) => !isFloatConstant(name));
  const traffic = {
    weightBytes: parameters * width,
    activationBytes: moved.reduce((total, name) => total + bytesOf(name), 0),
  };
  return {
    name: nameOf(node),
    kind: node.opType ?? '',
    parameters,
    macs,
    forwardFlops: 2 * macs,
    ...traffic,
    intensityFlopPerByte: intensity(2 * macs, traffic),
  };
}
