import { inspect } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { tensorText } from '../display/tensor-text';

/** Lets `console.log` and `util.inspect` print a tensor's shape and values, not what tfjs keeps in it. */
export function installTensorInspection(): void {
  Object.defineProperty(tf.Tensor.prototype, inspect.custom, {
    value(this: tf.Tensor, depth: number): string {
      if (depth >= 0) return tensorText(this);
      return `[Tensor ${this.dtype} [${this.shape.join(', ')}]]`;
    },
    configurable: true,
    writable: true,
  });
}
