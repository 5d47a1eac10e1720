import type { QuantizedGraph } from '../../graph/quantized-graph';
import { roundingText } from '../simulated/activations';

/** Which product's inputs are scaled by what a file does not remember; undefined for none. */
export function unwrittenRounding({ nodes }: QuantizedGraph): string | undefined {
  for (const { id, op } of nodes) {
    if (op.kind !== 'linear' || op.activations?.scale !== 'delayed') continue;
    return `the inputs of '${id}' are rounded to ${roundingText(op.activations)}, which a file does not remember`;
  }
  return undefined;
}
