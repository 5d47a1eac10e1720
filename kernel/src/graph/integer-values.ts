import type { Geometry } from '../integer/product';
import type { FusedGraph, FusedNode } from './fused-graph';
import type { ValueId } from '../models/model-graph';

/**
 * What a static product hands to float layers and the caller. `float`: its sums times their scale.
 * `uint8`: codes, as to another product in integers, which are widened after. `auto`: codes of
 * convolutions, whose kernels are much slower where they have to give more than 8 bits, and floats
 * of dense layers, such as a classifier's logits, which lose nothing by it.
 */
export type OutputRounding = 'auto' | 'float' | 'uint8';

/**
 * The values that are integers between nodes when `isStatic` products take them so: the inputs of
 * these products, and what reaches them through pools, sums, joins and moves alone. What only
 * float layers or the caller read stays in float, unless `outputs` has it rounded, and moved and
 * pooled as codes.
 */
export function integerValues(
  graph: FusedGraph,
  isStatic: (node: FusedNode) => boolean,
  outputs: OutputRounding = 'float',
): ReadonlySet<ValueId> {
  const integers = new Set<ValueId>();
  for (const node of [...graph.nodes].reverse()) {
    const { kind } = node.op;
    const reads =
      kind === 'linear' ? isStatic(node) : kind !== 'float' && integers.has(node.output);
    if (reads) for (const input of node.inputs) integers.add(input);
  }
  for (const node of graph.nodes) {
    const [input = ''] = node.inputs;
    const isInteger =
      node.op.kind === 'linear'
        ? isStatic(node) && isRounded(node.op.geometry, outputs)
        : movesCodes(node) && integers.has(input);
    if (isInteger) integers.add(node.output);
  }
  return integers;
}

function isRounded({ kind }: Geometry, outputs: OutputRounding): boolean {
  return outputs === 'uint8' || (outputs === 'auto' && kind !== 'dense');
}

/** True for what picks codes and computes none. */
function movesCodes({ op }: FusedNode): boolean {
  return op.kind === 'max-pool' || op.kind === 'move' || op.kind === 'pad';
}

/**
 * For each of `values` the first of those that it shares scale and zero point with: what pools and
 * moves make is in their input's codes, and what is joined is in one.
 */
export function sharedCodes(
  graph: FusedGraph,
  values: ReadonlySet<ValueId>,
): ReadonlyMap<ValueId, ValueId> {
  const leader = new Map([...values].map((id) => [id, id]));
  const find = (id: ValueId): ValueId => {
    const above = leader.get(id) ?? id;
    return above === id ? id : find(above);
  };
  for (const node of graph.nodes) {
    if (!keepsCodes(node) || !values.has(node.output)) continue;
    const [first = node.output, ...others] = node.inputs;
    for (const id of [...others, node.output]) leader.set(find(id), find(first));
  }
  return new Map([...values].map((id) => [id, find(id)]));
}

/**
 * True for a node whose output has the codes of its inputs, so that nothing is rounded twice. The
 * mean over a whole image has its own: it is much narrower than what it is taken of.
 */
export function keepsCodes({ op }: FusedNode): boolean {
  if (op.kind === 'average-pool') return op.window !== 'global';
  return ['max-pool', 'move', 'pad', 'concat'].includes(op.kind);
}
