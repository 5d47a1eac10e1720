import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { HalfnoteError } from '../errors';
import { graphOpOf } from './graph-op-of';
import type { Mapped } from './mapped';
import { mapperOf } from './nodes/table';
import type { BatchAxis, Probe } from './probe';
import { type GraphModelNode, keyOf, type Ref } from './read-graph';
import { GraphReader } from './reader';

interface Source {
  readonly name: string;
  /** In the order in which they run. */
  readonly nodes: readonly GraphModelNode[];
  readonly outputs: readonly Ref[];
  readonly probe: Probe;
  readonly batch: BatchAxis;
}

/** Makes the layers that the outputs of a graph need. */
export function importGraph(source: Source): tf.LayersModel {
  return new Importer(source).run();
}

class Importer {
  readonly #graph: GraphReader;
  readonly #symbols = new Map<string, tf.SymbolicTensor>();
  readonly #names = new Set<string>();

  constructor(private readonly source: Source) {
    const { nodes, outputs, probe } = source;
    this.#graph = new GraphReader(nodes, outputs, probe);
    for (const { name, shape, dtype } of probe.inputs) {
      const symbol = tf.input({ name, batchShape: [...shape], dtype });
      this.#symbols.set(name, symbol);
      this.#names.add(name);
    }
  }

  run(): tf.LayersModel {
    const { name, nodes, outputs, probe } = this.source;
    // In the order of the graph, so that no call goes deep.
    for (const node of this.#neededLayers(nodes, outputs)) this.#convert(node);
    const symbols = outputs.map((output) => this.#output(output));
    const inputs = probe.inputs.map((input) => this.#symbols.get(input.name) as tf.SymbolicTensor);
    return tf.model({ name, inputs, outputs: symbols });
  }

  /** The nodes that become layers: not those that another one takes over, or that no layer reads. */
  #neededLayers(
    nodes: readonly GraphModelNode[],
    outputs: readonly Ref[],
  ): readonly GraphModelNode[] {
    const wanted = new Set(outputs.map((ref) => this.#graph.resolve(ref).node));
    const found: GraphModelNode[] = [];
    for (const node of [...nodes].reverse()) {
      if (!wanted.has(node.name) || this.#graph.maker({ node: node.name, index: 0 }) !== node) {
        continue;
      }
      found.unshift(node);
      for (const ref of this.#mapped(node).inputs) wanted.add(this.#graph.resolve(ref).node);
    }
    return found;
  }

  readonly #known = new Map<string, Mapped>();

  #mapped(node: GraphModelNode): Mapped {
    const known = this.#known.get(node.name);
    if (known !== undefined) return known;
    const isOne = this.#graph.indices(node).every((index) => index === 0);
    const layers = isOne ? mapperOf(node.op)?.(node, this.#graph) : undefined;
    const mapped = layers ?? graphOpOf(node, this.#graph, this.source.batch);
    this.#known.set(node.name, mapped);
    return mapped;
  }

  #convert(node: GraphModelNode): void {
    const { inputs, layers } = this.#mapped(node);
    let values = inputs.map((ref) => this.#symbol(ref));
    if (values.length === 0) throw constantOutput(node);
    layers.forEach(({ part, make, weights = [] }, i) => {
      const isLast = i === layers.length - 1;
      const layer = make(this.#unique(isLast ? node.name : `${node.name}/${part ?? String(i)}`));
      const [first] = values;
      const results = layer.apply(values.length === 1 ? (first as tf.SymbolicTensor) : values);
      values = [results].flat() as tf.SymbolicTensor[];
      if (weights.length === 0) return;
      const tensors = weights.map(({ values: data, shape }): Tensor =>
        tf.tensor(data, [...shape], data instanceof Int32Array ? 'int32' : 'float32'),
      );
      layer.setWeights(tensors);
      tf.dispose(tensors);
    });
    const indices = layers.length === 1 ? this.#graph.indices(node) : [0];
    indices.forEach((index, i) => {
      const dtype = this.#graph.known({ node: node.name, index }).dtype;
      const symbol = values[i] as tf.SymbolicTensor;
      // tfjs takes a layer's result to be of its input's type.
      Object.assign(symbol, { dtype });
      this.#symbols.set(keyOf({ node: node.name, index }), symbol);
    });
  }

  /** An output under its name in the graph. */
  #output(ref: Ref): tf.SymbolicTensor {
    const value = this.#graph.resolve(ref);
    if (this.#graph.known(ref).constant !== undefined) {
      throw constantOutput({ name: ref.node, op: this.#graph.maker(value)?.op ?? 'Const' });
    }
    const symbol = this.#symbol(value);
    const isOwn = symbol.sourceLayer.name === ref.node && !this.#outputs.has(symbol);
    this.#outputs.add(symbol);
    if (isOwn && symbol.sourceLayer.inboundNodes.length > 0 && !this.#isInput(symbol))
      return symbol;
    const name = this.#unique(ref.node);
    return tf.layers.activation({ name, activation: 'linear' }).apply(symbol) as tf.SymbolicTensor;
  }

  readonly #outputs = new Set<tf.SymbolicTensor>();

  #isInput({ sourceLayer }: tf.SymbolicTensor): boolean {
    return this.source.probe.inputs.some(({ name }) => name === sourceLayer.name);
  }

  #symbol(ref: Ref): tf.SymbolicTensor {
    const key = keyOf(this.#graph.resolve(ref));
    const symbol = this.#symbols.get(key);
    if (symbol === undefined) throw new Error(`'${key}' was not converted`);
    return symbol;
  }

  #unique(name: string): string {
    let found = name;
    for (let i = 2; this.#names.has(found); i++) found = `${name}_${i}`;
    this.#names.add(found);
    return found;
  }
}

function constantOutput({ name, op }: Pick<GraphModelNode, 'name' | 'op'>): HalfnoteError {
  return new HalfnoteError(
    'unsupported-graph',
    `The node '${name}' (${op}) of this GraphModel doesn't depend on its inputs: it is a constant, or random.`,
    'Name other outputs: layersModelOf(model, { outputs: [...] }) takes the graph up to these.',
  );
}
