import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { roundTo } from '../../formats/arrays';
import type { NumberFormat } from '../../formats/format';
import type { RoundOptions } from '../../formats/round';

/** A new tensor with the values of `tensor` rounded to `format`, computed in JavaScript. */
export function roundInScript(
  format: NumberFormat,
  tensor: Tensor,
  options?: RoundOptions,
): Tensor {
  return tf.tensor(roundTo(format, tensor.dataSync<'float32'>(), options), tensor.shape, 'float32');
}
