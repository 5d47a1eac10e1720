import type * as tf from '@tensorflow/tfjs';
import { isBatchNorm } from '../models/layer-traits';
import type { GraphNode, GraphValue, ModelGraph, ValueId } from '../models/model-graph';
import { canBeProduct, normProduct } from './fold';
import { Followers } from './follow';
import { type FusedGraph, type FusedNode, usedValues } from './fused-graph';
import { asImage, nodesOf, onImage, type Shape, type Step } from './steps';

/** True for a normalization that became a product of its own. */
export function isNormProduct({ kind, op }: FusedNode): boolean {
  return op.kind === 'linear' && isBatchNorm(kind);
}

/**
 * A fused graph in which batch normalizations that follow no product, as in a pre-activation ResNet,
 * are products of their own where they lie between integers. Where its input is made in float it never
 * is: normalizing may be what brings channels of different size to one range.
 *
 * @param model Which `fused` was made of.
 * @param isKept True for layers that are to stay in float.
 * @param isStatic True for products that take integers of a fixed range.
 */
export function withNormProducts(
  fused: FusedGraph,
  model: ModelGraph,
  isKept: (node: GraphNode) => boolean,
  isStatic: (node: FusedNode) => boolean,
): FusedGraph {
  const norms = new LoneNorms(fused, model, isKept);
  const between = normsBetweenIntegers(
    norms.asProducts(() => true),
    isStatic,
  );
  return norms.asProducts((id) => between.has(id));
}

/** What a normalization is as a product. */
interface NormProduct {
  readonly nodes: readonly FusedNode[];
  /** Ids of the layers after it that it takes over. */
  readonly taken: readonly string[];
}

class LoneNorms {
  readonly #followers: Followers;
  readonly #calls: ReadonlyMap<string, GraphNode>;
  readonly #values: Map<ValueId, GraphValue>;
  readonly #products = new Map<string, NormProduct>();

  constructor(
    private readonly fused: FusedGraph,
    model: ModelGraph,
    private readonly isKept: (node: GraphNode) => boolean,
  ) {
    this.#followers = new Followers(model, isKept);
    this.#calls = new Map(model.nodes.map((node) => [node.id, node]));
    this.#values = new Map([...model.values, ...fused.values]);
  }

  /** The graph with those normalizations as products that are wanted and can be. */
  asProducts(isWanted: (id: string) => boolean): FusedGraph {
    const nodes: FusedNode[] = [];
    const taken = new Set<string>();
    for (const node of this.fused.nodes) {
      if (taken.has(node.id)) continue;
      const norm = this.#normOf(node);
      if (norm === undefined) nodes.push(node);
      else if (!isMadeInIntegers(node.inputs[0], nodes)) {
        nodes.push(inFloat(node, 'its input is made in float'));
      } else if (!isWanted(node.id)) {
        nodes.push(inFloat(node, 'nothing after it takes integers'));
      } else {
        const product = this.#productOf(node, norm);
        nodes.push(...product.nodes);
        for (const id of product.taken) taken.add(id);
      }
    }
    return { ...this.fused, nodes, values: usedValues({ ...this.fused, nodes }, this.#values) };
  }

  /** The layer of a node that can be such a product. */
  #normOf({ id, inputs, op }: FusedNode): tf.layers.Layer | undefined {
    const call = this.#calls.get(id);
    if (op.kind !== 'float' || call === undefined || this.isKept(call)) return undefined;
    return canBeProduct(op.layer, this.#shape(inputs[0]).length) ? op.layer : undefined;
  }

  #productOf(node: FusedNode, norm: tf.layers.Layer): NormProduct {
    const known = this.#products.get(node.id);
    if (known !== undefined) return known;
    const start = this.#shape(node.inputs[0]);
    const { linear, activation, end, taken } = this.#followers.afterProduct(
      node.output,
      normProduct(norm, start.at(-1) ?? 0),
    );
    const { geometry, kernel, bias } = linear;
    const shape = this.#shape(end);
    const step: Step = {
      op: { kind: 'linear', geometry, kernel, bias, activation, source: undefined },
      shape: start.length === 4 ? shape : asImage(shape),
    };
    const steps = start.length === 4 ? [step] : onImage([step], start, shape);
    const ids = taken.map(({ id }) => id);
    const nodes = nodesOf(node, steps, end, ids, (id, between) => {
      this.#values.set(id, { id, shape: between, dtype: 'float32' });
    });
    const product = { nodes, taken: ids };
    this.#products.set(node.id, product);
    return product;
  }

  #shape(id: ValueId | undefined): Shape {
    return this.#values.get(id ?? '')?.shape ?? [];
  }
}

function inFloat(node: FusedNode, reason: string): FusedNode {
  return node.op.kind === 'float' ? { ...node, op: { ...node.op, reason } } : node;
}

/** Whether a product, a sum or a join makes the value, through pools and moves at most. */
function isMadeInIntegers(id: ValueId | undefined, nodes: readonly FusedNode[]): boolean {
  const maker = nodes.find(({ output }) => output === id);
  if (maker === undefined || maker.op.kind === 'float') return false;
  return (
    maker.op.kind === 'linear' || maker.inputs.every((input) => isMadeInIntegers(input, nodes))
  );
}

/**
 * The normalizations that lie between integers: what they make is read by products that take integers,
 * if through pools, sums, joins, moves and other normalizations. The others gain nothing from being
 * rounded.
 */
function normsBetweenIntegers(
  graph: FusedGraph,
  isStatic: (node: FusedNode) => boolean,
): ReadonlySet<string> {
  const needed = new Set<ValueId>();
  const norms = new Set<string>();
  for (const node of [...graph.nodes].reverse()) {
    const isNorm = isNormProduct(node);
    const reads =
      node.op.kind === 'linear' && !isNorm
        ? isStatic(node)
        : node.op.kind !== 'float' && needed.has(node.output);
    if (!reads) continue;
    for (const input of node.inputs) needed.add(input);
    if (isNorm) norms.add(node.id);
  }
  return norms;
}
