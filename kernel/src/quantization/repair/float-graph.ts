import type { FloatLinearOp, FusedGraph, FusedNode } from '../../graph/fused-graph';

/** A node that is a product with constant weights. */
export interface LinearNode extends FusedNode {
  readonly op: FloatLinearOp;
}

export function isLinear(node: FusedNode): node is LinearNode {
  return node.op.kind === 'linear';
}

/** The linear nodes of a graph, in the order of execution. */
export function linearNodes({ nodes }: FusedGraph): LinearNode[] {
  return nodes.filter(isLinear);
}

/** A graph with some of its linear nodes' weights or activations replaced. */
export function withLinear(
  graph: FusedGraph,
  changes: ReadonlyMap<string, Partial<Pick<FloatLinearOp, 'kernel' | 'bias' | 'activation'>>>,
): FusedGraph {
  const nodes = graph.nodes.map((node): FusedNode => {
    const change = changes.get(node.id);
    if (change === undefined || !isLinear(node)) return node;
    const source = change.kernel === undefined ? node.op.source : undefined;
    return { ...node, op: { ...node.op, ...change, source } };
  });
  return { ...graph, nodes };
}
