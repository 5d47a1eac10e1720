import { HalfnoteError } from '../../../errors';
import { limits } from '../../../formats/limits';
import { elementOf } from '../../../graph/float-codes';
import type { LinearOp } from '../../../graph/quantized-graph';
import { isBlockFormat } from '../../../graph/weight-codes';
import { typeCode } from '../proto/attribute';
import type { ElementType } from '../proto/element-type';
import type { NodeScope } from '../writer/node-scope';
import { toChannelsFirst } from '../writer/layout';
import { roundedInBlocks } from './block-rounding';
import { roundedToFloat, saturated } from './float-rounding';
import { onnxTypeOf } from './float-weights';

/** The least normal number, instead of a scale of 0: that of a batch of zeros. */
const LEAST_SCALE = 2 ** -126;

/**
 * The input of a product as its format holds it: `QuantizeLinear` and `DequantizeLinear` of FP8 by a fixed
 * scale or each batch's, `Cast` of halves; of all other floats and of blocks by operators of float32.
 * @param x In the layout that the product reads.
 * @param isMoved Whether that has the channels first.
 * @throws HalfnoteError `no-ranges` for a scale by earlier batches: a file has no memory of them.
 */
export function roundedActivations(
  scope: NodeScope,
  x: string,
  { activations }: LinearOp,
  isMoved: boolean,
): string {
  if (activations === undefined) return x;
  const { format, scale } = activations;
  if (scale === 'delayed') throw withoutHistory(scope.id);
  if (isBlockFormat(format)) {
    const width = scope.inputShape().at(-1);
    if (typeof width !== 'number') throw new Error(`'${scope.id}' has an open last axis`);
    const rounded = roundedInBlocks(scope, scope.input('model'), format, width);
    if (!isMoved) return rounded;
    return scope.op('Transpose', [rounded], { perm: toChannelsFirst(scope.inputShape().length) });
  }
  const element = elementOf(format);
  const { max } = limits(element);
  const type = onnxTypeOf(format, scope.writer.opset);
  if (scale === 'none') {
    return type === undefined ? roundedToFloat(scope, x, element) : castTo(scope, x, type, max);
  }
  const factor = scale === 'batch' ? batchScale(scope, x, max) : scope.scalar('scale', scale);
  if (type === undefined) {
    const rounded = roundedToFloat(scope, scope.op('Div', [x, factor]), element);
    return scope.op('Mul', [rounded, factor]);
  }
  const zero = scope.typed('zero_point', zeroOf(type));
  // ONNX Runtime drops a `Relu` before codes whose zero point is 0, as if FP8 had no sign; through a
  // `Max` that changes nothing it doesn't look.
  const apart = scope.op('Max', [x, scope.scalar('least', -Infinity)]);
  const codes = scope.op('QuantizeLinear', [apart, factor, zero]);
  return scope.op('DequantizeLinear', [codes, factor, zero]);
}

/** What ONNX's type holds of a value: saturated at `max`, cast and cast back. */
export function castTo(scope: NodeScope, x: string, type: ElementType, max: number): string {
  const narrow = scope.op('Cast', [saturated(scope, x, max)], { to: typeCode(type) });
  return scope.op('Cast', [narrow], { to: typeCode('float32') });
}

function withoutHistory(id: string): HalfnoteError {
  return new HalfnoteError(
    'no-ranges',
    `The inputs of '${id}' are scaled by earlier batches, and it has seen none: a file needs a scale.`,
    'Export the model after `predict` of a few batches: their scale is written.',
  );
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
