import type { Tensor } from '@tensorflow/tfjs';
import type { LinearOp, QuantizedGraph, QuantizedNode } from '../../graph/quantized-graph';
import { exportOnnx } from '../../export/onnx/export-onnx';
import { whyWide } from '../../export/onnx/quantized/integer-sums';
import { foldPads } from '../../export/onnx/quantized/pads';
import { blockSizeOf } from '../../export/onnx/int4/block-size';
import { onnxTypeOf } from '../../export/onnx/quantized/float-weights';
import { DEFAULT_OPSET } from '../../export/onnx/proto/builder';
import { isLinearFormat } from '../../graph/weight-codes';
import { weightTable } from '../../graph/weight-table';
import { isPerChannel } from '../arithmetic';
import { rowsAtOnce } from '../parts';
import type { NodeReport } from '../report';
import type { Runner } from '../runner';
import { blocksReason, FOUR_BIT_KERNEL, FourBitLinear } from './four-bit-linear';
import { OrtSession } from './session';

/** A whole graph as one ONNX model, whose pairs of quantizing nodes ONNX Runtime fuses away. */
export class OrtRunner implements Runner {
  readonly engine = 'onnxruntime' as const;
  readonly kernel = 'one model';
  readonly nodes: readonly NodeReport[];
  readonly #session: OrtSession;
  readonly #atOnce: number;

  /** @throws what the export throws for a graph that ONNX can't hold, and ONNX Runtime's errors. */
  constructor(graph: QuantizedGraph) {
    this.#session = new OrtSession(exportOnnx(graph, { accuracy: 'int8' }));
    this.#atOnce = rowsAtOnce(graph);
    const written = new Set(foldPads(graph).nodes.map(({ id }) => id));
    this.nodes = graph.nodes.map((node) =>
      written.has(node.id) ? report(node, graph) : partOfNext(node),
    );
  }

  get weightBytes(): number {
    return this.nodes.reduce((sum, { weightBytes }) => sum + weightBytes, 0);
  }

  predict(inputs: readonly Tensor[]): Tensor[] {
    return this.#session.run(inputs, this.#atOnce);
  }

  dispose(): void {
    this.#session.dispose();
  }
}

function report(node: QuantizedNode, graph: QuantizedGraph): NodeReport {
  return { id: node.id, engine: 'onnxruntime', choices: [], ...describe(node, graph) };
}

/** Padding that the convolutions after it do. */
function partOfNext({ id }: QuantizedNode): NodeReport {
  return {
    id,
    engine: 'onnxruntime',
    kernel: 'none',
    execution: undefined,
    reason: 'part of the convolution after it',
    weightBytes: 0,
    choices: [],
  };
}

type Description = Pick<NodeReport, 'kernel' | 'execution' | 'reason' | 'weightBytes'>;

const FUSED = 'fused by ONNX Runtime with the quantizing nodes around it';

/** What ONNX Runtime makes of nodes between quantizing ones. */
const INTEGER_KERNELS = {
  'max-pool': 'NhwcMaxPool',
  'average-pool': 'QLinearAveragePool',
  add: 'QLinearAdd',
  concat: 'QLinearConcat',
  move: 'Reshape',
} as const;

function describe(node: QuantizedNode, graph: QuantizedGraph): Description {
  const { op, inputs, output } = node;
  if (op.kind === 'float') {
    const bytes = op.layer.getWeights().reduce((sum, { size }) => sum + 4 * size, 0);
    return { kernel: 'fp32', execution: undefined, reason: op.reason, weightBytes: bytes };
  }
  if (op.kind === 'linear') {
    const rank = graph.values.get(output)?.shape.length;
    const wide = whyWide(op, graph.activations.get(inputs[0] ?? ''));
    return describeLinear(op, rank, graph.activations.has(output), wide);
  }
  if (op.kind === 'pad') {
    const reason = 'ONNX Runtime pads between quantizing nodes in fp32';
    return { kernel: 'pad in fp32', execution: 'simulated', reason, weightBytes: 0 };
  }
  const integers = [...inputs, output].every((id) => graph.activations.has(id));
  if (!integers) {
    const reason = 'its values have no fixed range';
    return { kernel: `${op.kind} in fp32`, execution: undefined, reason, weightBytes: 0 };
  }
  const kernel = `${INTEGER_KERNELS[op.kind]} (u8)`;
  return { kernel, execution: 'native', reason: FUSED, weightBytes: 0 };
}

/** `rounded`: the product's output is uint8 again; `overflow`: why it is of floats. */
function describeLinear(
  op: LinearOp,
  rank: number | undefined,
  rounded: boolean,
  overflow: string | undefined,
): Description {
  const { weights, bias, geometry, input } = op;
  const dense = geometry.kind === 'dense';
  if (!isLinearFormat(weights.format)) {
    const kernel = `${dense ? 'MatMul' : 'Conv'} in fp32`;
    const reason =
      weightTable(weights) !== undefined && onnxTypeOf(weights.format, DEFAULT_OPSET) === undefined
        ? 'its values are looked up by code when the model is loaded, and kept in fp32'
        : 'its values are widened when the model is loaded, and kept in fp32';
    const bytes = 4 * weights.codes.length + bias.byteLength;
    return { kernel, execution: 'simulated', reason, weightBytes: bytes };
  }
  if (dense && input === 'float' && blockSizeOf(weights) !== undefined) {
    const reason = blocksReason(weights);
    const weightBytes = FourBitLinear.bytesOf(op);
    return { kernel: FOUR_BIT_KERNEL, execution: 'native', reason, weightBytes };
  }
  const weightBytes = weights.codes.length + weights.scales.byteLength + bias.byteLength;
  const wide = input === 'float' || (input === 'dynamic' && weights.format !== 'int8');
  if (wide || !isPerChannel(weights)) {
    const kernel = `${dense ? 'MatMul' : 'Conv'} in fp32`;
    const reason = 'weights are widened before the product';
    return { kernel, execution: 'simulated', reason, weightBytes };
  }
  if (overflow !== undefined) {
    const kernel = `${dense ? 'MatMul' : 'Conv'} in fp32`;
    const reason = `${overflow}: its weights are written in fp32`;
    const bytes = 4 * weights.codes.length + bias.byteLength;
    return { kernel, execution: 'simulated', reason, weightBytes: bytes };
  }
  if (!dense && input === 'static' && !rounded) {
    const reason = 'its output is float, for which ONNX Runtime has no fused convolution';
    return { kernel: 'Conv in fp32', execution: 'simulated', reason, weightBytes };
  }
  const product = rank === 2 ? 'QGemm' : 'QLinearMatMul';
  const [fixed, measured] = dense
    ? [product, 'DynamicQuantizeMatMul']
    : ['QLinearConv', 'ConvInteger'];
  const kernel = `${input === 'dynamic' ? measured : fixed} (u8 x s8)`;
  const reason = input === 'dynamic' ? "each batch's own range" : FUSED;
  return { kernel, execution: 'native', reason, weightBytes };
}
