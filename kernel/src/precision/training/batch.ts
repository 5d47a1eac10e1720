import type { Tensor } from '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { HalfnoteError } from '../../errors';
import { allFinite } from './finite';

/** A tensor of the user's data, and what it is: `input "dense_1_input"`. */
export interface NamedData {
  readonly name: string;
  readonly tensor: Tensor;
}

/** What a model trains on in the step under way. */
export interface Batch {
  readonly data: readonly NamedData[];
  /** All that `fit` was handed, of which the batch is a shuffled part: what a user can look up. */
  readonly whole?: readonly NamedData[] | undefined;
  /** True when the data is known to hold a value that isn't finite, in this batch or in another. */
  readonly suspect: boolean;
}

/** Samples that a message names. */
const NAMED = 5;

let batch: Batch | undefined;
let loss: Tensor | undefined;

/** Runs a training step of a model on a batch. */
export function onBatch<T>(next: Batch, fn: () => T): T {
  const before = batch;
  batch = next;
  try {
    return fn();
  } finally {
    batch = before;
    loss = undefined;
  }
}

/** The loss whose gradients come next. */
export function noteLoss(value: Tensor): void {
  if (batch !== undefined) loss = value;
}

/** Whether gradients are worth a look though nothing scales them. */
export function batchIsSuspect(): boolean {
  return batch?.suspect === true;
}

/**
 * To be called for gradients that aren't finite, before anything changes: the refusal when the batch is
 * the reason, `non-finite-data`. A model may well take NaN, such as labels that its loss masks; then a scaled gradient that
 * overflows isn't the batch's fault, and the loss is finite.
 */
export function badBatch(scaled: boolean): HalfnoteError | undefined {
  if (batch === undefined) return undefined;
  const bad = batch.data.filter(({ tensor }) => !allFinite([tensor]));
  if (bad.length === 0 || (scaled && lossIsFinite())) return undefined;
  const { whole } = batch;
  const told = bad.map((part) => {
    const all = whole?.find(({ name }) => name === part.name);
    return all ? describe(all, 'of') : describe(part, 'of a batch of');
  });
  return new HalfnoteError(
    'non-finite-data',
    `The training data isn't finite: ${told.join('; ')}; allowed are finite numbers. ` +
      "The gradients came out NaN or infinite, and the step wasn't taken: weights, optimizer state " +
      'and loss scale are as before it.',
    'Drop such samples or fill them in, for example tf.where(tf.isNaN(x), tf.zerosLike(x), x).',
  );
}

/** The float tensors among the data; others can't hold NaN. */
export function floatsOf(data: readonly NamedData[]): NamedData[] {
  return data.filter(({ tensor: { dtype, size } }) => dtype === 'float32' && size > 0);
}

function lossIsFinite(): boolean {
  return loss === undefined || loss.isDisposed || allFinite([loss]);
}

/** For example `input "x" holds 3 NaN and 0 infinite values, in samples 0, 4 of a batch of 32`. */
function describe({ name, tensor }: NamedData, of: 'of' | 'of a batch of'): string {
  const [nan, infinite, rows] = tf.tidy(() => {
    const found = [tf.isNaN(tensor), tf.isInf(tensor)] as const;
    const either = tf.logicalOr(...found).reshape([tensor.shape[0], -1]);
    return [
      ...found.map((values) => tf.sum(tf.cast(values, 'int32')).dataSync()[0] ?? 0),
      [...tf.any(either, 1).dataSync()].flatMap((is, row) => (is === 1 ? [row] : [])),
    ] as [number, number, number[]];
  });
  const more = rows.length > NAMED ? ` and ${rows.length - NAMED} more` : '';
  return (
    `${name} holds ${nan} NaN and ${infinite} infinite values, in sample${rows.length === 1 ? '' : 's'} ` +
    `${rows.slice(0, NAMED).join(', ')}${more} ${of} ${tensor.shape[0]}`
  );
}
