import type { Tensor } from '@tensorflow/tfjs';
import type { QuantizedGraph, QuantizedNode } from '../../graph/quantized-graph';
import { exportOnnx } from '../../export/onnx/export-onnx';
import { isPerChannel } from '../arithmetic';
import type { NodeReport } from '../report';
import type { Runner } from '../runner';
import { OrtSession } from './session';

/** A whole graph as one ONNX model, whose pairs of quantizing nodes ONNX Runtime fuses away. */
export class OrtRunner implements Runner {
  readonly engine = 'onnxruntime' as const;
  readonly kernel = 'one model';
  readonly nodes: readonly NodeReport[];
  readonly weightBytes: number;
  readonly #session: OrtSession;

  /** @throws what the export throws for a graph that ONNX can't hold, and ONNX Runtime's errors. */
  constructor(graph: QuantizedGraph) {
    this.#session = new OrtSession(exportOnnx(graph, { accuracy: 'int8' }));
    this.weightBytes = this.#session.bytes;
    this.nodes = graph.nodes.map((node) => report(node, graph));
  }

  predict(inputs: readonly Tensor[]): Tensor[] {
    return this.#session.run(inputs);
  }

  dispose(): void {
    this.#session.dispose();
  }
}

function report(node: QuantizedNode, graph: QuantizedGraph): NodeReport {
  return { id: node.id, engine: 'onnxruntime', choices: [], ...describe(node, graph) };
}

type Description = Pick<NodeReport, 'kernel' | 'execution' | 'reason' | 'weightBytes'>;

const FUSED = 'fused by ONNX Runtime with the quantizing nodes around it';

function describe({ op, inputs, output }: QuantizedNode, graph: QuantizedGraph): Description {
  if (op.kind === 'float') {
    const bytes = op.layer.getWeights().reduce((sum, { size }) => sum + 4 * size, 0);
    return { kernel: 'fp32', execution: undefined, reason: op.reason, weightBytes: bytes };
  }
  if (op.kind !== 'linear') {
    const integers = [...inputs, output].every((id) => graph.activations.has(id));
    const reason = integers ? FUSED : 'its values have no fixed range';
    const execution = integers ? 'native' : undefined;
    return {
      kernel: `${op.kind} (${integers ? 'u8' : 'fp32'})`,
      execution,
      reason,
      weightBytes: 0,
    };
  }
  const { weights, bias, geometry } = op;
  const dense = geometry.kind === 'dense';
  const blocks = weights.format !== 'int8' && dense && op.input === 'float';
  const bytes =
    Math.ceil(blocks ? weights.codes.length / 2 : weights.codes.length) +
    weights.scales.byteLength +
    bias.byteLength;
  if (blocks) return { ...BLOCKS, weightBytes: bytes };
  const name = dense ? 'MatMul' : 'Conv';
  if (op.input === 'float' || !isPerChannel(weights)) {
    const reason = 'weights are widened before the product';
    return { kernel: `${name} in fp32`, execution: 'simulated', reason, weightBytes: bytes };
  }
  const integer = op.input === 'dynamic' ? `${name}Integer` : `QLinear${name}`;
  return { kernel: `${integer} (u8 x s8)`, execution: 'native', reason: FUSED, weightBytes: bytes };
}

const BLOCKS = {
  kernel: 'MatMulNBits (4-bit weights, activations rounded to int8 in blocks)',
  execution: 'native',
  reason: 'four-bit weights are unpacked in registers',
} as const;
