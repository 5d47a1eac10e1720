import type * as tf from '@tensorflow/tfjs';
import { loadBackend } from '../backend/load';
import { HalfnoteError, nearest } from '../errors';
import { checkModel } from '../models/check-model';
import { kindOf } from '../models/examples';
import { isGraphModel } from '../models/graph-model';
import { type Difference, difference } from './check-equal';
import { importGraph } from './import-graph';
import { type BatchAxis, probe } from './probe';
import { type GraphModelGraph, neededNodes, readGraph, type Ref, refOf } from './read-graph';
import { refuseNodes, refuseWeights } from './refuse';

export interface LayersModelOptions {
  /**
   * Nodes whose float values the layers are to begin with, and their shapes, `null` for an open size:
   * where what comes before is a loop over images, for one. Default: the model's inputs.
   */
  readonly inputs?: Readonly<Record<string, readonly (number | null)[]>>;
  /** Names of the nodes to stop at, `name:1` for a further output of one. Default: the model's outputs. */
  readonly outputs?: readonly string[];
}

const converted = new WeakMap<tf.GraphModel, tf.LayersModel>();

/**
 * A GraphModel as the LayersModel that computes the same: convolutions, dense products,
 * normalizations, activations, pools, sums and joins become tfjs's layers with the graph's weights,
 * named by its nodes; every other op is a `GraphOp`, which runs it as the graph does. What is constant
 * is computed now. The result owns its weights: the GraphModel can be disposed of.
 *
 * Layers and graph are run on the same noise before the model is handed over. A graph for one row at a
 * time is taken for any number of rows where each gives what it gives alone.
 *
 * @throws HalfnoteError `unsupported-graph` for control flow, ops with results of any number, text,
 *   hash tables; `unknown-node` for outputs that it doesn't have; `not-finite` for weights with NaN.
 */
export function layersModelOf(
  model: tf.GraphModel,
  options: LayersModelOptions = {},
): tf.LayersModel {
  return convert(model, options, 'layersModelOf');
}

/**
 * The model that a function was given, as layers: a GraphModel is converted once, and kept.
 * @throws HalfnoteError as `checkModel` and {@link layersModelOf}.
 */
export function asLayersModel(model: unknown, caller: string): tf.LayersModel {
  if (!isGraphModel(model)) {
    checkModel(model, caller);
    return model;
  }
  const known = converted.get(model) ?? convert(model, {}, caller);
  converted.set(model, known);
  return known;
}

function convert(
  model: tf.GraphModel,
  options: LayersModelOptions,
  caller: string,
): tf.LayersModel {
  // JavaScript can hand over anything.
  const given: unknown = model;
  if (!isGraphModel(given)) {
    throw new HalfnoteError(
      'unsupported-model',
      `${caller}() takes a tf.GraphModel, not ${kindOf(given)}.`,
    );
  }
  const whole = readGraph(model);
  const graph = options.inputs === undefined ? whole : startingAt(whole, options.inputs);
  const outputs = options.outputs === undefined ? graph.outputs : chosen(graph, options.outputs);
  const nodes = neededNodes(graph, outputs);
  refuseNodes(nodes, caller);
  startBackend();
  refuseWeights(nodes, graph, caller);
  let problem: unknown;
  for (const batch of batchAxes(graph)) {
    let layers: tf.LayersModel | undefined;
    try {
      layers = imported(model, graph, outputs, batch);
      const rows = batch === 'fixed' ? 1 : 2;
      const differs = difference(model, layers, graph, outputs, rows);
      if (differs === undefined) return layers;
      problem = unequal(caller, differs);
    } catch (error) {
      if (error instanceof HalfnoteError) throw error;
      problem = error;
    }
    layers?.dispose();
  }
  if (problem instanceof HalfnoteError) throw problem;
  const why = problem instanceof Error ? problem.message : String(problem);
  throw new HalfnoteError(
    'unsupported-graph',
    `${caller}() can't take this GraphModel: it doesn't run on zeros: ${why}`,
    'See that model.predict(tf.zeros(...)) runs in tfjs.',
    { cause: problem },
  );
}

/** Conversion runs the graph: on TensorFlow where that can be had, whichever function is called first. */
function startBackend(): void {
  try {
    loadBackend();
  } catch (error) {
    if (!(error instanceof HalfnoteError && error.code === 'no-native-backend')) throw error;
  }
}

/** How the first axis of the inputs may be meant, the most general first. */
function batchAxes({ inputs }: GraphModelGraph): readonly BatchAxis[] {
  const rows = inputs.map(({ shape }) => (shape === undefined ? null : shape[0]));
  if (rows.every((size) => size === null)) return ['open', 'assumed', 'fixed'];
  return rows.every((size) => size === null || size === 1) ? ['assumed', 'fixed'] : ['fixed'];
}

function imported(
  model: tf.GraphModel,
  graph: GraphModelGraph,
  outputs: readonly Ref[],
  batch: BatchAxis,
): tf.LayersModel {
  const nodes = neededNodes(graph, outputs);
  const known = probe(model, graph, nodes, outputs, batch);
  try {
    return importGraph({ name: 'graph_model', nodes, outputs, probe: known, batch });
  } finally {
    known.dispose();
  }
}

function startingAt(
  graph: GraphModelGraph,
  shapes: NonNullable<LayersModelOptions['inputs']>,
): GraphModelGraph {
  chosen(graph, Object.keys(shapes));
  const inputs = Object.entries(shapes).map(([name, shape]) => ({
    name,
    shape,
    dtype: 'float32' as const,
  }));
  return { ...graph, inputs };
}

function chosen({ nodes }: GraphModelGraph, names: readonly string[]): Ref[] {
  return names.map((name) => {
    const ref = refOf(name);
    if (nodes.has(ref.node)) return ref;
    const near = nearest(ref.node, [...nodes.keys()]).map((one) => `'${one}'`);
    throw new HalfnoteError(
      'unknown-node',
      `This GraphModel has no node '${ref.node}'.`,
      near.length === 0 ? undefined : `The nearest: ${near.join(', ')}.`,
    );
  });
}

function unequal(caller: string, { output, relative }: Difference): HalfnoteError {
  const how =
    relative === undefined
      ? 'has another shape'
      : relative === Infinity
        ? 'is no number where the graph gives one, or the other way round'
        : `differs by ${relative.toPrecision(2)} of its largest value`;
  return new HalfnoteError(
    'unsupported-graph',
    `${caller}() can't take this GraphModel: made of layers, its output '${output}' ${how}.`,
    'A graph with random ops can be taken up to these: name the nodes to stop at in layersModelOf(model, { outputs: [...] }).',
  );
}
