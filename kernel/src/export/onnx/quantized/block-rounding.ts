import { BLOCK_FORMATS, type BlockFormat } from '../../../formats/blocks';
import { limits } from '../../../formats/limits';
import type { BlockWeightFormat } from '../../../formats/uses';
import type { NodeScope } from '../writer/node-scope';
import { atLeast, powerBelow, roundedToElement } from './float-rounding';

/**
 * What an MX format holds of a value, in blocks along its last axis, the last shorter: by operators of
 * float32, since ONNX's `DynamicQuantizeLinear` knows neither floats nor blocks. A block's unit is the power
 * of two below its largest magnitude over that of the element's largest number, as OCP's specification has
 * it; of a block whose numbers are all below 2^-100, that of 2^-100.
 * @param width Of the last axis.
 */
export function roundedInBlocks(
  scope: NodeScope,
  x: string,
  format: BlockWeightFormat,
  width: number,
): string {
  const { size, element }: BlockFormat = BLOCK_FORMATS[format];
  const blocks = Math.ceil(width / size);
  const padding = blocks * size - width;
  const rows = scope.op('Reshape', [x, scope.indices('rows', [-1, width])]);
  const whole =
    padding === 0 ? rows : scope.op('Pad', [rows, scope.indices('pads', [0, 0, 0, padding])]);
  const split = scope.op('Reshape', [whole, scope.indices('blocks', [-1, blocks, size])]);
  const largest = scope.op(
    'ReduceMax',
    [scope.op('Abs', [split]), scope.indices('block_axis', [2])],
    { keepdims: 1 },
  );
  const power = powerBelow(scope, atLeast(scope, largest));
  const unit = scope.op('Mul', [
    power,
    scope.scalar('element_power', 2 ** -limits(element).maxExponent),
  ]);
  const codes = roundedToElement(scope, scope.op('Div', [split, unit]), element);
  const values = scope.op('Mul', [codes, unit]);
  const joined = scope.op('Reshape', [values, scope.indices('padded', [-1, blocks * size])]);
  const cut =
    padding === 0
      ? joined
      : scope.op('Slice', [
          joined,
          scope.indices('start', [0]),
          scope.indices('end', [width]),
          scope.indices('cut_axis', [1]),
        ]);
  return scope.op('Reshape', [cut, scope.op('Shape', [x])]);
}
