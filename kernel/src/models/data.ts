import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { HalfnoteError } from '../errors';
import { kindOf } from './examples';
import { rowsOf } from './rows';

export interface CompareData {
  /** Inputs: `[samples, ...]`, or one such tensor per input of the model. */
  readonly x: Tensor | readonly Tensor[];
  /** Labels of the (first) output: one-hot rows, class numbers, or values. */
  readonly y?: Tensor | undefined;
}

/** Of a model: `null` where a size is open. */
interface Inputs {
  readonly inputs: readonly { readonly shape: readonly (number | null)[] }[];
}

/** The data as it was given. Throws `data-mismatch` unless the tensors fit the model and each other. */
export function checkData(model: Inputs, given: unknown): CompareData {
  if (typeof given !== 'object' || given === null || given instanceof tf.Tensor) {
    throw new HalfnoteError(
      'data-mismatch',
      `data must be {x} or {x, y}, not ${kindOf(given)}.`,
      'compare(model, {formats, data: {x, y}}) runs the model on x, and scores it against y.',
    );
  }
  const data = given as CompareData;
  const { x, y } = data;
  const inputs = [x].flat();
  const odd = inputs.findIndex((input: unknown) => !(input instanceof tf.Tensor));
  if (odd !== -1) {
    throw new HalfnoteError(
      'data-mismatch',
      `data.x must be a tensor, or one tensor per input, not ${kindOf(inputs[odd])}.`,
    );
  }
  if (y !== undefined && !((y as unknown) instanceof tf.Tensor)) {
    throw new HalfnoteError('data-mismatch', `data.y must be a tensor, not ${kindOf(y)}.`);
  }
  const expected = model.inputs;
  if (inputs.length !== expected.length) {
    throw new HalfnoteError(
      'data-mismatch',
      `The model has ${expected.length} input(s), but data.x has ${inputs.length}.`,
    );
  }
  const samples = rowsOf(inputs);
  inputs.forEach((input, i) => {
    const shape = expected[i]?.shape ?? [];
    const fits =
      input.shape.length === shape.length &&
      shape.every((size, axis) => axis === 0 || size === null || size === input.shape[axis]);
    if (!fits) {
      throw new HalfnoteError(
        'data-mismatch',
        `Input ${i + 1} has shape [${input.shape.join(', ')}]; the model takes [${shape.map((size) => size ?? 'any').join(', ')}].`,
      );
    }
    if (input.shape[0] !== samples) {
      throw new HalfnoteError('data-mismatch', 'The inputs have different numbers of samples.');
    }
  });
  if (samples === 0) throw new HalfnoteError('data-mismatch', 'data.x has no samples.');
  if (y !== undefined && y.shape[0] !== samples) {
    throw new HalfnoteError(
      'data-mismatch',
      `data.x has ${samples} samples, but data.y has ${y.shape[0]} rows.`,
    );
  }
  return data;
}

/** Rows [from, to) of each input. The caller disposes of them. */
export function sliceRows(x: CompareData['x'], from: number, to: number): Tensor | Tensor[] {
  const cut = (tensor: Tensor): Tensor =>
    tf.slice(
      tensor,
      [from, ...tensor.shape.slice(1).map(() => 0)],
      [to - from, ...tensor.shape.slice(1)],
    );
  return x instanceof tf.Tensor ? cut(x) : x.map(cut);
}
