import * as tf from '@tensorflow/tfjs';
import type { ValueId } from '../../models/model-graph';
import type {
  LinearOp,
  PadOp,
  PoolOp,
  QuantizedGraph,
  QuantizedNode,
  WeightCodes,
} from '../../graph/quantized-graph';
import { decodeWeights } from '../../graph/weight-codes';

/** A quantized graph as a layers model in float, whose weights are what the codes stand for. */
export interface DequantizedModel {
  readonly model: tf.LayersModel;
  /** The codes of the model's weights by their names in the file. */
  readonly codes: ReadonlyMap<string, WeightCodes>;
}

/**
 * What was fused stays so: normalizations are part of the weights before them. Dynamic and static
 * activations become float again. The caller owns the model's weights.
 */
export function dequantizedModel(graph: QuantizedGraph): DequantizedModel {
  const symbols = new Map<ValueId, tf.SymbolicTensor>();
  const nameOf = layerNames();
  for (const { id, shape, dtype } of graph.inputs) {
    symbols.set(
      id,
      tf.input({ batchShape: [...shape], dtype: dtype as tf.DataType, name: nameOf(id) }),
    );
  }
  const products: { layer: tf.layers.Layer; op: LinearOp }[] = [];
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((id) => symbols.get(id) as tf.SymbolicTensor);
    const outputs = [apply(node, inputs)].flat();
    const further = node.op.kind === 'float' ? (node.op.furtherOutputs ?? []) : [];
    [node.output, ...further].forEach((id, i) => symbols.set(id, outputs[i] as tf.SymbolicTensor));
  }
  const model = tf.model({
    name: graph.name,
    inputs: graph.inputs.map(({ id }) => symbols.get(id) as tf.SymbolicTensor),
    outputs: graph.outputs.map((id) => symbols.get(id) as tf.SymbolicTensor),
  });
  const codes = new Map<string, WeightCodes>();
  for (const { layer, op } of products) {
    const [kernel] = layer.weights;
    if (kernel !== undefined) codes.set(kernel.originalName, op.weights);
  }
  return { model, codes };

  function apply(
    node: QuantizedNode,
    inputs: tf.SymbolicTensor[],
  ): tf.SymbolicTensor | tf.SymbolicTensor[] {
    const { op } = node;
    const name = nameOf(node.id);
    const input = inputs.length === 1 ? (inputs[0] as tf.SymbolicTensor) : inputs;
    switch (op.kind) {
      case 'linear': {
        const layer = linearLayer(op, name);
        const output = layer.apply(input) as tf.SymbolicTensor;
        const [kernel, bias] = layer.weights;
        tf.tidy(() => {
          layer.setWeights([
            tf.tensor(decodeWeights(op.weights), [...(kernel?.shape as number[])]),
            tf.tensor(op.bias.slice(), [...(bias?.shape as number[])]),
          ]);
        });
        products.push({ layer, op });
        return output;
      }
      case 'max-pool':
      case 'average-pool':
        return poolLayer(op, name).apply(input) as tf.SymbolicTensor;
      case 'add': {
        const sum = tf.layers.add({ name }).apply(inputs) as tf.SymbolicTensor;
        if (op.activation === 'linear') return sum;
        const { activation } = op;
        const clamp = tf.layers.activation({
          activation,
          name: nameOf(`${node.id}/${activation}`),
        });
        return clamp.apply(sum) as tf.SymbolicTensor;
      }
      case 'concat':
        return tf.layers.concatenate({ axis: op.axis, name }).apply(inputs) as tf.SymbolicTensor;
      case 'move':
        return moveLayer(op.shape, name).apply(input) as tf.SymbolicTensor;
      case 'pad':
        return padLayer(op, name).apply(input) as tf.SymbolicTensor;
      case 'float': {
        const layer = sameLayer(op.layer, name);
        const output = layer.apply(input) as tf.SymbolicTensor | tf.SymbolicTensor[];
        if (layer.weights.length > 0) layer.setWeights(op.layer.getWeights());
        return output;
      }
    }
  }
}

/** Names that tfjs takes for layers, each given once: nodes' ids have more signs. */
function layerNames(): (id: string) => string {
  const taken = new Set<string>();
  return (id) => {
    const plain = id.replace(/[^\w./-]/g, '_');
    let name = plain;
    for (let n = 2; taken.has(name); n++) name = `${plain}_${n}`;
    taken.add(name);
    return name;
  };
}

function linearLayer({ geometry, activation }: LinearOp, name: string): tf.layers.Layer {
  const common = { name, activation, useBias: true } as const;
  if (geometry.kind === 'dense') return tf.layers.dense({ ...common, units: geometry.units });
  const [height, width, , last] = geometry.kernel;
  const kernelSize: [number, number] = [height, width];
  const strides: [number, number] = [...geometry.strides];
  const { padding } = geometry;
  return geometry.kind === 'conv2d'
    ? tf.layers.conv2d({ ...common, filters: last, kernelSize, strides, padding })
    : tf.layers.depthwiseConv2d({ ...common, depthMultiplier: last, kernelSize, strides, padding });
}

function poolLayer({ kind, window }: PoolOp, name: string): tf.layers.Layer {
  if (window === 'global') {
    const make =
      kind === 'max-pool' ? tf.layers.globalMaxPooling2d : tf.layers.globalAveragePooling2d;
    return make({ name });
  }
  const make = kind === 'max-pool' ? tf.layers.maxPooling2d : tf.layers.averagePooling2d;
  const { size, strides, padding } = window;
  return make({ name, poolSize: [...size], strides: [...strides], padding });
}

function padLayer({ rows, columns }: PadOp, name: string): tf.layers.Layer {
  return tf.layers.zeroPadding2d({ name, padding: [[...rows], [...columns]] });
}

function moveLayer(shape: readonly (number | null)[], name: string): tf.layers.Layer {
  const open = shape.filter((size) => size === null).length;
  // More than one open size means that the shape stays.
  if (open > 1) return tf.layers.activation({ activation: 'linear', name });
  return tf.layers.reshape({ targetShape: shape.map((size) => size ?? -1), name });
}

/** What tfjs's layer classes have, and its types do not say of them. */
interface LayerClass {
  fromConfig(cls: unknown, config: tf.serialization.ConfigDict): tf.layers.Layer;
}

function sameLayer(layer: tf.layers.Layer, name: string): tf.layers.Layer {
  const cls = layer.constructor as unknown as LayerClass;
  return cls.fromConfig(cls, { ...layer.getConfig(), name });
}
