import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { loadBackend } from '../../../start';
import { permuted, product, range, toChannelsFirst, toChannelsLast, transpose } from './layout';

loadBackend();

describe('transpose', () => {
  it.each([
    [
      [4, 3],
      [1, 0],
    ],
    [
      [2, 3, 4],
      [2, 0, 1],
    ],
    [
      [3, 2, 5, 4],
      [3, 2, 0, 1],
    ],
    [
      [2, 3, 1, 4, 2],
      [4, 3, 0, 1, 2],
    ],
  ])('moves values as tf.transpose does: %j by %j', (shape, permutation) => {
    const values = Float32Array.from(range(0, product(shape)));
    const expected = tf.transpose(tf.tensor(values, shape), permutation);
    const actual = transpose(values, shape, permutation);
    expect(actual.shape).toEqual(expected.shape);
    expect(actual.data).toEqual(expected.dataSync());
  });

  it('leaves the given values alone', () => {
    const values = Int8Array.of(1, 2, 3, 4);
    transpose(values, [2, 2], [1, 0]);
    expect([...values]).toEqual([1, 2, 3, 4]);
  });
});

describe('layouts', () => {
  it.each([3, 4, 5])('are inverses of each other for %i axes', (rank) => {
    const axes = range(0, rank);
    expect(permuted(permuted(axes, toChannelsFirst(rank)), toChannelsLast(rank))).toEqual(axes);
    expect(permuted(['N', ...range(1, rank - 1), 'C'], toChannelsFirst(rank))[1]).toBe('C');
  });
});
