import type { onnx } from 'onnx-proto';
import { graphsOf } from './attributes';
import { constantOf, type ForeignGraph } from './foreign-graph';

/**
 * Moves constants of the graphs within nodes to the main graph, which these see, too: there a constant is
 * found by its name. What a graph within gives as it is stays in it.
 * @param wanted The inputs of a node whose constants are to be moved.
 */
export function hoistConstants(
  graph: ForeignGraph,
  wanted: (node: onnx.INodeProto) => readonly string[],
): void {
  for (const node of graph.nodes) for (const inner of graphsOf(node)) hoist(inner, graph, wanted);
}

function hoist(
  inner: onnx.IGraphProto,
  graph: ForeignGraph,
  wanted: (node: onnx.INodeProto) => readonly string[],
): void {
  const own = new Map((inner.initializer ?? []).map((one) => [one.name ?? '', one]));
  for (const node of inner.node ?? []) {
    const constant = constantOf(node);
    if (constant !== undefined) own.set(node.output?.[0] ?? '', constant);
  }
  for (const { name } of inner.output ?? []) own.delete(name ?? '');
  const moved = new Map<string, string>();
  for (const name of new Set(allNodes(inner).flatMap(wanted))) {
    const constant = own.get(name);
    if (constant !== undefined) moved.set(name, graph.adopt(name, constant));
  }
  inner.initializer = (inner.initializer ?? []).filter(({ name }) => !moved.has(name ?? ''));
  inner.node = (inner.node ?? []).filter(({ output }) => !moved.has(output?.[0] ?? ''));
  for (const node of allNodes(inner)) {
    node.input = (node.input ?? []).map((name) => moved.get(name) ?? name);
  }
  for (const node of inner.node) for (const deeper of graphsOf(node)) hoist(deeper, graph, wanted);
}

/** Of a graph, and of those within its nodes. */
function allNodes(graph: onnx.IGraphProto): onnx.INodeProto[] {
  return (graph.node ?? []).flatMap((node) => [node, ...graphsOf(node).flatMap(allNodes)]);
}
