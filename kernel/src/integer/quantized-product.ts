import { encodeArray } from '../formats/arrays';
import type { CodeArray } from '../formats/codes';
import type { FormatOrName } from '../formats/format';
import { limits } from '../formats/limits';
import { asFormat } from '../formats/table';
import { roundHalfEven } from './affine';
import type { IntegerTensor } from './integer-operands';
import {
  integerConv2d,
  integerMatMul,
  type IntegerConvOptions,
  type IntegerProductOptions,
  type IntegerSums,
} from './integer-product';

/** Integers with all that says which numbers they stand for: `(q - zeroPoint) * scale`. */
export interface ScaledTensor extends IntegerTensor {
  /** Of the left operand: one. Of weights: one, or one per output channel. */
  readonly scale: number | ArrayLike<number>;
}

/** What a product's result is quantized to. */
export interface ResultParameters {
  readonly format: FormatOrName;
  readonly scale: number;
  /** Default 0. */
  readonly zeroPoint?: number;
}

export interface QuantizedProduct extends Omit<IntegerSums, 'sums'> {
  /** Bit patterns of the result's format. */
  readonly codes: CodeArray;
}

/**
 * A product of quantized tensors as a quantized tensor, with no float in between but the multiplier
 * of the sums: ONNX's `QLinearMatMul`.
 * @throws HalfnoteError as `integerMatMul`.
 */
export async function quantizedMatMul(
  a: ScaledTensor,
  b: ScaledTensor,
  result: ResultParameters,
  options: IntegerProductOptions = {},
): Promise<QuantizedProduct> {
  return requantized(await integerMatMul(a, b, options), a, b, result);
}

/**
 * A convolution of quantized tensors as a quantized tensor, as ONNX's `QLinearConv` in TensorFlow's
 * layout.
 * @throws HalfnoteError as `integerConv2d`.
 */
export async function quantizedConv2d(
  x: ScaledTensor,
  weights: ScaledTensor,
  result: ResultParameters,
  options: IntegerConvOptions = {},
): Promise<QuantizedProduct> {
  return requantized(await integerConv2d(x, weights, options), x, weights, result);
}

function requantized(
  { sums, ...rest }: IntegerSums,
  a: ScaledTensor,
  b: ScaledTensor,
  result: ResultParameters,
): QuantizedProduct {
  const [scaleA = NaN] = listed(a.scale);
  const multipliers = listed(b.scale).map((scaleB) =>
    Math.fround(Math.fround(scaleA * scaleB) / Math.fround(result.scale)),
  );
  return { ...rest, codes: requantize(sums, multipliers, result) };
}

/** `clamp(round(sum * multiplier) + zeroPoint)`, ties to even; the last axis is the channels'. */
function requantize(
  sums: Int32Array,
  multipliers: readonly number[],
  { format: formatOrName, zeroPoint = 0 }: ResultParameters,
): CodeArray {
  const format = asFormat(formatOrName);
  const { min, max } = limits(format);
  const values = Float32Array.from(sums, (sum, i) => {
    const scaled = Math.fround(sum * (multipliers[i % multipliers.length] ?? NaN));
    return Math.min(max, Math.max(min, roundHalfEven(scaled) + zeroPoint));
  });
  return encodeArray(format, values);
}

function listed(scale: number | ArrayLike<number>): number[] {
  return typeof scale === 'number' ? [Math.fround(scale)] : Array.from(scale, Math.fround);
}
