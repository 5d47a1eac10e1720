import type { DeviceFacts } from '../backend/contract';
import { notNative } from '../integer/choose';
import type { QuantizedGraph, QuantizedNode, QuantizedOp } from '../graph/quantized-graph';
import type { AffineParams } from '../integer/affine';
import { FloatLayer, floatNode } from './float-nodes';
import type { NodeKernel } from './kernel';
import { linearKernel } from './native/linear';
import { CodesConcat, CodesMove, CodesPad, CodesPool } from './native/moves';

/** The kernel that runs a node on this device, with its constants in place. */
export function nodeKernel(
  node: QuantizedNode,
  graph: QuantizedGraph,
  facts: DeviceFacts,
): NodeKernel {
  const { op } = node;
  const inputs = node.inputs.map((id) => graph.activations.get(id));
  const output = graph.activations.get(node.output);
  if (op.kind === 'linear') {
    const input = op.input === 'static' ? inputs[0] : undefined;
    return linearKernel(op, input, output, facts);
  }
  if (op.kind === 'float') return new FloatLayer(op);
  const shape = graph.values.get(node.output)?.shape ?? [];
  if (output === undefined || inputs.some((params) => params === undefined)) {
    return floatNode({ ...node, op }, shape, 'its values have no fixed range', undefined);
  }
  const reason = notNative(facts);
  if (reason !== undefined) return floatNode({ ...node, op }, shape, reason, 'simulated');
  if (op.kind === 'add') {
    return floatNode({ ...node, op }, shape, 'uint8 in and out, added in fp32', 'simulated');
  }
  if (!inputs.every((params) => same(params, output))) {
    return floatNode({ ...node, op }, shape, 'its values differ in scale', 'simulated');
  }
  return codesKernel(op, shape, output);
}

type CodesOp = Extract<
  QuantizedOp,
  { kind: 'max-pool' | 'average-pool' | 'concat' | 'move' | 'pad' }
>;

function codesKernel(
  op: CodesOp,
  shape: readonly (number | null)[],
  { zeroPoint }: AffineParams,
): NodeKernel {
  switch (op.kind) {
    case 'concat':
      return new CodesConcat(op);
    case 'move':
      return new CodesMove(op);
    case 'pad':
      return new CodesPad(op, zeroPoint);
    case 'max-pool':
    case 'average-pool':
      return new CodesPool(op, shape.length);
  }
}

function same(a: AffineParams | undefined, b: AffineParams): boolean {
  return a?.scale === b.scale && a.zeroPoint === b.zeroPoint;
}
