import type * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

/** One of the outputs of a node. */
export interface Ref {
  readonly node: string;
  readonly index: number;
}

/** A node of a frozen graph, with its attributes as tfjs-converter reads them. */
export interface GraphModelNode {
  readonly name: string;
  /** TensorFlow's name of the op. */
  readonly op: string;
  /** tfjs-converter's part of the work; undefined for an op that it doesn't know. */
  readonly category: string | undefined;
  /** Without those that only say what runs first. */
  readonly inputs: readonly Ref[];
  /** By tfjs-converter's names: `strides`, `pad`, `dataFormat`. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** By TensorFlow's names, as they stand in the file. */
  readonly raw: Readonly<Record<string, unknown>>;
}

export interface GraphModelInput {
  readonly name: string;
  /** Undefined where not even the rank is known; `null` where a size is open. */
  readonly shape: readonly (number | null)[] | undefined;
  readonly dtype: tf.DataType;
}

/** A GraphModel as data. */
export interface GraphModelGraph {
  readonly nodes: ReadonlyMap<string, GraphModelNode>;
  readonly inputs: readonly GraphModelInput[];
  readonly outputs: readonly Ref[];
  /** Values of `Const` nodes: the model's own tensors. */
  readonly weights: ReadonlyMap<string, Tensor>;
}

/** What tfjs-converter keeps of a model, and its types do not say. */
interface Internals {
  readonly artifacts: {
    readonly modelTopology: {
      readonly node: readonly { readonly name: string; readonly input?: readonly string[] }[];
    };
  };
  readonly executor: {
    readonly graph: { readonly nodes: Readonly<Record<string, ConverterNode>> };
    readonly _outputs: readonly { readonly name: string; readonly defaultOutput?: number }[];
  };
}

interface ConverterNode {
  readonly name: string;
  readonly op: string;
  readonly category?: string;
  readonly inputNames: readonly string[];
  readonly attrParams: Readonly<Record<string, { readonly value?: unknown }>>;
  readonly rawAttrs?: Readonly<Record<string, unknown>>;
}

/** Reads the graph of a loaded model. Weights are the model's own. */
export function readGraph(model: tf.GraphModel): GraphModelGraph {
  const { artifacts, executor } = model as unknown as Internals;
  const written = new Map(artifacts.modelTopology.node.map(({ name, input }) => [name, input]));
  const nodes = Object.values(executor.graph.nodes).map((node): [string, GraphModelNode] => [
    node.name,
    {
      name: node.name,
      op: node.op,
      category: node.category,
      inputs: node.inputNames
        .filter((_, i) => written.get(node.name)?.[i]?.startsWith('^') !== true)
        .map(refOf),
      attributes: Object.fromEntries(
        Object.entries(node.attrParams).map(([key, { value }]) => [key, value]),
      ),
      raw: node.rawAttrs ?? {},
    },
  ]);
  return {
    nodes: new Map(nodes),
    inputs: model.inputs.map(({ name, shape, dtype }) => ({
      name,
      shape: shape?.map((size) => (size < 0 ? null : size)),
      dtype,
    })),
    outputs: executor._outputs.map(({ name, defaultOutput }) => ({
      node: name,
      index: defaultOutput ?? 0,
    })),
    weights: new Map(
      Object.entries(model.weights).flatMap(([name, [tensor]]) =>
        tensor === undefined ? [] : [[name, tensor] as const],
      ),
    ),
  };
}

/** `name`, `name:1`, or `name:values:1`, whose index tfjs-converter has put in. */
export function refOf(name: string): Ref {
  const [node = '', ...rest] = name.split(':');
  return { node, index: Number(rest.at(-1) ?? 0) };
}

/** A reference as tfjs-converter writes it. */
export function keyOf({ node, index }: Ref): string {
  return index === 0 ? node : `${node}:${index}`;
}

/** The nodes that outputs are made of from the inputs, each after all that it reads. */
export function neededNodes(
  { nodes, inputs }: Pick<GraphModelGraph, 'nodes' | 'inputs'>,
  outputs: readonly Ref[],
): GraphModelNode[] {
  const given = new Set(inputs.map(({ name }) => name));
  const seen = new Set<string>();
  const order: GraphModelNode[] = [];
  // A stack of its own: graphs are thousands of nodes deep.
  const open = outputs.map(({ node }) => ({ name: node, isLeft: false })).reverse();
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    const node = nodes.get(step.name);
    if (node === undefined) continue;
    if (step.isLeft) {
      order.push(node);
      continue;
    }
    if (seen.has(node.name)) continue;
    seen.add(node.name);
    if (given.has(node.name)) {
      order.push(asInput(node));
      continue;
    }
    open.push({ name: node.name, isLeft: true });
    for (const input of [...node.inputs].reverse()) open.push({ name: input.node, isLeft: false });
  }
  return order;
}

/** A node whose value is given, whatever it does. */
function asInput(node: GraphModelNode): GraphModelNode {
  return node.op === 'Placeholder'
    ? node
    : { ...node, op: 'Placeholder', category: 'graph', inputs: [], attributes: {} };
}
