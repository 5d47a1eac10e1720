import type { onnx } from 'onnx-proto';
import { intOf, intsOf, isStandard, nameOf } from '../../export/onnx/foreign/attributes';
import type { AttentionSite } from '../../generation/attention-site';

type Shape = readonly number[];
type ShapeOf = (name: string) => Shape | undefined;

/** A site but for its name; undefined where the shapes don't tell. */
type Found = Omit<AttentionSite, 'name'> | undefined;
type Read = (node: onnx.INodeProto, shapes: readonly (Shape | undefined)[]) => Found;

/** Keys and values: `kvHeads` of the width of a whole row of values. */
function found(heads: number, kvHeads: number, width: number | undefined): Found {
  const headDim = (width ?? NaN) / kvHeads;
  return heads >= 1 && kvHeads >= 1 && Number.isInteger(headDim)
    ? { heads, kvHeads, headDim }
    : undefined;
}

/** ONNX's own, from opset 23: `[batch, heads, tokens, width]`, or heads beside one another. */
const standard: Read = (node, [query, , value]) => {
  if (query?.length === 4 && value?.length === 4) {
    const [heads = 0, kvHeads = 0, headDim = 0] = [query[1], value[1], value[3]];
    return found(heads, kvHeads, headDim * kvHeads);
  }
  return found(intOf(node, 'q_num_heads', 0), intOf(node, 'kv_num_heads', 0), value?.at(-1));
};

const grouped: Read = (node, [query, , value]) => {
  const heads = intOf(node, 'num_heads', 0);
  const kvHeads = intOf(node, 'kv_num_heads', 0);
  // Without keys and values of their own they lie behind the queries.
  const packed = ((query?.at(-1) ?? NaN) / (heads + 2 * kvHeads)) * kvHeads;
  return found(heads, kvHeads, value === undefined ? packed : value.at(-1));
};

const multiHead: Read = (node, [query, key, value]) => {
  const heads = intOf(node, 'num_heads', 0);
  const width = (shape: Shape | undefined): number | undefined =>
    shape && (shape.length === 3 ? shape[2] : (shape.at(-1) ?? NaN) * heads);
  return found(heads, heads, width(value) ?? width(key?.length === 5 ? key : query));
};

/** With the weights of its projections: queries, keys and values side by side. */
const withWeights: Read = (node, [, weight]) => {
  const heads = intOf(node, 'num_heads', 0);
  const sizes = intsOf(node, 'qkv_hidden_sizes');
  return found(heads, heads, sizes?.[2] ?? (weight?.[1] ?? NaN) / 3);
};

/** ONNX Runtime's operators of attention. */
const MICROSOFT_READS: Readonly<Record<string, Read>> = {
  Attention: withWeights,
  GroupQueryAttention: grouped,
  MultiHeadAttention: multiHead,
};

/** The attention that nodes of their own compute: ONNX's `Attention` and those of ONNX Runtime. */
export function attentionNodes(
  nodes: readonly onnx.INodeProto[],
  shapeOf: ShapeOf,
): AttentionSite[] {
  return nodes.flatMap((node): AttentionSite[] => {
    const op = node.opType ?? '';
    const own = op === 'Attention' ? standard : undefined;
    const theirs = Object.hasOwn(MICROSOFT_READS, op) ? MICROSOFT_READS[op] : undefined;
    const read = isStandard(node) ? own : theirs;
    const site = read?.(
      node,
      (node.input ?? []).map((name) => (name === '' ? undefined : shapeOf(name))),
    );
    return site === undefined ? [] : [{ name: nameOf(node), ...site }];
  });
}
