import { isBatchNorm, traitsOf } from '../models/layer-traits';
import { canBeProduct } from './fold';
import { Followers, hasNoEffect } from './follow';
import { type FusedGraph, type FusedNode, type FusedOp, usedValues } from './fused-graph';
import { makesMask } from './masks';
import {
  type GraphNode,
  type GraphValue,
  type ModelGraph,
  type ValueId,
} from '../models/model-graph';
import { isTiedProduct } from '../models/tied-product';
import { readPadding } from './padding';
import { readPool } from './pools';
import { convolved } from './products';
import type { FloatOp } from './quantized-graph';
import type { ReadModel } from './read-model';
import { activate, asImage, moveTo, nodesOf, onImage, type Shape, type Step } from './steps';

/**
 * Cuts a built model into nodes that can run in integers, and float layers for all else:
 * batch normalization after a product is folded into its weights; ReLU and ReLU6, a layer's own or
 * a layer after it, are fused into products and sums; other activations become float nodes;
 * convolutions and pools along a line become such of an image of height 1; a separable convolution
 * becomes two products, a sum of many inputs sums of two; zero padding is a node of its own.
 *
 * Only what no other layer and no output reads is fused away. The model is not changed.
 *
 * @param keep Why a layer is to stay in float, with nothing of it fused; undefined where it isn't.
 */
export function fuseGraph(
  model: ReadModel,
  keep: (node: GraphNode) => string | undefined = () => undefined,
): FusedGraph {
  return new Fusion(model, keep).run();
}

class Fusion {
  readonly #graph: ModelGraph;
  readonly #nodes: FusedNode[] = [];
  readonly #values: Map<ValueId, GraphValue>;
  readonly #followers: Followers;
  readonly #taken = new Set<GraphNode>();

  constructor(
    private readonly model: ReadModel,
    private readonly keep: (node: GraphNode) => string | undefined,
  ) {
    const { graph } = model;
    this.#graph = graph;
    this.#values = new Map(graph.values);
    this.#followers = new Followers(graph, (node) => keep(node) !== undefined);
  }

