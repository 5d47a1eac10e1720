import type { OnnxValue } from '../../export/onnx/summary';
import type { AttentionSite } from '../../generation/attention-site';

/** Names that exporters give to the caches which a decoder takes: Optimum's, ONNX Runtime's, and GenAI's. */
const NAMES = [
  /^past_key_values[._](?<layer>\d+)[._](?:decoder[._])?(?<side>key|value)$/,
  /^past[._](?<layer>\d+)[._](?<side>key|value)$/,
  /^past_(?<side>key|value)(?:_self)?_(?<layer>\d+)$/,
  // Keys and values in one: [2, batch, heads, past, width].
  /^past_(?<layer>\d+)$/,
];

/**
 * The caches that an exported decoder takes as inputs, layer by layer: `[batch, kv heads, past, width]`.
 * Those of what an encoder gave aren't of the tokens, and have other names.
 */
export function cachedInputs(inputs: readonly OnnxValue[]): AttentionSite[] {
  return inputs.flatMap(({ name, shape }): AttentionSite[] => {
    const groups = NAMES.map((pattern) => pattern.exec(name)?.groups).find((one) => one);
    if (groups === undefined || groups.side === 'value') return [];
    const isBoth = groups.side === undefined;
    const [kvHeads, headDim] = isBoth ? [shape?.[2], shape?.[4]] : [shape?.[1], shape?.[3]];
    if (shape?.length !== (isBoth ? 5 : 4)) return [];
    if (typeof kvHeads !== 'number' || typeof headDim !== 'number') return [];
    return [{ name, heads: kvHeads, kvHeads, headDim }];
  });
}
