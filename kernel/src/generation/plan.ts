import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs';
import { AttentionHeads } from '../layers/attention-heads';
import { MultiHeadAttention } from '../layers/multi-head-attention';
import { PositionEmbedding } from '../layers/position-embedding';
import { RotaryEmbedding } from '../layers/rotary-embedding';
import type { QuantizedGraph, QuantizedNode } from '../graph/quantized-graph';
import { classesWith, traitsOf } from '../models/layer-traits';
import { modelGraph, type GraphNode, type ModelGraph } from '../models/model-graph';
import { isTiedProduct } from '../models/tied-product';
import { maxLengthOf, siteOf, type AttentionSite } from './attention-site';
import { CodedTable } from './coded-table';
import { checkedGraph, NodeKernels } from './quantized-nodes';
import { refusal, shown } from './refusal';

/** What a call of the plan knows of the sequence that its tokens go on. */
export interface Context {
  /** Tokens that came before. */
  readonly offset: number;
  /**
   * What the queries of new tokens see: [batch, heads, new, headDim] to the same shape, by keys and
   * values [batch, kvHeads, new, headDim].
   */
  readonly attend: (attention: number, q: Tensor4D, k: Tensor4D, v: Tensor4D) => Tensor4D;
}

/** A model as it computes a part of a sequence, with earlier tokens seen through attention only. */
export interface DecodingPlan {
  /** In the order in which `attend` counts them. */
  readonly attentions: readonly AttentionSite[];
  /** The longest sequence; Infinity without a position embedding. */
  readonly maxLength: number;
  /** Tokens that the model tells apart: 0 to vocabulary - 1. */
  readonly vocabulary: number;
  /** [batch, new] of int32 to logits [batch, new, vocabulary]. Run it within `tf.tidy`. */
  readonly run: (tokens: Tensor, context: Context) => Tensor3D;
  /** Whether the model gives probabilities, of which `run` takes the logarithm. */
  readonly isProbability: boolean;
  /** Bytes of the weights, as `run` holds them once it has run. */
  readonly weightBytes: () => number;
  /** Frees what `run` made of a quantized model's weights. */
  readonly dispose: () => void;
}

type Pair = [Tensor4D, Tensor4D];
type Step = (inputs: Tensor[], context: Context) => Tensor;
type Values = ModelGraph['values'];

/** A call of a layer. */
interface LayerNode extends Pick<GraphNode, 'id' | 'layer' | 'inputs'> {
  readonly output: string;
  /** Of a layer that looks rows up, where they are codes. */
  readonly table?: CodedTable;
}

const ALLOWED = `embedding, tiedEmbedding, positionEmbedding, rotaryEmbedding, causal multiHeadAttention and attentionHeads, and layers that see one position at a time (${classesWith('positionwise').join(', ')})`;
/** The least probability that has a logarithm in fp32. */
const TINY = 2 ** -126;

/** What can decode: a model in float, or what `quantize` made of one. */
export type DecoderSource = tf.LayersModel | { readonly graph: QuantizedGraph };

/**
 * Reads how to decode from a model of transformer blocks.
 * @throws HalfnoteError `cannot-generate`, which names the layer that doesn't allow it.
 */
export function decodingPlan(model: DecoderSource): DecodingPlan {
  const graph = model instanceof tf.LayersModel ? modelGraph(model) : checkedGraph(model.graph);
  const [input, ...otherInputs] = graph.inputs;
  const [output = '', ...otherOutputs] = graph.outputs;
  const outputShape = graph.values.get(output)?.shape ?? [];
  const vocabulary = outputShape.at(-1);
  if (otherInputs.length + otherOutputs.length > 0 || input?.shape.length !== 2) {
    throw refusal(
      graph.name,
      `it has inputs [${graph.inputs.map(({ shape }) => `[${shown(shape)}]`).join(', ')}] and ${graph.outputs.length} outputs; allowed is one input [batch, length] of tokens, and one output.`,
    );
  }
  if (outputShape.length !== 3 || typeof vocabulary !== 'number') {
    throw refusal(
      graph.name,
      `its output is [${shown(outputShape)}]; allowed is [batch, length, vocabulary], a prediction at every position.`,
    );
  }
  const nodes = graph.nodes.map(planned);
  const layers = nodes.flatMap((node) => ('layer' in node ? [node] : []));
  const attentions = layers.flatMap((node) => siteOf(node, graph.values) ?? []);
  const kernels = new NodeKernels();
  const steps = nodes.map((node) =>
    'layer' in node
      ? stepOf(node, graph.values, attentions)
      : kernels.step(node, graph as QuantizedGraph),
  );
  const isProbability = endsInSoftmax(nodes, output);
  return {
    attentions,
    maxLength: Math.min(...layers.map(({ layer }) => maxLengthOf(layer) ?? Infinity)),
    vocabulary,
    run: (tokens, context) => {
      const values = new Map<string, Tensor>([[input.id, tokens]]);
      nodes.forEach(({ inputs, output: made }, i) => {
        const given = inputs.map((name) => values.get(name) as Tensor);
        values.set(made, (steps[i] as Step)(given, context));
      });
      const result = values.get(output) as Tensor3D;
      return isProbability ? tf.log(tf.maximum<Tensor3D>(result, TINY)) : result;
    },
    isProbability,
    weightBytes: () => layerBytes(layers) + kernels.weightBytes,
    dispose: () => {
      kernels.dispose();
    },
  };
}

