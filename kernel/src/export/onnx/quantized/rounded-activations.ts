import { limits } from '../../../formats/limits';
import { elementOf } from '../../../graph/float-codes';
import type { ActivationRounding, LinearOp } from '../../../graph/quantized-graph';
import { isBlockFormat } from '../../../graph/weight-codes';
import { typeCode } from '../proto/attribute';
import type { ElementType } from '../proto/element-type';
import type { NodeScope } from '../writer/node-scope';
import { onnxTypeOf } from './float-weights';

/** The least normal number, instead of a scale of 0: that of a batch of zeros. */
const LEAST_SCALE = 2 ** -126;

/**
 * The input of a product as its format holds it: `QuantizeLinear` and `DequantizeLinear` of FP8 by a fixed
 * scale or each batch's, `Cast` of wider floats. What ONNX can't say stays in float, and the file's notes
 * tell.
 */
export function roundedActivations(scope: NodeScope, x: string, op: LinearOp): string {
  const { activations } = op;
  if (activations === undefined) return x;
  const { format, scale } = activations;
  const type = activationType(activations, scope.writer.opset);
  if (type === undefined || scale === 'delayed') {
    scope.writer.notes.push(
      `'${scope.id}' takes its input as it is in the file, and rounded to ${format} in the model: ONNX has no operator for that.`,
    );
    return x;
  }
  const { max } = limits(elementOf(format));
  if (scale === 'none') return castTo(scope, x, type, max);
  const factor = scale === 'batch' ? batchScale(scope, x, max) : scope.scalar('scale', scale);
  const zero = scope.typed('zero_point', zeroOf(type));
  // ONNX Runtime drops a `Relu` before codes whose zero point is 0, as if FP8 had no sign; through a
  // `Max` that changes nothing it doesn't look.
  const apart = scope.op('Max', [x, scope.scalar('least', -Infinity)]);
  const codes = scope.op('QuantizeLinear', [apart, factor, zero]);
  return scope.op('DequantizeLinear', [codes, factor, zero]);
}

/** What ONNX's type holds of a value: saturated at `max`, cast and cast back. */
export function castTo(scope: NodeScope, x: string, type: ElementType, max: number): string {
  const bounds = [scope.scalar('least', -max), scope.scalar('largest', max)];
  const narrow = scope.op('Cast', [scope.op('Clip', [x, ...bounds])], { to: typeCode(type) });
  return scope.op('Cast', [narrow], { to: typeCode('float32') });
}

/** ONNX's type that inputs are rounded to; undefined where ONNX can't say how they are. */
export function activationType(
  { format, scale }: ActivationRounding,
  opset: number,
): ElementType | undefined {
  return isBlockFormat(format) || scale === 'delayed' ? undefined : onnxTypeOf(format, opset);
}

function batchScale(scope: NodeScope, x: string, max: number): string {
  const largest = scope.op('ReduceMax', [scope.op('Abs', [x])], { keepdims: 0 });
  const full = scope.op('Div', [largest, scope.scalar('format_max', max)]);
  return scope.op('Max', [full, scope.scalar('least_scale', LEAST_SCALE)]);
}

/** The code of 0, a byte of zeros in FP8. */
function zeroOf(type: ElementType) {
  return { type, shape: [], bytes: new Uint8Array(1) };
}
