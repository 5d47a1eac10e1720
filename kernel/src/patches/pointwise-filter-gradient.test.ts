import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { withPrecision } from '../precision/scope';
import { loadBackend } from '../start';

beforeAll(() => {
  loadBackend();
});

/** The sum over all places of what was read there times what comes back. */
function expected(x: tf.Tensor4D, dy: tf.Tensor4D, [down, right]: readonly number[]): number[] {
  const sums = new Array<number>(x.shape[3] * dy.shape[3]).fill(0);
  const [read, back] = [x.arraySync(), dy.arraySync()];
  back.forEach((rows, n) => {
    rows.forEach((row, i) => {
      row.forEach((outputs, j) => {
        const inputs = read[n]?.[i * (down ?? 1)]?.[j * (right ?? 1)] ?? [];
        inputs.forEach((value, c) => {
          outputs.forEach((gradient, o) => {
            const at = c * outputs.length + o;
            sums[at] = (sums[at] ?? 0) + value * gradient;
          });
        });
      });
    });
  });
  return sums;
}

const SHAPES: readonly (readonly [number, number, number, number])[] = [
  [3, 12, 8, 4],
  [1, 13, 9, 3],
  [2, 2, 2, 1],
];
const STRIDES: readonly [number, number][] = [
  [2, 2],
  [3, 3],
  [1, 2],
  [2, 1],
];

describe('the gradient of a 1x1 filter with strides', () => {
  test.each(['same', 'valid'] as const)('is what the definition says, %s', (pad) => {
    for (const shape of SHAPES)
      for (const strides of STRIDES) {
        const x = tf.round(tf.randomNormal<tf.Rank.R4>([...shape], 0, 3, 'float32', 1));
        const filter = tf.ones<tf.Rank.R4>([1, 1, shape[3], 2]);
        const y = tf.conv2d(x, filter, strides, pad);
        const dy = tf.round(tf.randomNormal<tf.Rank.R4>(y.shape, 0, 3, 'float32', 2));
        for (const format of ['fp32', 'bf16']) {
          // Over and over: where memory is overrun, the process ends.
          for (let i = 0; i < 3; i++) {
            const gradient = withPrecision(format, () =>
              tf.grad((w) => tf.conv2d(x, w as tf.Tensor4D, strides, pad))(filter, dy),
            );
            expect(gradient.shape).toEqual(filter.shape);
            const values = expected(x, dy, strides);
            const span = Math.max(...values.map(Math.abs));
            gradient.dataSync().forEach((value, at) => {
              expect(Math.abs(value - (values[at] ?? NaN))).toBeLessThanOrEqual(span / 128);
            });
          }
        }
      }
  });

  test('is that of the padded images, and of images with their channels first', () => {
    const x = tf.randomNormal<tf.Rank.R4>([2, 6, 5, 3], 0, 3, 'float32', 3);
    const filter = tf.ones<tf.Rank.R4>([1, 1, 3, 2]);
    const padded = tf.pad<tf.Tensor4D>(x, [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ]);
    const first = tf.transpose<tf.Tensor4D>(x, [0, 3, 1, 2]);
    const gradientOf = (f: (w: tf.Tensor4D) => tf.Tensor): number[] => [
      ...tf
        .grad((w) => f(w as tf.Tensor4D))(filter)
        .dataSync(),
    ];
    const near = (values: number[]): unknown[] =>
      values.map((v) => expect.closeTo(v, 3) as unknown);
    expect(gradientOf((w) => tf.conv2d(x, w, 2, 1))).toEqual(
      near(gradientOf((w) => tf.conv2d(padded, w, 2, 'valid'))),
    );
    expect(gradientOf((w) => tf.conv2d(first, w, 2, 'valid', 'NCHW'))).toEqual(
      near(gradientOf((w) => tf.conv2d(x, w, 2, 'valid'))),
    );
  });

  test('of conv1d and transposed convolutions too', () => {
    const { layers } = tf;
    const makers = [
      () => layers.conv1d({ filters: 2, kernelSize: 1, strides: 2, inputShape: [12, 4] }),
      () =>
        layers.conv2dTranspose({ filters: 4, kernelSize: 1, strides: 2, inputShape: [6, 4, 2] }),
    ];
    for (const make of makers) {
      const model = tf.sequential({ layers: [make()] });
      const x = tf.ones([3, ...(model.inputs[0]?.shape.slice(1) as number[])]);
      const kernel = model.trainableWeights[0]?.read() as tf.Variable;
      for (let i = 0; i < 20; i++) {
        const { grads } = tf.variableGrads(() => tf.sum(model.apply(x) as tf.Tensor), [kernel]);
        const gradient = grads[kernel.name]?.dataSync() ?? [];
        // Each place that is read or written once adds one.
        expect([...gradient]).toEqual(Array.from(gradient, () => (x.rank === 3 ? 18 : 72)));
      }
    }
  });
});
