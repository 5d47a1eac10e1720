import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { castTo } from '../../backend/storage';
import type { QuantizedLayout } from './layout';
import { packed, unpacked } from './packing';

/** A part of a sequence as whole numbers from 0 to 255 and the parameters of its groups. */
export interface Codes {
  /** [batch, heads, tokens, ceil(width * bits / 8)]: the first code of a byte in its lowest bits. */
  readonly bytes: Tensor4D;
  /** [batch, heads, tokens, width / group], or [batch, heads, tokens / group, width]; fp16 values. */
  readonly scales: Tensor4D;
  /** As the scales, whole numbers; undefined where the layout is symmetric. */
  readonly zeroPoints: Tensor4D | undefined;
}

/**
 * q = clamp(round(x / scale) + zero), ties to even, per group. Asymmetric: the group's range, widened
 * to hold 0, over all codes. Symmetric: absmax over the codes from -(2^(bits-1) - 1) on, stored with
 * 2^(bits-1) added. The scale is rounded to fp16, as it is kept, before it is used.
 *
 * @param x [batch, heads, tokens, width] of finite numbers, where the group divides its axis.
 */
export function quantizeGroups(x: Tensor4D, layout: QuantizedLayout): Codes {
  return tf.tidy(() => {
    const { shape, axis } = grouping(x.shape, layout);
    const grouped = tf.reshape(castTo(x, 'fp32'), shape);
    const top = 2 ** layout.bits - 1;
    const middle = 2 ** (layout.bits - 1);
    const fit = layout.symmetric
      ? symmetric(grouped, axis, middle - 1)
      : asymmetric(grouped, axis, top);
    const zero = fit.zero ?? middle;
    const rounded = tf.add(tf.round(tf.div(grouped, fit.scale)), zero);
    const codes = tf.clipByValue(rounded, layout.symmetric ? 1 : 0, top);
    const [batch, heads, tokens, width] = x.shape;
    const parameters = (kept: Tensor): Tensor4D =>
      tf.reshape(
        kept,
        layout.along === 'width'
          ? [batch, heads, tokens, width / layout.group]
          : [batch, heads, tokens / layout.group, width],
      );
    return {
      bytes: packed(tf.reshape(codes, x.shape), layout.bits),
      scales: parameters(fit.scale),
      zeroPoints: fit.zero && parameters(fit.zero),
    };
  });
}

/** x = (q - zero) * scale in fp32, for heads of `width`. */
export function dequantizeGroups(
  { bytes, scales, zeroPoints }: Codes,
  layout: QuantizedLayout,
  width: number,
): Tensor4D {
  return tf.tidy(() => {
    const codes = unpacked(bytes, layout.bits, width);
    const { shape, parameterShape } = grouping(codes.shape, layout);
    const zero =
      zeroPoints === undefined ? 2 ** (layout.bits - 1) : tf.reshape(zeroPoints, parameterShape);
    const scale = tf.reshape(castTo(scales, 'fp32'), parameterShape);
    return tf.reshape(tf.mul(tf.sub(tf.reshape(codes, shape), zero), scale), codes.shape);
  });
}

interface Fit {
  readonly scale: Tensor;
  readonly zero: Tensor | undefined;
}

function symmetric(x: Tensor, axis: number, largest: number): Fit {
  return { scale: kept(tf.div(tf.max(tf.abs(x), axis, true), largest)), zero: undefined };
}

function asymmetric(x: Tensor, axis: number, top: number): Fit {
  const low = tf.minimum(tf.min(x, axis, true), 0);
  const high = tf.maximum(tf.max(x, axis, true), 0);
  const scale = kept(tf.div(tf.sub(high, low), top));
  return { scale, zero: tf.clipByValue(tf.round(tf.div(tf.neg(low), scale)), 0, top) };
}

/** The scale as fp16 has it; 1 for groups of zeros, and of numbers too small for any scale. */
function kept(scale: Tensor): Tensor {
  const half = castTo(castTo(scale, 'fp16'), 'fp32');
  return tf.add(half, tf.cast(tf.equal(half, 0), 'float32'));
}

/** A shape of rank 4 in which each group lies along one axis, and that of the groups' parameters. */
function grouping(
  [batch, heads, tokens, width]: Tensor4D['shape'],
  { along, group }: QuantizedLayout,
): {
  readonly shape: [number, number, number, number];
  readonly parameterShape: [number, number, number, number];
  readonly axis: number;
} {
  const rows = batch * heads;
  return along === 'width'
    ? {
        shape: [rows, tokens, width / group, group],
        parameterShape: [rows, tokens, width / group, 1],
        axis: 3,
      }
    : {
        shape: [rows, tokens / group, group, width],
        parameterShape: [rows, tokens / group, 1, width],
        axis: 2,
      };
}
