import { GraphOp } from '../layers/graph-op';
import type { GraphOpArgument, GraphOpDefinition } from '../layers/graph-op-definition';
import type { Mapped, Weight } from './mapped';
import type { BatchAxis } from './probe';
import type { GraphModelNode, Ref } from './read-graph';
import type { Constant, GraphReader } from './reader';

/** Up to this many values a constant stands in the layer's configuration: axes, sizes, paddings. */
const IN_CONFIGURATION = 16;

/** A node as the layer that runs its op. */
export function graphOpOf(node: GraphModelNode, graph: GraphReader, batch: BatchAxis): Mapped {
  const inputs: Ref[] = [];
  const weights: Weight[] = [];
  const args = node.inputs.map((ref, at): GraphOpArgument => {
    const constant = graph.constant(ref);
    if (constant === undefined) {
      inputs.push(ref);
      return { from: 'input' };
    }
    const { shape, dtype, values } = constant;
    if (values.length > IN_CONFIGURATION && dtype !== 'bool') {
      weights.push({ shape, values: values as Float32Array | Int32Array });
      return { from: 'weight', shape, dtype: dtype as 'float32' };
    }
    const open = batch === 'assumed' ? withOpenBatch(node, at, constant, graph) : constant;
    return { from: 'constant', shape, dtype: dtype as 'float32', values: Array.from(open.values) };
  });
  const definition: GraphOpDefinition = {
    op: node.op,
    attributes: batch === 'assumed' ? withOpenSlice(node, graph) : node.raw,
    arguments: args,
    results: graph.indices(node).map((index) => {
      const { shape, dtype } = graph.known({ node: node.name, index });
      return { index, shape, dtype };
    }),
  };
  return { inputs, layers: [{ make: (name) => new GraphOp({ name, definition }), weights }] };
}

/** The argument of a node that says how many rows its result has. */
const ROWS: Readonly<Record<string, number>> = { Reshape: 1, Slice: 2 };

/** A size of one row, as any number of rows. */
function withOpenBatch(
  node: GraphModelNode,
  at: number,
  constant: Constant,
  graph: GraphReader,
): Constant {
  const followsBatch =
    ROWS[node.op] === at && graph.shape({ node: node.name, index: 0 })[0] === null;
  const isOne = constant.values[0] === 1 && !constant.values.includes(-1);
  if (!followsBatch || !isOne) return constant;
  return { ...constant, values: constant.values.map((size, axis) => (axis === 0 ? -1 : size)) };
}

/** A `StridedSlice` of the first row of one, as of all rows. */
function withOpenSlice(node: GraphModelNode, graph: GraphReader): GraphModelNode['raw'] {
  const { op, raw, inputs } = node;
  const [begin, end] = [inputs[1], inputs[2]].map((ref) => graph.numbers(ref));
  const followsBatch = graph.shape({ node: node.name, index: 0 })[0] === null;
  if (op !== 'StridedSlice' || !followsBatch || begin?.[0] !== 0 || end?.[0] !== 1) return raw;
  const mask = Number(node.attributes['endMask'] ?? 0) | 1;
  return { ...raw, end_mask: { i: String(mask) } };
}
