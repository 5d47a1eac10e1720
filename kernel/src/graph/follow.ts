import { foldNorm, normalizesChannels } from './fold';
import { activationOf, type LinearLayer } from './linear-layer';
import { traitsOf } from '../models/layer-traits';
import { type GraphNode, type ModelGraph, readers, type ValueId } from '../models/model-graph';
import type { FusedActivation } from './quantized-graph';

/** True for a layer that hands its input on as it is. */
export function hasNoEffect({ layer }: GraphNode): boolean {
  const { activation, trainingOnly = false } = traitsOf(layer);
  return activation === 'named' ? activationOf(layer.getConfig()) === 'linear' : trainingOnly;
}

/** What a node takes over of the layers after it. */
export interface Followed {
  /** With the normalization after it folded in. */
  readonly linear: LinearLayer;
  readonly activation: FusedActivation;
  /** An activation of the layer itself that cannot be fused; undefined where there is none. */
  readonly rest: string | undefined;
  /** The value that the last of them made. */
  readonly end: ValueId;
  /** The layers that were taken over. */
  readonly taken: readonly GraphNode[];
}

/** Finds the layers that can become part of the node before them: its output's only readers. */
export class Followers {
  readonly #counts: ReadonlyMap<ValueId, number>;
  readonly #readers = new Map<ValueId, GraphNode>();

  constructor(
    private readonly graph: ModelGraph,
    private readonly isKept: (node: GraphNode) => boolean,
  ) {
    this.#counts = readers(graph);
    for (const node of graph.nodes) {
      for (const input of node.inputs) this.#readers.set(input, node);
    }
  }

  /** After a product: normalization over its channels, then an activation that only clamps. */
  afterProduct(start: ValueId, product: LinearLayer): Followed {
    const own = fusable(product.activation);
    if (own === undefined) {
      const rest = product.activation;
      return { linear: product, activation: 'linear', rest, end: start, taken: [] };
    }
    let [linear, activation, end] = [product, own, start];
    const taken: GraphNode[] = [];
    for (;;) {
      const next = this.#onlyReader(end);
      if (next === undefined) break;
      if (activation === 'linear' && this.#isNorm(next)) linear = foldNorm(linear, next.layer);
      else if (activation === 'linear') {
        const clamp = clampOf(next);
        if (clamp === undefined) break;
        activation = clamp;
      } else if (!hasNoEffect(next)) break;
      taken.push(next);
      end = next.outputs[0] ?? end;
    }
    return { linear, activation, rest: undefined, end, taken };
  }

  /** After a sum: an activation that only clamps. */
  afterSum(start: ValueId): Pick<Followed, 'activation' | 'end' | 'taken'> {
    const next = this.#onlyReader(start);
    const activation = next && clampOf(next);
    if (next === undefined || activation === undefined) {
      return { activation: 'linear', end: start, taken: [] };
    }
    return { activation, end: next.outputs[0] ?? start, taken: [next] };
  }

  #onlyReader(value: ValueId): GraphNode | undefined {
    const reader = this.#counts.get(value) === 1 ? this.#readers.get(value) : undefined;
    return reader === undefined || this.isKept(reader) ? undefined : reader;
  }

  #isNorm({ layer, inputs }: GraphNode): boolean {
    const rank = this.graph.values.get(inputs[0] ?? '')?.shape.length ?? 0;
    return normalizesChannels(layer, rank);
  }
}

/** The clamp that a layer is, or undefined; `linear` for one without effect. */
function clampOf(node: GraphNode): FusedActivation | undefined {
  if (hasNoEffect(node)) return 'linear';
  const { layer } = node;
  const config = layer.getConfig();
  const { activation } = traitsOf(layer);
  if (activation === 'named') return fusable(activationOf(config));
  if (activation !== 'relu') return undefined;
  const limit = config['maxValue'];
  if (limit === null || limit === undefined) return 'relu';
  return limit === 6 ? 'relu6' : undefined;
}

function fusable(activation: string): FusedActivation | undefined {
  return activation === 'linear' || activation === 'relu' || activation === 'relu6'
    ? activation
    : undefined;
}
