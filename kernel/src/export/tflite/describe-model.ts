import type * as tf from '@tensorflow/tfjs';
import { HalfnoteError } from '../../errors';
import { traitsOf } from '../../models/layer-traits';
import { modelGraph, type GraphNode, type ModelGraph } from '../../models/model-graph';
import { TFLITE_LAYERS } from './layers';

/** A model as the converter's program reads it: `Network` in kernel/python. */
export interface ModelDescription {
  readonly inputs: readonly DescribedEnd[];
  readonly outputs: readonly DescribedEnd[];
  readonly nodes: readonly DescribedCall[];
}

export interface DescribedEnd {
  /** Of the value in the graph. */
  readonly id: string;
  /** In the file's signature. */
  readonly name: string;
  readonly shape: readonly (number | null)[];
  readonly dtype: string;
}

interface DescribedLayer {
  readonly id: string;
  readonly kind: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly weights: readonly { readonly offset: number; readonly shape: readonly number[] }[];
  readonly outputShapes: readonly (readonly (number | null)[])[];
  /** The layers inside, by role. */
  readonly inner: Readonly<Record<string, DescribedLayer>>;
}

export interface DescribedCall extends DescribedLayer {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly supportsMasking: boolean;
}

export interface DescribedModel {
  readonly graph: ModelGraph;
  readonly description: ModelDescription;
  /** All weights one after the other. */
  readonly weights: Float32Array;
}

/**
 * A model's calls, configurations and weights as plain data.
 * @throws HalfnoteError `tflite-unsupported` that names a layer, `disposed`.
 */
export function describeModel(model: tf.LayersModel): DescribedModel {
  const graph = modelGraph(model);
  const weights = new WeightStore();
  const nodes = graph.nodes.map((node) => describeCall(node, graph, weights));
  const nameOf = signatureNames();
  const end = (id: string): DescribedEnd => {
    const value = graph.values.get(id);
    if (value === undefined) throw new Error(`'${id}' is no value of the graph`);
    return { id, name: nameOf(id), shape: value.shape, dtype: value.dtype };
  };
  return {
    graph,
    description: {
      inputs: graph.inputs.map(({ id }) => end(id)),
      outputs: graph.outputs.map(end),
      nodes,
    },
    weights: weights.all(),
  };
}

function describeCall(node: GraphNode, graph: ModelGraph, weights: WeightStore): DescribedCall {
  const { id, layer, inputs, outputs } = node;
  const shapes = outputs.map((output) => graph.values.get(output)?.shape ?? []);
  return {
    ...describeLayer(id, layer, shapes, weights),
    inputs,
    outputs,
    supportsMasking: layer.supportsMasking,
  };
}

function describeLayer(
  id: string,
  layer: tf.layers.Layer,
  outputShapes: DescribedLayer['outputShapes'],
  weights: WeightStore,
): DescribedLayer {
  const kind = layer.getClassName();
  const { tflite, cell } = traitsOf(layer);
  if (!tflite && !cell) {
    throw new HalfnoteError(
      'tflite-unsupported',
      `The layer '${id}' (${kind}) can't be exported to TensorFlow Lite.`,
      `Allowed are: ${TFLITE_LAYERS.join(', ')}.`,
    );
  }
  const inner = Object.entries(innerLayers(layer)).map(([role, one]) => [
    role,
    describeLayer(`${id}/${one.name}`, one, [], weights),
  ]);
  return {
    id,
    kind,
    config: plainConfig(layer),
    weights: weights.add(id, layer),
    outputShapes,
    inner: Object.fromEntries(inner) as DescribedLayer['inner'],
  };
}

/** What a wrapper or a recurrent layer holds, by the names that the converter's program has. */
function innerLayers(layer: tf.layers.Layer): Record<string, tf.layers.Layer> {
  const holder = layer as unknown as Record<string, tf.layers.Layer | undefined>;
  const { cell, forwardLayer, backwardLayer } = holder;
  const roles = {
    cell,
    forward: forwardLayer,
    backward: backwardLayer,
    layer: traitsOf(layer).wraps === 'steps' ? holder['layer'] : undefined,
  };
  return Object.fromEntries(
    Object.entries(roles).filter(
      (entry): entry is [string, tf.layers.Layer] => entry[1] !== undefined,
    ),
  );
}

/** Options that are numbers, texts, flags or lists of them: initializers and the like are for training. */
function plainConfig(layer: tf.layers.Layer): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(layer.getConfig()).filter(([, value]) => isPlain(value)),
  );
}

function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isPlain);
  return value === null || ['number', 'string', 'boolean'].includes(typeof value);
}

/** Weights one after the other; a layer that is called twice is there once. */
class WeightStore {
  readonly #parts: Float32Array[] = [];
  readonly #places = new Map<tf.layers.Layer, DescribedLayer['weights']>();
  #length = 0;

  add(id: string, layer: tf.layers.Layer): DescribedLayer['weights'] {
    const known = this.#places.get(layer);
    if (known !== undefined) return known;
    // What holds layers keeps no weights of its own, but recurrent layers do through their cells.
    const isWrapper = traitsOf(layer).wraps !== undefined;
    const places = isWrapper ? [] : valuesOf(id, layer).map((tensor) => this.#store(tensor));
    this.#places.set(layer, places);
    return places;
  }

  #store(tensor: tf.Tensor): DescribedLayer['weights'][number] {
    const offset = this.#length;
    this.#parts.push(Float32Array.from(tensor.dataSync()));
    this.#length += tensor.size;
    return { offset, shape: tensor.shape };
  }

  all(): Float32Array {
    const all = new Float32Array(this.#length);
    let from = 0;
    for (const part of this.#parts) {
      all.set(part, from);
      from += part.length;
    }
    return all;
  }
}

function valuesOf(id: string, layer: tf.layers.Layer): tf.Tensor[] {
  // A cell's weights are those of its layer.
  if (traitsOf(layer).cell) return [];
  const values = layer.getWeights();
  if (!values.some(({ isDisposed }) => isDisposed)) return values;
  throw new HalfnoteError(
    'disposed',
    `The weights of '${id}' have been disposed of, so that they can't be exported.`,
    'Export the model before dispose().',
  );
}

/** Names that a signature of TensorFlow may have, each given once. */
function signatureNames(): (id: string) => string {
  const taken = new Set<string>();
  return (id) => {
    const plain = id.replace(/\W/g, '_').replace(/^(?![A-Za-z])/, 'x');
    let name = plain;
    for (let n = 2; taken.has(name); n++) name = `${plain}_${n}`;
    taken.add(name);
    return name;
  };
}