/** A node as the plan runs it: a layer, or another node of a quantized graph. */
type PlanNode = LayerNode | QuantizedNode;

function planned(node: GraphNode | QuantizedNode): PlanNode {
  if ('layer' in node) return { ...node, output: node.outputs[0] ?? node.id };
  if (node.op.kind !== 'float') return node;
  const { layer, table } = node.op;
  return { ...node, layer, ...(table === undefined ? {} : { table: new CodedTable(table) }) };
}

function stepOf(node: LayerNode, values: Values, attentions: DecodingPlan['attentions']): Step {
  const { id, layer, inputs } = node;
  const kind = layer.getClassName();
  const shapes = inputs.map((input) => values.get(input)?.shape ?? []);
  const { looksUp, positionwise } = traitsOf(kind);
  if (isTiedProduct(node, values)) return ([x]) => layer.apply(x as Tensor) as Tensor;
  if (looksUp) {
    if (layer.getConfig()['maskZero'] === true) throw refusal(id, 'it masks token 0 (maskZero).');
    const { table } = node;
    if (table !== undefined) return ([tokens]) => table.lookUp(tokens as Tensor);
    const [embeddings] = layer.weights;
    return ([tokens]) => tf.gather((embeddings as tf.LayerVariable).read(), tokens as Tensor);
  }
  if (shapes.some((shape) => shape.length !== 3)) {
    throw refusal(
      id,
      `${kind} has an input [${shown(shapes.find(({ length }) => length !== 3) ?? [])}]; behind the embedding all must be [batch, length, width].`,
    );
  }
  if (layer instanceof PositionEmbedding) {
    return ([x], { offset }) => layer.addFrom(offset, x as Tensor);
  }
  if (layer instanceof RotaryEmbedding) {
    return ([x], { offset }) => layer.turnFrom(offset, x as Tensor);
  }
  const place = attentions.findIndex(({ name }) => name === id);
  if (layer instanceof MultiHeadAttention) return attentionStep(node, layer, place);
  if (layer instanceof AttentionHeads) return headsStep(node, layer, place);
  if (!positionwise) throw refusal(id, `${kind} is none of: ${ALLOWED}.`);
  const lengths = new Set(shapes.map(([, length]) => length));
  const { axis } = layer.getConfig();
  const axes = [axis ?? -1].flat() as number[];
  if (lengths.size > 1 || !axes.every((one) => one === -1 || one === 2)) {
    throw refusal(
      id,
      `${kind} mixes positions: its inputs are ${shapes.map((shape) => `[${shown(shape)}]`).join(', ')} and its axis is ${axes.join(', ')}.`,
    );
  }
  return (given) => layer.apply(given.length === 1 ? (given[0] as Tensor) : given) as Tensor;
}

function headsStep({ id }: LayerNode, layer: AttentionHeads, place: number): Step {
  if (!layer.causal) {
    throw refusal(id, 'it attends to later positions too: give attentionHeads causal: true.');
  }
  return (inputs, { attend }) => {
    const [q, k, v] = inputs as [Tensor, Tensor, Tensor];
    const [keys, values] = [k, v].map((x) => layer.split(x, layer.numKvHeads)) as Pair;
    return layer.join(attend(place, layer.split(q), keys, values));
  };
}

function attentionStep({ id, inputs }: LayerNode, layer: MultiHeadAttention, place: number): Step {
  if (!layer.causal) {
    throw refusal(id, 'it attends to later positions too: give multiHeadAttention causal: true.');
  }
  if (new Set(inputs).size > 1) {
    throw refusal(id, 'it attends from one sequence to another; allowed is self-attention.');
  }
  return ([x], { attend }) => {
    const [q, k, v] = (['query', 'key', 'value'] as const).map((role) =>
      layer.heads(role, x as Tensor),
    ) as [Tensor4D, Tensor4D, Tensor4D];
    return layer.join(attend(place, q, k, v));
  };
}

/** Of the layers in float, each counted once, and of tables in codes. */
function layerBytes(nodes: readonly LayerNode[]): number {
  const inFloat = nodes.filter(({ table }) => table === undefined);
  const weights = new Set(inFloat.flatMap(({ layer }) => layer.weights));
  const tables = nodes.reduce((sum, { table }) => sum + (table?.bytes ?? 0), 0);
  const sizeOf = (shape: readonly (number | null)[]): number =>
    shape.reduce<number>((size, length) => size * (length ?? 1), 1);
  return [...weights].reduce((sum, { shape }) => sum + 4 * sizeOf(shape), tables);
}

function endsInSoftmax(nodes: readonly PlanNode[], output: string): boolean {
  const node = nodes.find((one) => one.output === output);
  if (node === undefined || !('layer' in node)) return false;
  const { layer } = node;
  return traitsOf(layer).activation === 'softmax' || layer.getConfig()['activation'] === 'softmax';
}
