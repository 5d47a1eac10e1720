import { about } from '../../display/variable-name';
import { HalfnoteError } from '../../errors';
import { ForeignGraph } from '../../export/onnx/foreign/foreign-graph';
import { readForeign } from '../../export/onnx/foreign/read-foreign';
import { OnnxModel } from '../../export/onnx/onnx-model';
import { decodeOnnx } from '../../export/onnx/summary';
import { asLayersModel } from '../../importing/layers-model-of';
import type { FloatModel } from '../../models/graph-model';
import {
  type GraphColor,
  type GraphLayout,
  MOST_NODES,
  type PlottedNode,
} from '../../payloads/graph/schema';
import { QuantizedOnnxModel } from '../../quantization/onnx/quantized-onnx-model';
import { QuantizedModel } from '../../quantization/quantized-model';
import { repeatedBlocks } from './blocks';
import { layOut } from './layout';
import { nodesOfLayers } from './of-layers';
import { nodesOfOnnx } from './of-onnx';
import { nodesOfQuantized } from './of-quantized';
import { ModelPlot } from './view';

export interface PlotModelOptions {
  /**
   * What layers are painted by: the format of their weights, the noise that rounding added to them (of a
   * model that `quantize` made of one of tfjs), or their bytes. Default: `format` of a quantized model,
   * else `bytes`.
   */
  readonly color?: GraphColor;
}

const COLORS = ['format', 'error', 'bytes'] as const satisfies readonly GraphColor[];

/** Layers up to which all are drawn, blocks or not. */
const FEW = 24;
/** Boxes that are drawn: a page bears no more, and nobody reads more. */
const MOST_BOXES = 300;

/**
 * A model as a graph: its layers with their class, format and bytes, and what each reads, as `plot_model` of
 * Keras has it. Long chains go on in columns, and blocks that repeat are one box each time.
 *
 * @throws HalfnoteError `unsupported-model`, `invalid-option` for another color, and for errors of a model
 *   that has none; `not-readable` of an ONNX file.
 */
export async function plotModel(
  model: FloatModel | OnnxModel | QuantizedModel | QuantizedOnnxModel,
  { color }: PlotModelOptions = {},
): Promise<ModelPlot> {
  const isQuantized = model instanceof QuantizedModel || model instanceof QuantizedOnnxModel;
  const chosen = color ?? (isQuantized ? 'format' : 'bytes');
  checkColor(chosen);
  const { name, nodes: all } = await nodesOf(model);
  if (chosen === 'error' && all.every(({ sqnrDb }) => sqnrDb === null)) throw noErrors(name);
  const { nodes, notes } = withinReach(all);
  const drawn = await layouts(nodes);
  const result = { model: name, isQuantized, color: chosen, nodes, layouts: drawn, notes };
  return about(new ModelPlot(result), { model });
}

interface Named {
  readonly name: string;
  readonly nodes: PlottedNode[];
}

async function nodesOf(
  model: FloatModel | OnnxModel | QuantizedModel | QuantizedOnnxModel,
): Promise<Named> {
  if (model instanceof QuantizedModel) return { name: model.name, nodes: nodesOfQuantized(model) };
  if (model instanceof QuantizedOnnxModel) {
    const { name, bytes, inputs, nodes } = model;
    const graph = new ForeignGraph(decodeOnnx(bytes, name), name);
    return { name, nodes: nodesOfOnnx(graph, inputs, nodes) };
  }
  if (model instanceof OnnxModel) {
    return { name: model.source, nodes: nodesOfOnnx(await readForeign(model), model.inputs) };
  }
  const layers = asLayersModel(model, 'plotModel');
  return { name: layers.name, nodes: nodesOfLayers(layers) };
}

/** The first layers, as many as a payload has. */
function withinReach(all: readonly PlottedNode[]): {
  readonly nodes: readonly PlottedNode[];
  readonly notes: readonly string[];
} {
  if (all.length <= MOST_NODES) return { nodes: all, notes: [] };
  const note = `The first ${MOST_NODES} of ${all.length.toLocaleString('en')} layers.`;
  return { nodes: all.slice(0, MOST_NODES), notes: [note] };
}

/** With blocks where layers repeat and there are many, and layer by layer where a page bears that. */
function layouts(nodes: readonly PlottedNode[]): Promise<readonly GraphLayout[]> {
  const single = nodes.map((_, place) => [place]);
  const blocks = nodes.length <= FEW ? single : repeatedBlocks(nodes);
  const isFolded = blocks.length < nodes.length;
  const drawn = blocks.slice(0, MOST_BOXES);
  return Promise.all([
    ...(isFolded || nodes.length > MOST_BOXES ? [layOut('blocks', nodes, drawn)] : []),
    ...(nodes.length <= MOST_BOXES ? [layOut('layers', nodes, single)] : []),
  ]);
}

function checkColor(color: string): void {
  if (COLORS.some((known) => known === color)) return;
  throw new HalfnoteError('invalid-option', `color is '${color}'. Allowed: ${COLORS.join(', ')}.`);
}

function noErrors(name: string): HalfnoteError {
  return new HalfnoteError(
    'invalid-option',
    `color is 'error', but no weights of '${name}' were rounded by quantize() from a model of tfjs.`,
    'Plot what quantize() gave, or choose another color: format, bytes.',
  );
}
