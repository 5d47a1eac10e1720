import type { FusedGraph, FusedNode } from '../../graph/fused-graph';
import { traitsOf } from '../../models/layer-traits';
import { readers, type ValueId } from '../../models/model-graph';
import { outputChannels } from '../../integer/product';
import { inputChannels } from './channels';
import { outputsOf } from '../../graph/run-node';
import { isLinear, type LinearNode, linearNodes } from './float-graph';

/**
 * Two linear layers of which the second alone reads the first, through nothing but steps that
 * commute with a positive factor per channel: ReLU, pooling, flattening, zero padding, leaky ReLU.
 * Input `i` of the second carries channel `i % channels` of the first.
 */
export interface Pair {
  readonly first: LinearNode;
  readonly second: LinearNode;
  readonly channels: number;
  /** The steps commute with adding a constant to a channel too, where its values are above 0. */
  readonly shiftable: boolean;
}

/** Why a layer's outputs can't be rescaled. */
export interface Unpaired {
  readonly id: string;
  readonly reason: string;
}

/** All pairs of a graph, in the order of execution. */
export function findPairs(graph: FusedGraph): { pairs: Pair[]; unpaired: Unpaired[] } {
  const finder = new PairFinder(graph);
  const pairs: Pair[] = [];
  const unpaired: Unpaired[] = [];
  for (const node of linearNodes(graph)) {
    const found = finder.follow(node);
    if ('reason' in found) unpaired.push(found);
    else pairs.push(found);
  }
  return { pairs, unpaired };
}

class PairFinder {
  readonly #counts: ReadonlyMap<ValueId, number>;
  readonly #consumers = new Map<ValueId, FusedNode>();
  constructor(private readonly graph: FusedGraph) {
    this.#counts = readers(graph);
    for (const node of graph.nodes) {
      for (const input of node.inputs) this.#consumers.set(input, node);
    }
  }

  follow(first: LinearNode): Pair | Unpaired {
    const because = (reason: string): Unpaired => ({ id: first.id, reason });
    if (sharesKernel(this.graph, first)) return because('the layer is called more than once');
    const channels = outputChannels(first.op.geometry);
    let shiftable = true;
    let value = first.output;
    for (;;) {
      if (this.#counts.get(value) !== 1) return because('its output is read more than once');
      const next = this.#consumers.get(value);
      if (next === undefined) return because('its output is the model’s');
      if (isLinear(next)) {
        if (sharesKernel(this.graph, next)) return because(`'${next.id}' is called more than once`);
        if (inputChannels(next.op.geometry) % channels !== 0) {
          return because(`'${next.id}' does not read its channels in order`);
        }
        return { first, second: next, channels, shiftable };
      }
      const step = this.#step(next, channels);
      if (step === 'stop') return because(`${next.kind} '${next.id}' comes after it`);
      shiftable &&= step === 'shifts';
      value = next.output;
    }
  }

  #step(node: FusedNode, channels: number): 'shifts' | 'scales' | 'stop' {
    const { op } = node;
    if (op.kind === 'max-pool' || op.kind === 'average-pool') return 'shifts';
    if (op.kind === 'move') {
      const last = this.graph.values.get(node.output)?.shape.at(-1) ?? 0;
      return last > 0 && last % channels === 0 ? 'shifts' : 'stop';
    }
    if (op.kind === 'pad') return 'scales';
    if (op.kind !== 'float' || outputsOf(node).length > 1) return 'stop';
    return traitsOf(op.layer).homogeneous ? 'shifts' : 'stop';
  }
}

/** True where the layer is called more than once, so that several nodes have its kernel. */
export function sharesKernel(graph: FusedGraph, { op: { source, geometry } }: LinearNode): boolean {
  if (source === undefined) return false;
  // A separable convolution is two nodes of one layer, told apart by their shapes.
  const shape = JSON.stringify(geometry);
  const calls = linearNodes(graph).filter(
    ({ op }) => op.source === source && JSON.stringify(op.geometry) === shape,
  );
  return calls.length > 1;
}
