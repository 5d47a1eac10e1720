import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { random } from '../backend/oracle.fixture';
import { setCastPlanner } from '../backend/planner';
import { castTo, storageFormat } from '../backend/storage';
import { loadBackend } from '../start';

type Op = (...inputs: tf.Tensor[]) => tf.Tensor;
type Shape = readonly number[];

interface Window {
  readonly op: Op;
  readonly shapes: readonly Shape[];
}

const IMAGE = [2, 7, 6, 2];
const FIRST = [2, 2, 7, 6];
const FILTER = [3, 3, 2, 3];
const DEPTHWISE = [3, 3, 2, 2];
const VOLUME = [1, 5, 6, 5, 2];
const FILTER_3D = [2, 2, 2, 2, 3];
const EXPLICIT: tf.backend_util.ExplicitPadding = [
  [0, 0],
  [1, 2],
  [0, 1],
  [0, 0],
];
const FIRST_EXPLICIT: tf.backend_util.ExplicitPadding = [
  [0, 0],
  [0, 0],
  [1, 2],
  [0, 1],
];

type Pad = 'valid' | 'same' | number;
type Layout = 'NHWC' | 'NCHW';
type Rounding = 'floor' | 'round' | 'ceil';

const conv2d =
  (stride: number, pad: Pad | tf.backend_util.ExplicitPadding, layout: Layout = 'NHWC') =>
  (dilation: number | [number, number] = 1, rounding?: Rounding): Op =>
  (x, w) =>
    tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad, layout, dilation, rounding);
const depthwise =
  (stride: number, pad: Pad, dilation: number | [number, number] = 1, rounding?: Rounding): Op =>
  (x, w) =>
    tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad, 'NHWC', dilation, rounding);
const pool =
  (kind: 'avg' | 'max', stride: number, pad: Pad, rounding?: Rounding): Op =>
  (x) =>
    (kind === 'max' ? tf.maxPool : tf.avgPool)(x as tf.Tensor4D, 3, stride, pad, rounding);
const pool3d =
  (kind: 'avg' | 'max', stride: number, pad: Pad, rounding?: Rounding): Op =>
  (x) =>
    (kind === 'max' ? tf.maxPool3d : tf.avgPool3d)(x as tf.Tensor5D, 2, stride, pad, rounding);
const fused =
  (pad: Pad, dilations: number | [number, number], dataFormat: Layout = 'NHWC'): Op =>
  (x, filter, ...[bias]) =>
    tf.fused.conv2d({
      x: x as tf.Tensor4D,
      filter: filter as tf.Tensor4D,
      strides: 1,
      pad,
      dilations,
      dataFormat,
      ...(bias === undefined ? {} : { bias }),
    });

const image = (op: Op): Window => ({ op, shapes: [IMAGE] });
const filtered = (op: Op): Window => ({ op, shapes: [IMAGE, FILTER] });
const first = (op: Op): Window => ({ op, shapes: [FIRST, FILTER] });
const deep = (op: Op): Window => ({ op, shapes: [IMAGE, DEPTHWISE] });
const volume = (op: Op): Window => ({ op, shapes: [VOLUME] });

const WINDOWS: Readonly<Record<string, Window>> = {
  'conv2d with padding 1': filtered(conv2d(1, 1)()),
  'conv2d with padding 1, strided': filtered(conv2d(2, 1)()),
  'conv2d with padding 1, strided, rounded up': filtered(conv2d(2, 1)(1, 'ceil')),
  'conv2d with padding 0': filtered(conv2d(1, 0)()),
  'conv2d with padding of each side': filtered(conv2d(2, EXPLICIT)()),
  'conv2d, dilated': filtered(conv2d(1, 'valid')(2)),
  'conv2d, dilated, same': filtered(conv2d(1, 'same')([1, 2])),
  'conv2d, dilated, padding 2': filtered(conv2d(1, 2)(2)),
  'conv2d, dilated, padding of each side': filtered(conv2d(1, EXPLICIT)(2)),
  'conv2d, channels first': first(conv2d(1, 'valid', 'NCHW')()),
  'conv2d, channels first, strided, same': first(conv2d(2, 'same', 'NCHW')()),
  'conv2d, channels first, padding 1': first(conv2d(2, 1, 'NCHW')()),
  'conv2d, channels first, padding of each side': first(conv2d(1, FIRST_EXPLICIT, 'NCHW')()),
  'conv2d, channels first, dilated': first(conv2d(1, 'same', 'NCHW')(2)),
  'fused conv2d with padding 1': filtered(fused(1, 1)),
  'fused conv2d, dilated': filtered(fused('same', 2)),
  'fused conv2d, dilated, with a bias': { op: fused('valid', 2), shapes: [IMAGE, FILTER, [3]] },
  'fused conv2d, channels first, with a bias': {
    op: fused('same', 1, 'NCHW'),
    shapes: [FIRST, FILTER, [3]],
  },
  'depthwise with padding 1': deep(depthwise(1, 1)),
  'depthwise with padding 1, strided, rounded up': deep(depthwise(2, 1, 1, 'ceil')),
  'depthwise, dilated': deep(depthwise(1, 'valid', 2)),
  'depthwise, dilated, same': deep(depthwise(1, 'same', [2, 1])),
  'depthwise, dilated, padding 2': deep(depthwise(1, 2, 2)),
  'fused depthwise, dilated': deep((x, filter) =>
    tf.fused.depthwiseConv2d({
      x: x as tf.Tensor4D,
      filter: filter as tf.Tensor4D,
      strides: 1,
      pad: 'same',
      dilations: 2,
    }),
  ),
  'separable, dilated': {
    op: (x, d, p) =>
      tf.separableConv2d(x as tf.Tensor4D, d as tf.Tensor4D, p as tf.Tensor4D, 1, 'same', 2),
    shapes: [IMAGE, DEPTHWISE, [1, 1, 4, 3]],
  },
  'conv1d, dilated': {
    op: (x, w) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, 1, 'same', 'NWC', 2),
    shapes: [
      [2, 9, 2],
      [2, 2, 3],
    ],
  },
  'conv1d, dilated, causal': {
    op: (x, w) => {
      const past = tf.pad(x as tf.Tensor3D, [
        [0, 0],
        [4, 0],
        [0, 0],
      ]);
      return tf.conv1d(past, w as tf.Tensor3D, 1, 'valid', 'NWC', 4);
    },
    shapes: [
      [2, 9, 2],
      [2, 2, 3],
    ],
  },
  'conv3d, dilated': {
    op: (x, w) => tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, 1, 'same', 'NDHWC', 2),
    shapes: [VOLUME, FILTER_3D],
  },
  'conv2dTranspose with padding 1': {
    op: (x, w) => tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [2, 9, 9, 3], 2, 1),
    shapes: [
      [2, 5, 5, 2],
      [3, 3, 3, 2],
    ],
  },
  'maxPool with padding 1': image(pool('max', 1, 1)),
  'maxPool with padding 1, strided, rounded up': image(pool('max', 2, 1, 'ceil')),
  'avgPool, same': image(pool('avg', 2, 'same')),
  'avgPool with padding 1': image(pool('avg', 1, 1)),
  'avgPool with padding 1, strided': image(pool('avg', 2, 1)),
  'avgPool with padding 0, strided, rounded up': image(pool('avg', 2, 0, 'ceil')),
  'maxPool3d with padding 1': volume(pool3d('max', 2, 1)),
  'avgPool3d with padding 1': volume(pool3d('avg', 1, 1)),
  'avgPool3d with padding 1, strided, rounded up': volume(pool3d('avg', 2, 1, 'ceil')),
  'cumsum along the first of two equal axes': {
    op: (x) => tf.cumsum(x, 0, true),
    shapes: [[3, 3]],
  },
};

