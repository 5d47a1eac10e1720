import * as tf from '@tensorflow/tfjs';
import { HalfnoteError } from '../../errors';
import {
  modelGraph,
  type GraphNode,
  type GraphValue,
  type ValueId,
} from '../../models/model-graph';
import type { QuantizedGraph, QuantizedNode } from '../../graph/quantized-graph';
import { checkWeights } from '../../graph/check-weights';
import { asLayersModel } from '../../importing/layers-model-of';
import { type FloatModel, isGraphModel } from '../../models/graph-model';
import { kindOf } from '../../models/examples';
import { isLinearFormat } from '../../graph/weight-codes';
import { blockSizeOf, fitsFourBits } from './int4/block-size';
import { halfPrecision } from './half-precision';
import { emitLayer } from './layers/table';
import {
  ACCURACY_LEVELS,
  type ExportSettings,
  type OnnxExportOptions,
  type OnnxFormat,
  settleExport,
} from './options';
import { emitNode } from './quantized/emit-node';
import { foldPads } from './quantized/pads';
import { GraphWriter, type WriterOptions } from './writer/graph-writer';
import { version } from './version';

/** What can be written: a float model, or what quantization made of one. */
export type OnnxSource = FloatModel | QuantizedGraph | RunningGraph;

/** A quantized graph with what it remembers of earlier batches. */
export interface RunningGraph {
  readonly graph: QuantizedGraph;
  readonly nodes?: readonly {
    readonly id: string;
    readonly activationScale?: number | undefined;
  }[];
}

/**
 * A model as the bytes of an ONNX file, to be run by ONNX Runtime and whatever else reads ONNX.
 *
 * A float model is written in fp32, fp16 (weights and arithmetic; inputs and outputs stay fp32) or
 * int4 (dense weights in blocks of four bits, by ONNX Runtime's `MatMulNBits`). A quantized one is
 * written as it is: integers as pairs of `QuantizeLinear` and `DequantizeLinear` around ONNX's own
 * operators, from which runtimes make their integer kernels. The batch is open under the name `batch`.
 *
 * @throws HalfnoteError `onnx-unsupported` that names a layer with no counterpart in ONNX,
 *   `fp16-overflow`, `no-ranges` where earlier batches scale and there are none, `onnx-too-large`, `invalid-option`, `not-quantized`, `unsupported-model`, `disposed`.
 */
export function exportOnnx(source: OnnxSource, options: OnnxExportOptions = {}): Uint8Array {
  return writeOnnx(source, options);
}

/**
 * As {@link exportOnnx}.
 * @param more.wide Layers' calls that are to stay in fp32 in a file of fp16, and why.
 * @param more.all Every value is an output, under its id, rather than those of the model.
 */
export function writeOnnx(
  given: OnnxSource,
  options: OnnxExportOptions,
  more: WriteOptions = {},
): Uint8Array {
  const settings = settleExport(options);
  const source = isGraphModel(given) ? asLayersModel(given, 'exportOnnx') : given;
  if (source instanceof tf.LayersModel) return exportModel(source, settings, more);
  // JavaScript can hand over anything.
  const other: unknown = source;
  if (typeof other !== 'object' || other === null || !('graph' in other || 'nodes' in other)) {
    throw new HalfnoteError(
      'unsupported-model',
      `exportOnnx() takes a tf.LayersModel or a quantized model, not ${kindOf(other)}.`,
    );
  }
  return exportGraph('graph' in source ? asItIsNow(source) : source, settings, more);
}

/** The graph with the scales that earlier batches have given, as if they were found by calibration. */
export function asItIsNow({ graph, nodes = [] }: RunningGraph): QuantizedGraph {
  const scales = new Map(nodes.map(({ id, activationScale }) => [id, activationScale]));
  return {
    ...graph,
    nodes: graph.nodes.map((node) => {
      const { op, id } = node;
      const scale = scales.get(id);
      if (op.kind !== 'linear' || op.activations?.scale !== 'delayed' || scale === undefined) {
        return node;
      }
      const activations = { ...op.activations, scale: Math.fround(scale) };
      return { ...node, op: { ...op, activations } };
    }),
  };
}

export interface WriteOptions {
  readonly wide?: ReadonlyMap<string, string>;
  readonly all?: boolean;
}

/** The level at which `MatMulNBits` rounds the other factor. */
const ROUNDED = ACCURACY_LEVELS.int8;

/** How a float model is written in each format that it can have. */
const WRITTEN: Readonly<
  Record<Exclude<OnnxFormat, 'int8'>, Pick<WriterOptions, 'float' | 'dense'>>
> = {
  fp32: { float: 'float32', dense: 'float' },
  fp16: { float: 'float16', dense: 'float' },
  int4: { float: 'float32', dense: 'blocks' },
};

