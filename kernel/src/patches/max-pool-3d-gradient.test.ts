import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { withPrecision } from '../precision/scope';
import { loadBackend } from '../start';

beforeAll(() => {
  loadBackend();
});

type Triple = [number, number, number];
type Window = readonly [Triple, Triple, 'same' | 'valid'];

/** What the definition says, one window after the other: the first largest value gets all. */
function expected(
  x: Float32Array,
  shape: readonly number[],
  [size, strides, pad]: Window,
): number[] {
  const sums = new Array<number>(x.length).fill(0);
  const [depth = 0, height = 0, width = 0] = shape;
  const lengths = [depth, height, width];
  const axes = lengths.map((length, axis) => {
    const [window = 0, stride = 0] = [size[axis], strides[axis]];
    const count =
      pad === 'same' ? Math.ceil(length / stride) : Math.floor((length - window) / stride) + 1;
    const padding = pad === 'same' ? Math.max(0, (count - 1) * stride + window - length) >> 1 : 0;
    return Array.from({ length: count }, (_, i) =>
      Array.from({ length: window }, (__, k) => i * stride - padding + k).filter(
        (at) => at >= 0 && at < length,
      ),
    );
  });
  const [planes = [], rows = [], columns = []] = axes;
  for (const ds of planes)
    for (const hs of rows)
      for (const ws of columns) {
        const places = ds.flatMap((d) =>
          hs.flatMap((h) => ws.map((w) => (d * height + h) * width + w)),
        );
        const largest = Math.max(...places.map((at) => x[at] ?? NaN));
        const first = places.find((at) => x[at] === largest) ?? 0;
        sums[first] = (sums[first] ?? 0) + 1;
      }
  return sums;
}

const SHAPE = [4, 5, 6];
const WINDOWS: readonly Window[] = [
  [[2, 2, 2], [2, 2, 2], 'valid'],
  [[2, 2, 2], [2, 2, 2], 'same'],
  [[3, 2, 1], [1, 2, 1], 'same'],
  [[1, 3, 3], [2, 1, 2], 'valid'],
];
const VALUES: Readonly<Record<string, (count: number) => tf.Tensor>> = {
  'all equal': (count) => tf.zeros([count]),
  'some equal': (count) => tf.round(tf.randomUniform([count], 0, 3, 'float32', 1)),
  'none equal': (count) => tf.randomNormal([count], 0, 1, 'float32', 2),
};

describe('the gradient of a maximum over three axes goes to one value of each window', () => {
  test.each(Object.entries(VALUES))('%s', (_, make) => {
    const x = tf.reshape(make(SHAPE.reduce((a, b) => a * b, 1)), [1, ...SHAPE, 1]);
    for (const window of WINDOWS) {
      const [size, strides, pad] = window;
      for (const format of ['fp32', 'bf16', 'fp16']) {
        // In as many digits as each format has.
        const rounded = tf.round(tf.mul(x, 64));
        const gradient = withPrecision(format, () =>
          tf.grad((at) => tf.sum(tf.maxPool3d(at as tf.Tensor5D, size, strides, pad)))(rounded),
        );
        expect(gradient.shape).toEqual(x.shape);
        expect([...gradient.dataSync()], `${String(window)}, ${format}`).toEqual(
          expected(rounded.dataSync<'float32'>(), SHAPE, window),
        );
      }
    }
  });
});
