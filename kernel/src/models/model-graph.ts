import * as tf from '@tensorflow/tfjs';

/** A value of a {@link ModelGraph}: the id of what makes it, with `:1`, ... for further outputs. */
export type ValueId = string;

/** One call of one layer. */
export interface GraphNode {
  /** The layer's name, after those of the models that it is nested in, `#2` for a second call. */
  readonly id: string;
  readonly layer: tf.layers.Layer;
  readonly inputs: readonly ValueId[];
  readonly outputs: readonly ValueId[];
}

export interface GraphValue {
  readonly id: ValueId;
  /** `null` where the size is open, as the batch is. */
  readonly shape: readonly (number | null)[];
  readonly dtype: string;
}

/** A layers model as a flat list of calls in the order of execution, nested models unfolded. */
export interface ModelGraph {
  readonly name: string;
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly ValueId[];
  readonly nodes: readonly GraphNode[];
  readonly values: ReadonlyMap<ValueId, GraphValue>;
}

/** Reads a built model's graph. The layers are the model's own: nothing is copied. */
export function modelGraph(model: tf.LayersModel): ModelGraph {
  const tracer = new Tracer();
  const inputs = model.inputs.map((input) => tracer.input(input));
  const known: Known = new Map(inputs.map((id, i) => [model.inputs[i] as tf.SymbolicTensor, id]));
  const outputs = model.outputs.map((output) => tracer.trace(output, known, ''));
  const { nodes, values } = tracer;
  return {
    name: model.name,
    inputs: inputs.map((id) => values.get(id) as GraphValue),
    outputs,
    nodes,
    values,
  };
}

/** How often each value of a graph is read, the graph's outputs counted as readers. */
export function readers(graph: {
  readonly nodes: readonly { readonly inputs: readonly ValueId[] }[];
  readonly outputs: readonly ValueId[];
}): Map<ValueId, number> {
  const counts = new Map<ValueId, number>();
  for (const id of [...graph.nodes.flatMap(({ inputs }) => inputs), ...graph.outputs]) {
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

/** The symbolic tensors of one level of nesting whose values have ids. */
type Known = Map<tf.SymbolicTensor, ValueId>;

class Tracer {
  readonly nodes: GraphNode[] = [];
  readonly values = new Map<ValueId, GraphValue>();
  readonly #taken = new Set<string>();

  input(tensor: tf.SymbolicTensor): ValueId {
    return this.#value(this.#unique(tensor.sourceLayer.name), tensor);
  }

  /** The id of a tensor's value, after tracing all that it is made from. */
  trace(tensor: tf.SymbolicTensor, known: Known, prefix: string): ValueId {
    const done = known.get(tensor);
    if (done !== undefined) return done;
    const layer = tensor.sourceLayer;
    const node = layer.inboundNodes[tensor.nodeIndex];
    if (node === undefined) throw new Error(`'${layer.name}' has no call ${tensor.nodeIndex}`);
    const inputs = node.inputTensors.map((input) => this.trace(input, known, prefix));
    const outputs =
      layer instanceof tf.LayersModel
        ? this.#unfold(layer, inputs, `${prefix}${layer.name}/`)
        : this.#call(layer, inputs, node.outputTensors, prefix);
    node.outputTensors.forEach((output, i) => known.set(output, outputs[i] ?? ''));
    return known.get(tensor) as ValueId;
  }

  #unfold(model: tf.LayersModel, inputs: readonly ValueId[], prefix: string): ValueId[] {
    const known: Known = new Map(inputs.map((id, i) => [model.inputs[i] as tf.SymbolicTensor, id]));
    return model.outputs.map((output) => this.trace(output, known, prefix));
  }

  #call(
    layer: tf.layers.Layer,
    inputs: readonly ValueId[],
    results: readonly tf.SymbolicTensor[],
    prefix: string,
  ): ValueId[] {
    const id = this.#unique(prefix + layer.name);
    const outputs = results.map((tensor, i) => this.#value(i === 0 ? id : `${id}:${i}`, tensor));
    this.nodes.push({ id, layer, inputs, outputs });
    return outputs;
  }

  #value(id: ValueId, { shape, dtype }: tf.SymbolicTensor): ValueId {
    this.values.set(id, { id, shape: [...shape], dtype });
    return id;
  }

  #unique(name: string): string {
    let id = name;
    for (let call = 2; this.#taken.has(id); call++) id = `${name}#${call}`;
    this.#taken.add(id);
    return id;
  }
}
