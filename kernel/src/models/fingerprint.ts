import { createHash } from 'node:crypto';
import type { Tensor } from '@tensorflow/tfjs';
import type * as tf from '@tensorflow/tfjs';
import type { CompareData } from './data';

const BYTES_OF_A_VALUE = 4;

/** Hexadecimal digits that tell models and data of a paper apart. */
const DIGITS = 12;

/**
 * By which bytes a result came about, as a reader can check it: `Weights sha256 0123456789ab, data sha256
 * 89abcdef0123.` Over type, shape and values of each tensor in order; names don't count, for they differ from
 * one session to the next.
 */
export function fingerprint(model: tf.LayersModel, data?: CompareData): string {
  const weights = hashOfTensors(model.weights.map((weight) => weight.read()));
  if (data === undefined) return `Weights sha256 ${weights}.`;
  const { x, y } = data;
  return `Weights sha256 ${weights}, data sha256 ${hashOfTensors([x, y ?? []].flat())}.`;
}

/** Hashed in half a second: a gigabyte takes one. */
const MOST_BYTES = 2 ** 29;

/**
 * As {@link fingerprint}, for results that take no longer than it would: undefined for more than half a
 * gigabyte of weights and data.
 * @param inputs Data that went into the result, without labels.
 */
export function quickFingerprint(
  model: tf.LayersModel,
  inputs: readonly Tensor[] = [],
): string | undefined {
  const sizes = [...model.weights.map((weight) => weight.read()), ...inputs];
  const bytes = sizes.reduce((sum, { size }) => sum + BYTES_OF_A_VALUE * size, 0);
  if (bytes > MOST_BYTES) return undefined;
  return fingerprint(model, inputs.length === 0 ? undefined : { x: [...inputs] });
}

function hashOfTensors(tensors: readonly Tensor[]): string {
  const hash = createHash('sha256');
  for (const tensor of tensors) {
    const values: NodeJS.TypedArray | string[] = tensor.dataSync();
    hash.update(JSON.stringify([tensor.dtype, tensor.shape]));
    hash.update(Array.isArray(values) ? JSON.stringify(values) : values);
  }
  return hash.digest('hex').slice(0, DIGITS);
}
