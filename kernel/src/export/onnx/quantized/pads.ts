import { readers } from '../../../models/model-graph';
import type { PadOp, QuantizedGraph, QuantizedNode } from '../../../graph/quantized-graph';

/** A graph's nodes as they are written. */
export interface WrittenNodes {
  readonly nodes: readonly QuantizedNode[];
  /** Zeros around the input of a convolution, by its id. */
  readonly pads: ReadonlyMap<string, PadOp>;
}

/**
 * Makes padding part of the convolutions that read it, which pad integers with their zero point. Padding
 * that something else reads stays a node.
 */
export function foldPads(graph: QuantizedGraph): WrittenNodes {
  const counts = readers(graph);
  const foldable = new Map(
    graph.nodes.flatMap(({ output, inputs: [input = ''], op }) => {
      if (op.kind !== 'pad') return [];
      const windows = graph.nodes.filter((node) => node.inputs.includes(output) && isValid(node));
      return windows.length === counts.get(output) ? [[output, { input, op }] as const] : [];
    }),
  );
  const pads = new Map<string, PadOp>();
  const nodes = graph.nodes
    .filter(({ output }) => !foldable.has(output))
    .map((node) => {
      const pad = foldable.get(node.inputs[0] ?? '');
      if (pad === undefined) return node;
      pads.set(node.id, pad.op);
      return { ...node, inputs: [pad.input] };
    });
  return { nodes, pads };
}

function isValid({ op }: QuantizedNode): boolean {
  return op.kind === 'linear' && op.geometry.kind !== 'dense' && op.geometry.padding === 'valid';
}
