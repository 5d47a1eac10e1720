import type { onnx } from 'onnx-proto';
import { HalfnoteError } from '../../../errors';
import { int64Tensor } from '../proto/tensor';
import { float32Tensor } from '../proto/tensor';
import { attribute, floatOf, graphsOf, intOf, intsOf, isStandard } from './attributes';
import type { ForeignGraph } from './foreign-graph';

/** The first with scales per channel. */
export const PER_CHANNEL_OPSET = 13;
/** The first from which we know what 13 changed. */
const OLDEST = 11;
/** The last whose operators we have read. */
const NEWEST = 23;

/**
 * Brings a graph of opset 11 or 12 to 13, by ONNX's changelog: sizes that were attributes are inputs
 * now, and a softmax takes one axis where it took all from one on. Newer graphs stay as they are.
 * @throws HalfnoteError `onnx-opset` of one that is older, or newer than 23.
 */
export function upgradeOpset(graph: ForeignGraph): void {
  const { opset, source } = graph;
  if (opset < OLDEST || opset > NEWEST) {
    throw new HalfnoteError(
      'onnx-opset',
      `'${source}' is of operator set ${opset}; allowed are ${OLDEST} to ${NEWEST}.`,
      opset < OLDEST
        ? 'Export it again with a newer one, or convert it: onnx.version_converter.convert_version(model, 17).'
        : 'Export it again with an older one.',
    );
  }
  if (opset >= PER_CHANNEL_OPSET) return;
  graph.nodes = upgraded(graph.nodes, graph);
  graph.setOpset(PER_CHANNEL_OPSET);
}

function upgraded(nodes: readonly onnx.INodeProto[], graph: ForeignGraph): onnx.INodeProto[] {
  return nodes.flatMap((node) => {
    for (const inner of graphsOf(node)) inner.node = upgraded(inner.node ?? [], graph);
    const change = isStandard(node) ? CHANGES[node.opType ?? ''] : undefined;
    return change === undefined ? [node] : change(node, graph);
  });
}

type Change = (node: onnx.INodeProto, graph: ForeignGraph) => onnx.INodeProto[];

const CHANGES: Readonly<Record<string, Change>> = {
  Squeeze: (node, graph) => [asInput(node, 'axes', graph)],
  Unsqueeze: (node, graph) => [asInput(node, 'axes', graph)],
  ReduceSum: (node, graph) => [asInput(node, 'axes', graph)],
  Split: (node, graph) => [asInput(node, 'split', graph)],
  Dropout: (node, graph) => [ratioAsInput(node, graph)],
  Softmax: softmax,
  LogSoftmax: softmax,
  Hardmax: softmax,
};

function asInput(node: onnx.INodeProto, name: string, graph: ForeignGraph): onnx.INodeProto {
  const values = intsOf(node, name);
  if (values === undefined) return node;
  const constant = graph.addConstant(`${node.output?.[0] ?? ''}_${name}`, int64Tensor(values));
  return { ...without(node, name), input: [node.input?.[0] ?? '', constant] };
}

/** Opset 12 has it so already. */
function ratioAsInput(node: onnx.INodeProto, graph: ForeignGraph): onnx.INodeProto {
  if (attribute(node, 'ratio') === undefined) return node;
  const ratio = float32Tensor([floatOf(node, 'ratio', 0.5)], []);
  const constant = graph.addConstant(`${node.output?.[0] ?? ''}_ratio`, ratio);
  return { ...without(node, 'ratio'), input: [node.input?.[0] ?? '', constant] };
}

/** Over all axes from one on, as a matrix: the same numbers whatever the rank is. */
function softmax(node: onnx.INodeProto, graph: ForeignGraph): onnx.INodeProto[] {
  const axis = intOf(node, 'axis', 1);
  if (axis === -1) return [node];
  const [x = ''] = node.input ?? [];
  const [y = ''] = node.output ?? [];
  const name = (part: string): string => graph.unique(`${y}_${part}`);
  const [shape, flat, soft] = [name('shape'), name('flat'), name('soft')];
  const { make } = { make: graph.make.bind(graph) };
  return [
    make({ op: 'Shape', inputs: [x], outputs: [shape] }),
    make({ op: 'Flatten', inputs: [x], outputs: [flat], attributes: { axis } }),
    make({ op: node.opType ?? '', inputs: [flat], outputs: [soft], attributes: { axis: -1 } }),
    make({ op: 'Reshape', inputs: [soft, shape], outputs: [y] }),
  ];
}

function without(node: onnx.INodeProto, name: string): onnx.INodeProto {
  return { ...node, attribute: (node.attribute ?? []).filter((one) => one.name !== name) };
}
