import type { FusedGraph, FusedNode } from './fused-graph';
import type { ValueId } from '../models/model-graph';

/** True for a normalization that became a product of its own. */
export function isNormProduct({ kind, op }: FusedNode): boolean {
  return op.kind === 'linear' && kind === 'BatchNormalization';
}

/**
 * The normalizations that lie between integers: what they make is read by products that take integers,
 * if through pools, sums, joins, moves and other normalizations. The others gain nothing from being
 * rounded.
 */
export function normsBetweenIntegers(
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
