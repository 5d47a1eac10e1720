import * as tf from '@tensorflow/tfjs';
import { traitsOf } from '../../models/layer-traits';
import type { GraphNode, ModelGraph } from '../../models/model-graph';
import { FreeNames } from './free-names';
import { call, rebuild, type Symbols } from './rebuild';

/** A model with layers taken apart. */
export interface Expanded {
  readonly model: tf.LayersModel;
  /** The id of the layer's call that a call is a part of. */
  readonly wholeOf: (id: string) => string;
}

/**
 * The model with layers that are several operations taken apart, so that each has an output of its
 * own to quantize: a separable convolution becomes a depthwise one, named `NAME/depthwise`, and one
 * of 1 x 1; a sum of many inputs sums of two, named `NAME/sum2`, ... Undefined where there is nothing
 * to take apart.
 */
export function expand(
  graph: ModelGraph,
  isKept: (node: GraphNode) => boolean,
): Expanded | undefined {
  const composed = new Set(graph.nodes.filter(isComposed).map(({ layer }) => layer));
  const applies = (node: GraphNode): boolean => composed.has(node.layer) && !isKept(node);
  if (!graph.nodes.some(applies)) return undefined;
  const names = new FreeNames(graph);
  const wholes = new Map<string, string>();
  const separables = new Map<tf.layers.Layer, SeparableParts>();
  const adders = new Map<tf.layers.Layer, Adders>();
  const partOf = (whole: string, part: string): string => {
    const name = names.take(`${whole}/${part}`);
    wholes.set(name, whole);
    return name;
  };
  const model = rebuild(graph, {
    onNode: (node, inputs) => {
      if (!applies(node)) return undefined;
      const { layer } = node;
      if (traitsOf(layer).merges === 'sum') {
        const adder = adders.get(layer) ?? new Adders(node.id, (part) => partOf(node.id, part));
        adders.set(layer, adder);
        return adder.sum(inputs);
      }
      const known = separables.get(layer);
      const parts = known ?? separableParts(node, partOf(node.id, 'depthwise'));
      separables.set(layer, parts);
      const outputs = call(parts.pointwise, call(parts.depthwise, inputs));
      if (known === undefined) setSeparable(layer, parts.depthwise, parts.pointwise);
      return outputs;
    },
  });
  return { model, wholeOf: (id) => wholes.get(id.replace(/#\d+$/, '')) ?? id };
}

interface SeparableParts {
  readonly depthwise: tf.layers.Layer;
  readonly pointwise: tf.layers.Layer;
}

type Config = Required<Parameters<typeof tf.layers.separableConv2d>[0]>;

function isComposed({ layer, inputs }: GraphNode): boolean {
  const { merges, product } = traitsOf(layer);
  if (merges === 'sum') return inputs.length > 2;
  return product === 'separable' && layer.getConfig()['dataFormat'] !== 'channelsFirst';
}

function separableParts({ id, layer }: GraphNode, depthwiseName: string): SeparableParts {
  const config = layer.getConfig() as unknown as Config;
  const { trainable } = layer;
  const depthwise = tf.layers.depthwiseConv2d({
    name: depthwiseName,
    kernelSize: config.kernelSize as [number, number],
    strides: config.strides,
    padding: config.padding,
    dilationRate: config.dilationRate,
    depthMultiplier: config.depthMultiplier,
    depthwiseRegularizer: config.depthwiseRegularizer,
    useBias: false,
    trainable,
  });
  const pointwise = tf.layers.conv2d({
    name: id,
    filters: config.filters,
    kernelSize: 1,
    useBias: config.useBias,
    activation: config.activation,
    kernelRegularizer: config.pointwiseRegularizer,
    biasRegularizer: config.biasRegularizer,
    trainable,
  });
  return { depthwise, pointwise };
}

function setSeparable(
  layer: tf.layers.Layer,
  depthwise: tf.layers.Layer,
  pointwise: tf.layers.Layer,
): void {
  const [first, ...rest] = layer.getWeights();
  if (first === undefined) return;
  depthwise.setWeights([first]);
  pointwise.setWeights(rest);
}

/** The sums of two that a layer's calls become; all calls share them. */
class Adders {
  readonly #layers: tf.layers.Layer[];

  constructor(
    name: string,
    private readonly nameOf: (part: string) => string,
  ) {
    this.#layers = [tf.layers.add({ name })];
  }

  /** The last sum is the first layer, which is named as the whole is. */
  sum(inputs: Symbols): Symbols {
    return inputs
      .slice(1)
      .reduce<Symbols>(
        (sum, other, i) => call(this.#layer(i === inputs.length - 2 ? 0 : i + 1), [...sum, other]),
        inputs.slice(0, 1),
      );
  }

  #layer(i: number): tf.layers.Layer {
    const layer = this.#layers[i] ?? tf.layers.add({ name: this.nameOf(`sum${i + 1}`) });
    this.#layers[i] = layer;
    return layer;
  }
}
