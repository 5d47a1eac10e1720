import { graphsOf, isStandard } from '../../export/onnx/foreign/attributes';
import type { ForeignGraph } from '../../export/onnx/foreign/foreign-graph';

/**
 * Takes out the nodes that only pass a value on, which exporters leave between a product and what is folded
 * into it. An output of the model keeps the node that names it, and a value that graphs within nodes take.
 */
export function dropIdentities(graph: ForeignGraph): void {
  const { takers } = graph.index();
  const source = new Map<string, string>();
  graph.nodes = graph.nodes.filter((node) => {
    const [input = ''] = node.input ?? [];
    const [output = ''] = node.output ?? [];
    const isTakenWithin = (takers.get(output) ?? []).some((taker) => graphsOf(taker).length > 0);
    const isKept =
      node.opType !== 'Identity' ||
      !isStandard(node) ||
      graph.outputs.includes(output) ||
      isTakenWithin;
    if (!isKept) source.set(output, source.get(input) ?? input);
    return isKept;
  });
  for (const node of graph.nodes) {
    node.input = (node.input ?? []).map((name) => source.get(name) ?? name);
  }
}
