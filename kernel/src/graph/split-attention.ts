import * as tf from '@tensorflow/tfjs';
import type { SymbolicTensor } from '@tensorflow/tfjs';
import { attentionHeads } from '../layers/attention-heads';
import { MultiHeadAttention } from '../layers/multi-head-attention';
import { modelGraph, type GraphNode } from '../models/model-graph';

/**
 * The same model with each `multiHeadAttention` as four dense layers, `<name>_query`, `_key`, `_value`
 * and `_output`, about an `attentionHeads` layer without weights. What knows dense layers then knows
 * attention's products: `quantize` makes integers of them. Nested models are unfolded. The weights are
 * copies; the given model stays as it is.
 */
export function splitAttention(model: tf.LayersModel): tf.LayersModel {
  const graph = modelGraph(model);
  const copies = new Map<tf.layers.Layer, Copy>();
  const inputs = graph.inputs.map(({ id, shape, dtype }) =>
    tf.input({ name: id, batchShape: [...shape], dtype: dtype as tf.DataType }),
  );
  const values = new Map(graph.inputs.map(({ id }, i) => [id, inputs[i] as SymbolicTensor]));
  for (const node of graph.nodes) {
    const given = node.inputs.map((id) => values.get(id) as SymbolicTensor);
    const copy = copies.get(node.layer) ?? copyOf(node);
    copies.set(node.layer, copy);
    const outputs = [copy.apply(given)].flat();
    node.outputs.forEach((id, i) => values.set(id, outputs[i] as SymbolicTensor));
  }
  const outputs = graph.outputs.map((id) => values.get(id) as SymbolicTensor);
  const split = tf.model({ name: model.name, inputs, outputs });
  for (const [layer, copy] of copies) copy.setWeights(layer.getWeights());
  return split;
}

/** What stands for a layer in the new model. */
interface Copy {
  apply(inputs: SymbolicTensor[]): SymbolicTensor | SymbolicTensor[];
  /** After the first call. */
  setWeights(weights: tf.Tensor[]): void;
}

function copyOf({ id, layer }: GraphNode): Copy {
  const name = id.replaceAll('/', '_');
  if (layer instanceof MultiHeadAttention) return projections(layer, name);
  const cls = layer.constructor as unknown as LayerClass;
  const copy = cls.fromConfig(cls, { ...layer.getConfig(), name });
  return {
    apply: (inputs) =>
      copy.apply(inputs.length === 1 ? (inputs[0] as SymbolicTensor) : inputs) as SymbolicTensor,
    setWeights: (weights) => {
      if (weights.length > 0) copy.setWeights(weights);
    },
  };
}

interface LayerClass {
  fromConfig(cls: unknown, config: tf.serialization.ConfigDict): tf.layers.Layer;
}

function projections(layer: MultiHeadAttention, name: string): Copy {
  const { numHeads, keyDim, causal } = layer;
  const [kernel] = layer.getWeights();
  const useBias = layer.getConfig()['useBias'] === true;
  const dense = (role: string, units: number): tf.layers.Layer =>
    tf.layers.dense({ name: `${name}_${role}`, units, useBias });
  const query = dense('query', numHeads * keyDim);
  const key = dense('key', numHeads * keyDim);
  const value = dense('value', numHeads * keyDim);
  const output = dense('output', kernel?.shape[0] ?? 0);
  const heads = attentionHeads({ name: `${name}_heads`, numHeads, causal });
  return {
    // Keras's order: query, value, key.
    apply: ([q, v = q, k = v]) => {
      const projected = [
        query.apply(q as SymbolicTensor),
        key.apply(k as SymbolicTensor),
        value.apply(v as SymbolicTensor),
      ];
      return output.apply(heads.apply(projected as SymbolicTensor[])) as SymbolicTensor;
    },
    setWeights: (weights) => {
      const perLayer = useBias ? 2 : 1;
      [query, key, value, output].forEach((one, i) => {
        one.setWeights(weights.slice(i * perLayer, (i + 1) * perLayer));
      });
    },
  };
}