function exportModel(
  model: tf.LayersModel,
  settings: ExportSettings,
  { wide = new Map(), all = false }: WriteOptions,
): Uint8Array {
  const format = settings.format ?? 'fp32';
  if (format === 'int8') {
    throw new HalfnoteError(
      'not-quantized',
      `The model '${model.name}' is in float; int8 needs the ranges of its activations.`,
      "Quantize it first: exportOnnx(await quantize(model, {weights: 'int8', calibrate: x})).",
    );
  }
  const graph = modelGraph(model);
  const { blockSize, accuracyLevel } = settings;
  const writer = new GraphWriter({
    values: graph.values,
    ...WRITTEN[format],
    blocks: { blockSize, accuracyLevel },
    finiteRows: format === 'int4' && accuracyLevel === ROUNDED,
  });
  return written(writer, all ? withAllOutputs(graph) : graph, settings, {
    format,
    weights: model.weights.reduce((sum, { shape }) => sum + 4 * size(shape), 0),
    emit: () => {
      if (format === 'int4') checkWeights(graph);
      const half = format === 'fp16' ? halfPrecision(graph, wide) : undefined;
      writer.notes.push(...(half?.notes ?? []));
      for (const node of graph.nodes) {
        const float = half?.wide.has(node.id) === true ? 'float32' : WRITTEN[format].float;
        writer.inFloat(float, () => {
          emitLayer(writer, node);
        });
      }
    },
  });
}

function exportGraph(
  graph: QuantizedGraph,
  settings: ExportSettings,
  { all = false }: WriteOptions,
): Uint8Array {
  const linear = graph.nodes.flatMap(({ op }) => (op.kind === 'linear' ? [op] : []));
  const narrow = linear.filter(({ weights }) => fitsFourBits(weights.format));
  const integers = linear.length > 0 && narrow.length === linear.length ? 'int4' : 'int8';
  const tables = linear
    .map(({ weights }) => weights.format)
    .filter((name) => !isLinearFormat(name));
  const format = tables.length === 0 ? integers : [...new Set(tables)].join('+');
  if (settings.format !== undefined && settings.format !== format) {
    throw new HalfnoteError(
      'invalid-option',
      `'${graph.name}' is quantized to ${format}, and can't be written in ${settings.format}.`,
      `Leave the format out, or export the float model in ${settings.format}.`,
    );
  }
  const { blockSize, accuracyLevel } = settings;
  const writer = new GraphWriter({
    values: graph.values,
    float: 'float32',
    dense: 'float',
    blocks: { blockSize, accuracyLevel },
    ranges: graph.activations,
    opset: settings.opset,
    finiteRows:
      linear.some(({ input, activations }) => input === 'dynamic' || activations !== undefined) ||
      (accuracyLevel === ROUNDED &&
        linear.some(({ weights }) => blockSizeOf(weights) !== undefined)),
  });
  const float = graph.nodes.flatMap(({ op }) => (op.kind === 'float' ? op.layer.weights : []));
  const weights =
    linear.reduce((sum, { weights: w, bias }) => sum + 4 * (w.codes.length + bias.length), 0) +
    float.reduce((sum, { shape }) => sum + 4 * size(shape), 0);
  return written(writer, all ? withAllOutputs(graph) : graph, settings, {
    format,
    weights,
    emit: () => {
      const { nodes, pads } = foldPads(graph);
      for (const node of nodes) emitNode(writer, node, pads.get(node.id));
    },
  });
}

interface Content {
  readonly format: string;
  /** Bytes of the model's weights in fp32. */
  readonly weights: number;
  emit(): void;
}

function written(
  writer: GraphWriter,
  graph: {
    readonly name: string;
    readonly inputs: readonly GraphValue[];
    readonly outputs: readonly ValueId[];
  },
  settings: ExportSettings,
  content: Content,
): Uint8Array {
  for (const { id } of graph.inputs) writer.input(id);
  content.emit();
  for (const id of graph.outputs) writer.output(id);
  return writer.onnx.finish(settings.name ?? graph.name, {
    opset: settings.opset,
    producerVersion: version(),
    metadata: {
      'halfnote.format': content.format,
      'halfnote.fp32_weight_bytes': String(content.weights),
      ...(writer.notes.length > 0 ? { 'halfnote.notes': JSON.stringify(writer.notes) } : {}),
    },
  });
}

/** All that nodes make, and so the outputs. */
function withAllOutputs<G extends { readonly nodes: readonly (GraphNode | QuantizedNode)[] }>(
  graph: G,
): G {
  const outputs = graph.nodes.flatMap((node) => ('outputs' in node ? node.outputs : [node.output]));
  return { ...graph, outputs: [...new Set(outputs)] };
}

function size(shape: readonly (number | null)[]): number {
  return shape.reduce<number>((product, n) => product * (n ?? 1), 1);
}
