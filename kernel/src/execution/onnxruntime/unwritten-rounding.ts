import { DEFAULT_OPSET } from '../../export/onnx/proto/builder';
import { activationType } from '../../export/onnx/quantized/rounded-activations';
import type { QuantizedGraph } from '../../graph/quantized-graph';
import { roundingText } from '../simulated/activations';

/** Which product's inputs a file would leave as they are, where the model rounds them; undefined for none. */
export function unwrittenRounding({ nodes }: QuantizedGraph): string | undefined {
  for (const { id, op } of nodes) {
    if (op.kind !== 'linear' || op.activations === undefined) continue;
    if (activationType(op.activations, DEFAULT_OPSET) !== undefined) continue;
    return `the inputs of '${id}' are rounded to ${roundingText(op.activations)}, for which ONNX has no operator`;
  }
  return undefined;
}
