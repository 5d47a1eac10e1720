import { TiedEmbedding } from '../layers/tied-embedding';
import type { GraphNode, ModelGraph } from './model-graph';

/** Whether a call multiplies vectors by a table, where the same layer elsewhere looks tokens up in it. */
export function isTiedProduct(
  { layer, inputs }: Pick<GraphNode, 'layer' | 'inputs'>,
  values: ModelGraph['values'],
): boolean {
  return layer instanceof TiedEmbedding && values.get(inputs[0] ?? '')?.shape.length === 3;
}
