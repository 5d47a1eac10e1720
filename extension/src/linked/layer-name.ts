/** What layers call their weights, ours too: `kernel`, `recurrent_kernel`, `query_bias`. */
const WEIGHT =
  /^([a-z]+_)*(kernel|bias|gamma|beta|scale|alpha|embeddings|moving_mean|moving_variance)(_\d+)?$/;
/** What tables say of a layer behind its name: `dense_1 (2 calls)`. */
const REMARK = / \(\d+ calls\)$/;

/**
 * The layer that a name in a view is of: of a variable, `dense_1/kernel`, the layer that has it. Paths of
 * nested models and names of ONNX nodes are names as they are.
 */
export function layerOf(name: string): string {
  const plain = name.replace(/\s+/g, ' ').trim().replace(REMARK, '');
  const slash = plain.lastIndexOf('/');
  return slash > 0 && WEIGHT.test(plain.slice(slash + 1)) ? plain.slice(0, slash) : plain;
}
