import * as tf from '@tensorflow/tfjs';
import { traitsOf } from '../../models/layer-traits';
import type { GraphNode, ModelGraph } from '../../models/model-graph';
import { call, rebuild, type Symbols } from './rebuild';

/**
 * The model with layers that are several operations taken apart, so that each has an output of its
 * own to quantize: a separable convolution becomes a depthwise one, named `NAME/depthwise`, and one
 * of 1 x 1; a sum of many inputs sums of two, named `NAME/sum2`, ... Undefined where there is nothing
 * to take apart.
 */
export function expand(
  graph: ModelGraph,
  isKept: (node: GraphNode) => boolean,
): tf.LayersModel | undefined {
  const applies = (node: GraphNode): boolean => isComposed(node) && !isKept(node);
  if (!graph.nodes.some(applies)) return undefined;
  const parts = new Map<tf.layers.Layer, SeparableParts>();
  return rebuild(graph, {
    onNode: (node, inputs) => {
      if (!applies(node)) return undefined;
      if (traitsOf(node.layer).merges === 'sum') return sums(node, inputs);
      const known = parts.get(node.layer);
      const { depthwise, pointwise } = known ?? separableParts(node);
      parts.set(node.layer, { depthwise, pointwise });
      const outputs = call(pointwise, call(depthwise, inputs));
      if (known === undefined) setSeparable(node.layer, depthwise, pointwise);
      return outputs;
    },
  });
}

/** The layer that a part was made of. */
export function wholeOf(id: string): string {
  return id.replace(/\/(depthwise|sum\d+)$/, '');
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

function separableParts({ id, layer }: GraphNode): SeparableParts {
  const config = layer.getConfig() as unknown as Config;
  const { trainable } = layer;
  const depthwise = tf.layers.depthwiseConv2d({
    name: `${id}/depthwise`,
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

function sums({ id }: GraphNode, inputs: Symbols): Symbols {
  return inputs.slice(1).reduce<Symbols>(
    (sum, other, i) => {
      const isLast = i === inputs.length - 2;
      const name = isLast ? id : `${id}/sum${i + 2}`;
      return call(tf.layers.add({ name }), [...sum, other]);
    },
    inputs.slice(0, 1),
  );
}
