import type { FusedGraph, FusedNode } from '../../../graph/fused-graph';
import { isNormProduct } from '../../../graph/lone-norms';
import { outputsOf } from '../../../graph/run-node';
import { AttentionHeads } from '../../../layers/attention-heads';
import { traitsOf } from '../../../models/layer-traits';
import { readers, type ValueId } from '../../../models/model-graph';
import { inputChannels } from '../channels';
import { isLinear, type LinearNode, linearNodes } from '../float-graph';
import { sharesKernel } from '../pairs';
import { canScaleNorm } from './scaled-norm';

/** Products that read one value, whose channels can be divided by factors that the weights take over. */
export interface ScaleGroup {
  readonly value: ValueId;
  readonly nodes: readonly LinearNode[];
  readonly channels: number;
  /** What can make the value smaller in the first place, or why nothing can. */
  readonly source: ScaleSource;
}

export type ScaleSource =
  | { readonly node: FusedNode; readonly reason?: undefined }
  | { readonly node?: undefined; readonly reason: string };

/**
 * The groups of a graph, in the order of execution. A depthwise convolution is in none: its input
 * channels are its output channels, which have scales of their own.
 * @param isWanted Which products take part.
 * @param commutes Whether dividing a product's output channels divides its rounded weights by the same.
 */
export function scaleGroups(
  graph: FusedGraph,
  isWanted: (node: LinearNode) => boolean,
  commutes: (node: LinearNode) => boolean,
): ScaleGroup[] {
  const finder = new SourceFinder(graph, commutes);
  const byValue = new Map<ValueId, LinearNode[]>();
  for (const node of linearNodes(graph)) {
    const [value = ''] = node.inputs;
    if (node.op.geometry.kind === 'depthwise' || !isWanted(node)) continue;
    if (!sharesKernel(graph, node)) byValue.set(value, [...(byValue.get(value) ?? []), node]);
  }
  return [...byValue].flatMap(([value, nodes]) => {
    const [first] = nodes;
    const channels = first === undefined ? 0 : inputChannels(first.op.geometry);
    const { shape, dtype } = graph.values.get(value) ?? { shape: [], dtype: '' };
    if (shape.at(-1) !== channels || dtype !== 'float32') return [];
    return [{ value, nodes, channels, source: finder.find(value, nodes.length, channels) }];
  });
}

class SourceFinder {
  readonly #readers: ReadonlyMap<ValueId, number>;
  readonly #makers: ReadonlyMap<ValueId, FusedNode>;

  constructor(
    private readonly graph: FusedGraph,
    private readonly commutes: (node: LinearNode) => boolean,
  ) {
    this.#readers = readers(graph);
    this.#makers = new Map(graph.nodes.flatMap((node) => outputsOf(node).map((id) => [id, node])));
  }

  /** Back from a value to what makes its channels, through what commutes with a factor a channel. */
  find(start: ValueId, members: number, channels: number): ScaleSource {
    let value = start;
    for (let allowed = members; ; allowed = 1) {
      if (this.#readers.get(value) !== allowed) return { reason: 'others read its input, too' };
      const maker = this.#makers.get(value);
      if (maker === undefined) return { reason: 'its input is the model’s' };
      if (this.#takesFactors(maker)) return { node: maker };
      const before = this.#through(maker, channels);
      if (before === undefined) {
        return { reason: `${maker.kind} '${maker.id}' makes its input, and takes no factors` };
      }
      value = before;
    }
  }

  #takesFactors(node: FusedNode): boolean {
    if (!isLinear(node)) return canScaleNorm(node, this.graph.values);
    if (node.op.activation === 'relu6' || sharesKernel(this.graph, node)) return false;
    return isNormProduct(node) || this.commutes(node);
  }

  /** The value whose channels a node hands on, each scaled as it is. */
  #through({ op, inputs, output }: FusedNode, channels: number): ValueId | undefined {
    const [first = ''] = inputs;
    const isKept = this.graph.values.get(first)?.shape.at(-1) === channels;
    switch (op.kind) {
      case 'max-pool':
      case 'average-pool':
      case 'pad':
        return first;
      case 'move':
        return isKept && this.graph.values.get(output)?.shape.at(-1) === channels
          ? first
          : undefined;
      case 'float':
        // Each of its channels is a mean of the values' same channel over positions; with grouped queries
        // several are of one channel, which no factor for each of them can divide.
        if (op.layer instanceof AttentionHeads) {
          return op.layer.numKvHeads === op.layer.numHeads ? inputs[2] : undefined;
        }
        return isKept && traitsOf(op.layer).homogeneous && inputs.length === 1 ? first : undefined;
      case 'linear':
      case 'add':
      case 'concat':
        return undefined;
    }
  }
}
