import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { HalfnoteError } from '../errors';

/**
 * Example inputs: one tensor, a list of tensors (batches), or, for a model with several inputs, a
 * list with one tensor per input, or a list of such lists.
 */
export type Calibration = Tensor | readonly Tensor[] | readonly (readonly Tensor[])[];

const HINT = 'Give a few batches of real inputs as `calibrate`.';

/**
 * The examples as batches, each with one tensor per input of the model.
 * @throws HalfnoteError `calibration-empty` without samples, `calibration-mismatch` where the
 *   tensors are none or don't fit the model.
 */
export function exampleBatches(model: tf.LayersModel, examples: Calibration): Tensor[][] {
  const batches = grouped(model.inputs.length, examples);
  if (batches.length === 0) throw empty('the list has no tensors');
  return batches.map((batch) => {
    checkBatch(model.inputs, batch, 'calibrate', mismatch);
    for (const { shape } of batch) {
      if (shape.includes(0)) throw empty(`its shape is [${shape.join(', ')}]`);
    }
    return [...batch];
  });
}

function grouped(inputs: number, examples: unknown): unknown[][] {
  if (!Array.isArray(examples)) return [[examples]];
  const list: readonly unknown[] = examples;
  if (inputs > 1 && list.length > 0 && !list.some((item) => Array.isArray(item)))
    return [[...list]];
  return list.map((item) => (Array.isArray(item) ? [...(item as unknown[])] : [item]));
}

/** An input of a model: `null` where a size is open, as the batch is. */
interface Input {
  readonly shape: readonly (number | null)[];
}

/**
 * Throws unless `batch` has one tensor per input, of its shape and with as many samples as the
 * others. `what` begins the messages of `fail`.
 */
export function checkBatch(
  inputs: readonly Input[],
  batch: readonly unknown[],
  what: string,
  fail: (message: string) => Error,
): asserts batch is readonly Tensor[] {
  for (const item of batch) {
    if (!(item instanceof tf.Tensor)) {
      throw fail(`${what} must be made of tensors, but holds ${kindOf(item)}.`);
    }
  }
  const tensors = batch as readonly Tensor[];
  if (tensors.length !== inputs.length) {
    throw fail(
      `${what} has ${count(tensors.length)} for a model with ${inputs.length} input${inputs.length === 1 ? '' : 's'}.`,
    );
  }
  tensors.forEach(({ shape }, i) => {
    const expected = inputs[i]?.shape ?? [];
    const fits =
      shape.length === expected.length &&
      expected.every((size, axis) => axis === 0 || size === null || size === shape[axis]);
    if (!fits) {
      const which = inputs.length === 1 ? '' : ` for input ${i + 1}`;
      const wanted = expected.map((size) => size ?? 'any').join(', ');
      throw fail(`${what} has shape [${shape.join(', ')}]${which}; the model takes [${wanted}].`);
    }
    if (shape[0] !== tensors[0]?.shape[0]) {
      throw fail(`${what} has different numbers of samples for the inputs.`);
    }
  });
}

/** What a value that is no tensor is, in a few words. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (value instanceof tf.Tensor) return 'a tensor';
  if (Array.isArray(value)) return 'a list';
  if (typeof value !== 'object') return `a ${typeof value}`;
  const { constructor } = value as { readonly constructor?: unknown };
  const name = typeof constructor === 'function' ? constructor.name : 'Object';
  return name === 'Object' ? 'an object' : `an object of class ${name}`;
}

function count(tensors: number): string {
  return `${tensors} tensor${tensors === 1 ? '' : 's'}`;
}

function empty(why: string): HalfnoteError {
  return new HalfnoteError('calibration-empty', `calibrate has no samples: ${why}.`, HINT);
}

function mismatch(message: string): HalfnoteError {
  return new HalfnoteError('calibration-mismatch', message, HINT);
}
