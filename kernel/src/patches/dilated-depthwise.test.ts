import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../start';
import { random } from '../backend/oracle.fixture';
import { setCastPlanner } from '../backend/planner';
import { castTo, storageFormat } from '../backend/storage';

const [SIZE, CHANNELS, MULTIPLIER] = [7, 2, 3];
const [KH, KW, DH, DW] = [3, 2, 2, 3];

beforeAll(() => {
  loadBackend();
});
afterEach(() => {
  setCastPlanner(undefined);
});

const x = random(SIZE * SIZE * CHANNELS, 1);
const w = random(KH * KW * CHANNELS * MULTIPLIER, 2);
const image = (): tf.Tensor4D => tf.tensor4d(x, [1, SIZE, SIZE, CHANNELS]);
const filter = (): tf.Tensor4D => tf.tensor4d(w, [KH, KW, CHANNELS, MULTIPLIER]);

/** The definition: each filter value reaches `dilation` pixels further. */
function expected(): number[] {
  const [rows, columns] = [SIZE - (KH - 1) * DH, SIZE - (KW - 1) * DW];
  const sums: number[] = [];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      for (let c = 0; c < CHANNELS; c++) {
        for (let m = 0; m < MULTIPLIER; m++) {
          let sum = 0;
          for (let a = 0; a < KH; a++) {
            for (let b = 0; b < KW; b++) {
              const pixel = x[((i + a * DH) * SIZE + j + b * DW) * CHANNELS + c] ?? NaN;
              sum += pixel * (w[((a * KW + b) * CHANNELS + c) * MULTIPLIER + m] ?? NaN);
            }
          }
          sums.push(sum);
        }
      }
    }
  }
  return sums;
}

function largestDifference(result: tf.Tensor, want: readonly number[]): number {
  expect(result.size).toBe(want.length);
  return Math.max(...[...result.dataSync()].map((value, i) => Math.abs(value - (want[i] ?? NaN))));
}

describe('a dilated depthwise convolution', () => {
  it('is its definition, on its own and fused with bias and activation', () => {
    const plain = tf.depthwiseConv2d(image(), filter(), 1, 'valid', 'NHWC', [DH, DW]);
    expect(largestDifference(plain, expected())).toBeLessThan(1e-5);
    const bias = tf.fill<tf.Rank.R1>([CHANNELS * MULTIPLIER], 0.25);
    const fused = tf.fused.depthwiseConv2d({
      x: image(),
      filter: filter(),
      strides: 1,
      pad: 'valid',
      dilations: [DH, DW],
      bias,
      activation: 'relu',
    });
    const activated = expected().map((sum) => Math.max(0, sum + 0.25));
    expect(largestDifference(fused, activated)).toBeLessThan(1e-5);
  });

  it('runs in 16 bits too, and leaves no tensor behind', () => {
    const low = castTo(image(), 'bf16');
    const before = tf.memory().numTensors;
    const result = tf.tidy(() =>
      castTo(
        tf.depthwiseConv2d(low, castTo(filter(), 'bf16'), 1, 'valid', 'NHWC', [DH, DW]),
        'bf16',
      ),
    );
    expect(storageFormat(result)).toBe('bf16');
    expect(tf.memory().numTensors).toBe(before + 1);
    const scale = Math.max(...expected().map(Math.abs));
    expect(largestDifference(result, expected()) / scale).toBeLessThan(4 * 2 ** -8);
  });
});
