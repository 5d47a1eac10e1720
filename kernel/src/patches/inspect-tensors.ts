import { inspect } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { tensorText } from '../display/tensor-text';
import { replaceProperty } from './methods';
import type { Patch } from './patch';

export const tensorInspection: Patch = {
  target: 'Tensor.prototype',
  member: 'util.inspect.custom',
  adds: true,
  why: "console.log prints a tensor's shape and values, not what tfjs keeps in it.",
  isThere: () => inspect.custom in tf.Tensor.prototype,
  install: () =>
    replaceProperty(
      tf.Tensor.prototype,
      inspect.custom,
      function (this: tf.Tensor, depth: number): string {
        if (depth >= 0) return tensorText(this);
        return `[Tensor ${this.dtype} [${this.shape.join(', ')}]]`;
      },
    ),
};
