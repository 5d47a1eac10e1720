import * as tf from '@tensorflow/tfjs';
import type { GraphNode, ModelGraph, ValueId } from '../../models/model-graph';
import { sameLayer } from './wrapping-layer';

export type Symbols = readonly tf.SymbolicTensor[];

/** What the calls of a model become in its copy. */
export interface Rebuilding {
  /** What the readers of a value read in its place. By default the value. */
  readonly onValue?: (id: ValueId, value: tf.SymbolicTensor) => tf.SymbolicTensor;
  /** Makes the calls that stand for one of the model; undefined for a call of the layer's copy. */
  readonly onNode?: (node: GraphNode, inputs: Symbols) => Symbols | undefined;
  /** What stands for a layer, in all its calls; undefined for a copy of it. */
  readonly onLayer?: (node: GraphNode) => LayerCopy | undefined;
}

/** A layer in another's place. It gets its weights once the first call has made them. */
export interface LayerCopy {
  readonly layer: tf.layers.Layer;
  readonly setWeights: () => void;
}

/**
 * A functional model that is a copy of a built one, call by call, which shares nothing with it.
 * Nested models are unfolded: their layers are then named by the path to them.
 */
export function rebuild(graph: ModelGraph, rebuilding: Rebuilding): tf.LayersModel {
  const { onValue, onNode, onLayer } = rebuilding;
  const symbols = new Map<ValueId, tf.SymbolicTensor>();
  const copies = new Map<tf.layers.Layer, tf.layers.Layer>();
  const put = (id: ValueId, symbol: tf.SymbolicTensor): void => {
    symbols.set(id, onValue?.(id, symbol) ?? symbol);
  };
  const callCopy = (node: GraphNode, inputs: Symbols): Symbols => {
    const known = copies.get(node.layer);
    if (known !== undefined) return call(known, inputs);
    const { layer, setWeights } = onLayer?.(node) ?? plainCopy(node);
    copies.set(node.layer, layer);
    const outputs = call(layer, inputs);
    setWeights();
    return outputs;
  };
  const inputs = graph.inputs.map(({ id, shape, dtype }) => {
    const input = tf.input({ name: id, batchShape: [...shape], dtype: dtype as tf.DataType });
    put(id, input);
    return input;
  });
  for (const node of graph.nodes) {
    const read = node.inputs.map((id) => symbols.get(id) as tf.SymbolicTensor);
    const made = onNode?.(node, read) ?? callCopy(node, read);
    node.outputs.forEach((id, i) => {
      put(id, made[i] as tf.SymbolicTensor);
    });
  }
  const outputs = graph.outputs.map((id) => symbols.get(id) as tf.SymbolicTensor);
  return tf.model({ inputs, outputs, name: graph.name });
}

/** Calls a layer on symbols. */
export function call(layer: tf.layers.Layer, inputs: Symbols): Symbols {
  const [first] = inputs;
  const argument = inputs.length === 1 && first !== undefined ? first : [...inputs];
  return [layer.apply(argument) as tf.SymbolicTensor | tf.SymbolicTensor[]].flat();
}

function plainCopy({ id, layer }: GraphNode): LayerCopy {
  const copy = sameLayer(layer, id);
  return {
    layer: copy,
    setWeights: () => {
      if (layer.weights.length > 0) copy.setWeights(layer.getWeights());
    },
  };
}
