import type * as tf from '@tensorflow/tfjs';
import type { FusedGraph, FusedNode } from '../../../graph/fused-graph';
import { inputChannelOf, outputChannelOf } from '../channels';
import { isLinear, type LinearNode } from '../float-graph';
import type { ScaleGroup } from './groups';
import { factorLayer, scaledNorm } from './scaled-norm';

export interface Scaled {
  readonly graph: FusedGraph;
  /** Layers that were made for it; whoever is done with the graph disposes of them. */
  readonly made: readonly tf.layers.Layer[];
}

/**
 * Divides the channels that a group of products reads by `factors`, and multiplies the weights: the
 * function stays the same. What makes the value takes the division over where it can; else a layer of
 * its own before the products does.
 */
export function applyScales(graph: FusedGraph, group: ScaleGroup, factors: Float64Array): Scaled {
  const members = new Set(group.nodes.map(({ id }) => id));
  const source = group.source.node?.id;
  const made: tf.layers.Layer[] = [];
  const scaledId = `${group.nodes[0]?.id ?? ''}:scale`;
  const values = new Map(graph.values);
  const nodes = graph.nodes.flatMap((node): FusedNode[] => {
    if (isLinear(node) && members.has(node.id)) {
      const scaled = withInputFactors(node, factors);
      if (source !== undefined) return [scaled];
      const reading = { ...scaled, inputs: [scaledId] };
      if (node.id !== group.nodes[0]?.id) return [reading];
      const value = values.get(group.value);
      if (value === undefined) throw new Error(`there is no value '${group.value}'`);
      values.set(scaledId, { ...value, id: scaledId });
      // tfjs allows no `#2` of a second call.
      const layer = factorLayer(scaledId.replaceAll(/[^\w.-]/g, '_'), value.shape, factors);
      made.push(layer);
      return [factorNode(node, group.value, scaledId, layer), reading];
    }
    if (node.id !== source) return [node];
    if (isLinear(node)) return [withOutputsDivided(node, factors)];
    if (node.op.kind !== 'float') throw new Error(`'${node.id}' takes no factors`);
    const layer = scaledNorm(node.op.layer, node.inputs, graph.values, factors);
    made.push(layer);
    return [{ ...node, op: { ...node.op, layer } }];
  });
  return { graph: { ...graph, nodes, values }, made };
}

function factorNode(
  { fused }: LinearNode,
  input: string,
  output: string,
  layer: tf.layers.Layer,
): FusedNode {
  const reason = 'it divides the channels of its input by factors that its weights took over';
  return {
    id: output,
    kind: layer.getClassName(),
    inputs: [input],
    output,
    op: { kind: 'float', layer, reason },
    fused: fused.slice(0, 1),
  };
}

/** A product with the weights of each input channel multiplied. */
export function withInputFactors(node: LinearNode, factors: Float64Array): LinearNode {
  const inputOf = inputChannelOf(node.op.geometry);
  const kernel = node.op.kernel.map((w, i) => w * (factors[inputOf(i)] ?? 1));
  return { ...node, op: { ...node.op, kernel, source: undefined } };
}

function withOutputsDivided(node: LinearNode, factors: Float64Array): LinearNode {
  const outputOf = outputChannelOf(node.op.geometry);
  const kernel = node.op.kernel.map((w, i) => w / (factors[outputOf(i)] ?? 1));
  const bias = node.op.bias.map((b, c) => b / (factors[c] ?? 1));
  return { ...node, op: { ...node.op, kernel, bias, source: undefined } };
}