function inputsOf({ shapes }: Window): tf.Tensor[] {
  return shapes.map((shape, i) =>
    tf.tensor(random(tf.util.sizeFromShape([...shape]), i + 1), [...shape]),
  );
}

/** What `fn` gives on tfjs's JavaScript backend. */
function onCpu<T>(fn: () => T): T {
  const backend = tf.getBackend();
  void tf.setBackend('cpu');
  try {
    return tf.tidy(fn as () => never);
  } finally {
    void tf.setBackend(backend);
  }
}

const values = (tensor: tf.Tensor): number[] => [...tensor.dataSync<'float32'>()];
const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? NaN), 0);

beforeAll(() => {
  loadBackend();
});
afterEach(() => {
  setCastPlanner(undefined);
});

describe.each(Object.entries(WINDOWS))('%s', (_name, window) => {
  it("is what tfjs's JavaScript gives", () => {
    const wanted = onCpu(() => {
      const y = window.op(...inputsOf(window));
      return { shape: y.shape, values: values(y) };
    });
    tf.tidy(() => {
      const y = window.op(...inputsOf(window));
      expect(y.shape).toEqual(wanted.shape);
      values(y).forEach((value, i) => {
        expect(value).toBeCloseTo(wanted.values[i] ?? NaN, 4);
      });
    });
  });

  it('has the gradients that its differences tell', () => {
    const STEP = 2 ** -10;
    const { shapes } = window;
    const before = tf.memory().numTensors;
    shapes.forEach((shape, moved) => {
      const direction = random(tf.util.sizeFromShape([...shape]), 40 + moved);
      const along = (sign: number): { shape: number[]; values: number[] } =>
        onCpu(() => {
          const inputs = inputsOf(window).map((input, i) =>
            i === moved
              ? tf.add(input, tf.mul(tf.tensor(direction, input.shape), sign * STEP))
              : input,
          );
          const y = window.op(...inputs);
          return { shape: y.shape, values: values(y) };
        });
      const [up, down] = [along(1), along(-1)];
      const upstream = random(up.values.length, 7);
      const change = dot(
        [...upstream],
        up.values.map((value, i) => (value - (down.values[i] ?? NaN)) / (2 * STEP)),
      );
      const gradient = tf.tidy(() => {
        const inputs = inputsOf(window);
        const dy = tf.tensor(upstream, up.shape);
        return values(tf.grads(window.op)(inputs, dy)[moved] ?? tf.scalar(NaN));
      });
      expect(dot(gradient, [...direction]), `input ${moved}`).toBeCloseTo(change, 1);
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('runs and trains in bf16', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const exact = inputsOf(window);
      const low = exact.map((input) => castTo(input, 'bf16'));
      const [want, have] = [window.op(...exact), window.op(...low)];
      const scale = Math.max(...values(tf.abs(want)), 1);
      values(have).forEach((value, i) => {
        expect(Math.abs(value - (values(want)[i] ?? NaN)) / scale).toBeLessThan(2 ** -5);
      });
      const gradients = tf.grads(window.op)(low, tf.onesLike(have));
      for (const gradient of gradients) expect(values(gradient).every(Number.isFinite)).toBe(true);
      expect(['bf16', 'fp32']).toContain(storageFormat(have));
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