  run(): FusedGraph {
    for (const node of this.#graph.nodes) if (!this.#taken.has(node)) this.#lower(node);
    const { name, inputs, outputs } = this.#graph;
    const nodes = this.#nodes;
    return { name, inputs, outputs, nodes, values: usedValues({ inputs, nodes }, this.#values) };
  }

  #lower(node: GraphNode): void {
    const { merges, reshapes, pads } = traitsOf(node.layer);
    const joins = merges === 'sum' || merges === 'join';
    const kept = this.keep(node);
    if (kept !== undefined) this.#float(node, kept);
    else if (joins && this.#isMasked(node)) this.#float(node, 'its inputs are masked sequences');
    else if (merges === 'sum') this.#sum(node);
    else if (merges === 'join') this.#concat(node);
    else if (reshapes === 'in-order' || hasNoEffect(node)) this.#move(node);
    else if (pads) this.#pad(node);
    else if (isBatchNorm(node.layer)) this.#norm(node);
    else if (!this.#pool(node)) this.#product(node);
  }

  #product(node: GraphNode): void {
    if (traitsOf(node.layer).looksUp && !isTiedProduct(node, this.#values)) {
      this.#float(node, `no integer kernel for ${node.layer.getClassName()}`);
      return;
    }
    const read = this.model.productsOf(node.layer);
    if ('reason' in read) {
      this.#float(node, read.reason);
      return;
    }
    const { depthwise, product, data } = read;
    const after = this.#followers.afterProduct(outputOf(node), product);
    const op: FusedOp = {
      kind: 'linear',
      geometry: after.linear.geometry,
      kernel: after.linear.kernel,
      bias: after.linear.bias,
      activation: after.activation,
      source: after.linear === product ? node.layer : undefined,
    };
    const start = this.#shape(node.inputs[0]);
    const shape = this.#shape(after.end);
    const steps: Step[] = [{ op, shape: data === 'line' ? asImage(shape) : shape }];
    if (depthwise !== undefined) {
      const { geometry, kernel, bias } = depthwise;
      steps.unshift({
        part: 'depthwise',
        kind: 'DepthwiseConv2D',
        op: { kind: 'linear', geometry, kernel, bias, activation: 'linear', source: node.layer },
        shape: convolved(start, geometry),
      });
    }
    const moved = data === 'line' ? onImage(steps, start, shape) : steps;
    if (after.rest !== undefined) moved.push(activate(after.rest, shape));
    this.#emit(node, moved, after.end, after.taken);
  }

  /** A normalization that no product before it has taken over. */
  #norm(node: GraphNode): void {
    const reason = canBeProduct(node.layer, this.#shape(node.inputs[0]).length)
      ? 'no product before it to be folded into'
      : 'no integer kernel for BatchNormalization over this axis';
    this.#float(node, reason);
  }

  #pool(node: GraphNode): boolean {
    const pool = readPool(node.layer);
    if (pool === undefined) return false;
    if ('reason' in pool) {
      this.#float(node, pool.reason);
      return true;
    }
    const end = outputOf(node);
    const shape = this.#shape(end);
    const start = this.#shape(node.inputs[0]);
    const isGlobal = pool.op.window === 'global';
    const step = { op: pool.op, shape: pool.data === 'line' && !isGlobal ? asImage(shape) : shape };
    this.#emit(node, pool.data === 'line' ? onImage([step], start, shape) : [step], end);
    return true;
  }

  #move(node: GraphNode): void {
    const shape = this.#shape(outputOf(node));
    const config = node.layer.getConfig();
    const open = shape.slice(1).filter((size) => size === null).length;
    if (config['dataFormat'] === 'channelsFirst') {
      this.#float(node, 'no integer kernel for channelsFirst data');
    } else if (open > 1 && !hasNoEffect(node)) {
      this.#float(node, 'more than one size of its output is open');
    } else this.#emit(node, [{ op: moveTo(shape), shape }], outputOf(node));
  }

  #pad(node: GraphNode): void {
    const op = readPadding(node.layer);
    if ('reason' in op) this.#float(node, op.reason);
    else this.#emit(node, [{ op, shape: this.#shape(outputOf(node)) }], outputOf(node));
  }

  #sum(node: GraphNode): void {
    const shapes = new Set(node.inputs.map((id) => JSON.stringify(this.#shape(id))));
    const [first = '', ...others] = node.inputs;
    if (shapes.size > 1 || others.length === 0) {
      this.#float(node, 'no integer kernel for a sum of different shapes');
      return;
    }
    const { activation, end, taken } = this.#followers.afterSum(outputOf(node));
    let sum = first;
    for (const [i, other] of others.entries()) {
      const isLast = i === others.length - 1;
      const id = isLast ? node.id : `${node.id}:sum${i + 2}`;
      const output = isLast ? end : this.#value(id, this.#shape(end));
      this.#nodes.push({
        id,
        kind: 'Add',
        inputs: [sum, other],
        output,
        op: { kind: 'add', activation: isLast ? activation : 'linear' },
        fused: isLast ? [node.id, ...taken.map((follower) => follower.id)] : [node.id],
      });
      sum = output;
    }
    for (const follower of taken) this.#taken.add(follower);
  }

  #concat(node: GraphNode): void {
    const shape = this.#shape(outputOf(node));
    const given = Number(node.layer.getConfig()['axis'] ?? -1);
    const axis = given < 0 ? given + shape.length : given;
    if (axis === 0) this.#float(node, 'it joins batches');
    else this.#emit(node, [{ op: { kind: 'concat', axis }, shape }], outputOf(node));
  }

  #float(node: GraphNode, reason: string): void {
    const [, ...furtherOutputs] = node.outputs;
    const op: FloatOp = {
      kind: 'float',
      layer: node.layer,
      reason,
      ...(furtherOutputs.length === 0 ? {} : { furtherOutputs }),
    };
    const output = outputOf(node);
    this.#emit(node, [{ op, shape: this.#shape(output) }], output);
  }

  /** Adds the steps as nodes, the last of which makes the value `end`. */
  #emit(
    node: GraphNode,
    steps: readonly Step[],
    end: ValueId,
    taken: readonly GraphNode[] = [],
  ): void {
    const call = { ...node, kind: node.layer.getClassName() };
    const ids = taken.map(({ id }) => id);
    this.#nodes.push(...nodesOf(call, steps, end, ids, (id, shape) => this.#value(id, shape)));
    for (const follower of taken) this.#taken.add(follower);
  }

  /** Whether a mask may reach the node: any layer before it made one. */
  #isMasked({ inputs }: GraphNode): boolean {
    const makers = new Map(
      this.#graph.nodes.flatMap((node) => node.outputs.map((id) => [id, node])),
    );
    const reaches = (id: ValueId): boolean => {
      const maker = makers.get(id);
      return maker !== undefined && (makesMask(maker.layer) || maker.inputs.some(reaches));
    };
    return this.#graph.nodes.some(({ layer }) => makesMask(layer)) && inputs.some(reaches);
  }

  #value(id: ValueId, shape: Shape): ValueId {
    this.#values.set(id, { id, shape, dtype: 'float32' });
    return id;
  }

  #shape(id: ValueId | undefined): Shape {
    const value = this.#values.get(id ?? '');
    if (value === undefined) throw new Error(`there is no value '${id ?? ''}'`);
    return value.shape;
  }
}

function outputOf({ id, outputs }: GraphNode): ValueId {
  return outputs[0] ?? id;
}
