import type { FusedNode } from '../../graph/fused-graph';
import type { QuantizedNode, WeightCodes } from '../../graph/quantized-graph';
import type { IntegerRange } from '../../integer/affine';
import { weightFigures, type WeightFigures } from './weight-figures';

/**
 * Figures of each product of a graph: before and after its weights became codes. Calls that share codes
 * are one layer, and products that a layer was taken apart into are one each.
 * @param before The nodes with their float weights, as they were rounded.
 * @param after The same nodes, in the same order.
 * @param rangeOf The integers that a node's codes may be; undefined where they may be all of the format.
 */
export function figuresOfNodes(
  before: readonly FusedNode[],
  after: readonly QuantizedNode[],
  rangeOf: (node: FusedNode) => IntegerRange | undefined = () => undefined,
): readonly WeightFigures[] {
  const seen = new Set<WeightCodes>();
  return before.flatMap((node, i) => {
    const float = node.op;
    const rounded = after[i]?.op;
    if (float.kind !== 'linear' || rounded?.kind !== 'linear' || seen.has(rounded.weights))
      return [];
    const { id: name, kind } = node;
    seen.add(rounded.weights);
    const { weights } = rounded;
    return [weightFigures({ name, kind, kernel: float.kernel, weights, range: rangeOf(node) })];
  });
}
