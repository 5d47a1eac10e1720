import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { HalfnoteError } from '../errors';
import {
  type GraphModelGraph,
  type GraphModelNode,
  type GraphModelInput,
  keyOf,
  type Ref,
} from './read-graph';

/** What is known of a value of the graph. */
export interface Known {
  /** `null` where the size follows the batch or an open size of the inputs. */
  readonly shape: readonly (number | null)[];
  readonly dtype: tf.DataType;
  /** Of what doesn't depend on the values of the inputs: kept until the {@link Probe} is disposed of. */
  readonly constant: Tensor | undefined;
}

export interface Probe {
  /** By {@link keyOf}. */
  readonly values: ReadonlyMap<string, Known>;
  readonly inputs: readonly ProbedInput[];
  dispose(): void;
}

export interface ProbedInput extends GraphModelInput {
  readonly shape: readonly (number | null)[];
}

/** Ops that tell of a value its shape only. */
const SHAPES = new Set(['Shape', 'ShapeN', 'Rank', 'Size']);
const FROM_SHAPE = new Set(['ZerosLike', 'OnesLike']);
const RANDOM = /Random|TruncatedNormal|Multinomial/;

/** Rows and open sizes of the inputs in a run; what differs between the runs is open. */
interface Run {
  readonly rows: number;
  readonly open: number;
}

const SMALL: Run = { rows: 2, open: 64 };
const LARGER: Run = { rows: 3, open: 96 };

/**
 * How the first axis of the inputs is taken. `open`: it is the batch. `assumed`: the graph says 1, and
 * each value with a first axis of 1 is taken to follow the batch, which has to be checked afterwards.
 * `fixed`: the graph takes the size that it says.
 */
export type BatchAxis = 'open' | 'assumed' | 'fixed';

/**
 * Learns the shape of each value, and the values that don't depend on the inputs', by running the graph
 * on zeros.
 *
 * @param nodes In the order in which they run.
 * @throws what tfjs throws where the graph doesn't run.
 */
export function probe(
  model: tf.GraphModel,
  graph: GraphModelGraph,
  nodes: readonly GraphModelNode[],
  outputs: readonly Ref[],
  batch: BatchAxis,
): Probe {
  const refs = wantedRefs(graph, nodes, outputs);
  const keys = [...refs.keys()];
  const isStatic = staticNodes(graph, nodes);
  const isOpen = (sizes: readonly (number | null)[] = []): boolean => sizes.includes(null);
  const hasOpenSize = graph.inputs.some(({ shape }) => isOpen(shape?.slice(1)));
  const runs = batch === 'open' || hasOpenSize ? [SMALL, LARGER] : [SMALL];
  const results = runs.map((run) =>
    runOnZeros(model, graph.inputs, keys, batch === 'open' ? run : { ...run, rows: 1 }),
  );
  const values = new Map<string, Known>();
  for (const [name, tensor] of graph.weights) {
    values.set(name, { shape: tensor.shape, dtype: tensor.dtype, constant: tensor });
  }
  const inputs = graph.inputs.map((input): ProbedInput => {
    const [rows = 1, ...rest] = input.shape ?? [];
    const shape = [batch === 'fixed' ? (rows ?? 1) : null, ...rest];
    values.set(input.name, { shape, dtype: input.dtype, constant: undefined });
    return { ...input, shape };
  });
  const kept: Tensor[] = [];
  const [first = []] = results;
  for (const [i, key] of keys.entries()) {
    const seen = results.map((tensors) => tensors[i] as Tensor);
    const tensor = first[i] as Tensor;
    const { node } = refs.get(key) as Ref;
    const constant = isStatic.has(node) && areEqual(seen) ? tf.keep(tensor.clone()) : undefined;
    if (constant !== undefined) kept.push(constant);
    const shape = commonShape(seen.map((result) => result.shape));
    if (batch === 'assumed' && !isStatic.has(node) && shape[0] === 1) shape[0] = null;
    values.set(key, { shape, dtype: tensor.dtype, constant });
  }
  tf.dispose(results);
  return {
    values,
    inputs,
    dispose: () => {
      tf.dispose(kept);
    },
  };
}

/** All that nodes read of each other, and the outputs. */
function wantedRefs(
  { weights, inputs }: GraphModelGraph,
  nodes: readonly GraphModelNode[],
  outputs: readonly Ref[],
): Map<string, Ref> {
  const given = new Set([...weights.keys(), ...inputs.map(({ name }) => name)]);
  const refs = [...nodes.flatMap((node) => node.inputs), ...outputs];
  const made = refs.filter(({ node }) => !given.has(node));
  return new Map(made.map((ref) => [keyOf(ref), ref]));
}

/** The nodes that depend on the inputs by their shapes at most. */
function staticNodes(
  { weights }: GraphModelGraph,
  nodes: readonly GraphModelNode[],
): ReadonlySet<string> {
  const found = new Set(weights.keys());
  for (const { name, op, inputs } of nodes) {
    if (RANDOM.test(op) || op.startsWith('Placeholder')) continue;
    const isOfShapes = SHAPES.has(op) || FROM_SHAPE.has(op);
    if (isOfShapes || inputs.every(({ node }) => found.has(node))) found.add(name);
  }
  return found;
}

function runOnZeros(
  model: tf.GraphModel,
  inputs: readonly GraphModelInput[],
  keys: readonly string[],
  { rows, open }: Run,
): Tensor[] {
  if (keys.length === 0) return [];
  return tf.tidy(() => {
    const feed = inputs.map(({ name, shape, dtype }): [string, Tensor] => {
      if (shape === undefined) throw unknownRank(name);
      const sizes = shape.map((size, axis) => size ?? (axis === 0 ? rows : open));
      return [name, tf.zeros(sizes, dtype)];
    });
    const results = [model.execute(Object.fromEntries(feed), [...keys])].flat();
    // An op may hand on what it is given.
    return results.map((tensor) => tensor.clone());
  });
}

function unknownRank(name: string): HalfnoteError {
  return new HalfnoteError(
    'unsupported-graph',
    `The input '${name}' of this GraphModel has no shape, not even a rank.`,
    'Convert the model again with a signature that gives its inputs shapes.',
  );
}

function commonShape(shapes: readonly (readonly number[])[]): (number | null)[] {
  const [first = [], ...others] = shapes;
  return first.map((size, axis) => (others.every((shape) => shape[axis] === size) ? size : null));
}

function areEqual([first, ...others]: readonly Tensor[]): boolean {
  if (first === undefined) return false;
  if (others.length === 0) return true;
  const sameShape = others.every(({ shape }) => String(shape) === String(first.shape));
  if (!sameShape) return false;
  const values = first.dataSync();
  return others.every((other) => other.dataSync().every((value, i) => Object.is(value, values[i])));
}
