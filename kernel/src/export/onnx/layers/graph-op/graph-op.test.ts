import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { GraphFixture, int, noise, text } from '../../../../importing/graph.fixture';
import { layersModelOf } from '../../../../importing/layers-model-of';
import type { GraphOp } from '../../../../layers/graph-op';
import { ensureBackend } from '../../../../start';
import { exportOnnx } from '../../export-onnx';
import { loadOnnx } from '../../onnx-model';

beforeAll(async () => {
  await ensureBackend();
});

type Build = (graph: GraphFixture, x: string) => string;

const list = (g: GraphFixture, name: string, ...values: number[]): string =>
  g.constant(name, tf.tensor1d(values, 'int32'));
const whole = (g: GraphFixture, name: string, value: number): string =>
  g.constant(name, tf.scalar(value, 'int32'));
const wide = (g: GraphFixture, name: string, seed = 3): string =>
  g.constant(name, noise([6, 5, 4], seed));

const unary =
  (op: string, attr = {}): Build =>
  (g, x) =>
    g.node('y', op, [x], attr);
/** Of numbers above 1. */
const positive =
  (op: string): Build =>
  (g, x) => {
    g.node('squared', 'Square', [x]);
    g.node('above', 'AddV2', ['squared', g.constant('one', tf.scalar(1))]);
    return g.node('y', op, ['above']);
  };
const binary =
  (op: string): Build =>
  (g, x) =>
    g.node('y', op, [x, wide(g, 'w')]);
const over =
  (op: string, ...axes: number[]): Build =>
  (g, x) =>
    g.node('y', op, [x, list(g, 'axes', ...axes)], { keep_dims: { b: true } });

/** Of values `[rows, 6, 5, 4]`. */
const CASES: Readonly<Record<string, Build>> = {
  ...Object.fromEntries(
    ['Abs', 'Ceil', 'Cos', 'Erf', 'Exp', 'Floor', 'Neg', 'Sign', 'Sin', 'Square'].map((op) => [
      op,
      unary(op),
    ]),
  ),
  ...Object.fromEntries(
    ['Log', 'Log1p', 'Reciprocal', 'Rsqrt', 'Sqrt'].map((op) => [op, positive(op)]),
  ),
  ...Object.fromEntries(
    ['AddV2', 'Maximum', 'Minimum', 'Mul', 'RealDiv', 'SquaredDifference', 'Sub', 'DivNoNan'].map(
      (op) => [op, binary(op)],
    ),
  ),
  Sum: over('Sum', 1, 2),
  Min: over('Min', -1),
  Prod: over('Prod', 3),
  'Mean over channels': over('Mean', 3),
  Pad: (g, x) =>
    g.node('y', 'Pad', [
      x,
      g.constant('p', tf.tensor2d([0, 0, 0, 0, 1, 0, 0, 3], [4, 2], 'int32')),
    ]),
  MirrorPad: (g, x) =>
    g.node(
      'y',
      'MirrorPad',
      [x, g.constant('p', tf.tensor2d([0, 0, 1, 2, 0, 1, 0, 0], [4, 2], 'int32'))],
      { mode: text('reflect') },
    ),
  Slice: (g, x) => g.node('y', 'Slice', [x, list(g, 'b', 0, 1, 2, 0), list(g, 's', -1, 4, -1, 2)]),
  StridedSlice: (g, x) => {
    const limits = [list(g, 'b', 0, 1, 0, 3), list(g, 'e', 0, 6, 2, 0), list(g, 's', 1, 2, 1, 1)];
    return g.node('y', 'StridedSlice', [x, ...limits], {
      begin_mask: int(1),
      end_mask: int(5),
      shrink_axis_mask: int(8),
    });
  },
  'StridedSlice with an ellipsis': (g, x) => {
    const limits = [list(g, 'b', 0, 0, 1), list(g, 'e', 0, 0, 3), list(g, 's', 1, 1, 1)];
    return g.node('y', 'StridedSlice', [x, ...limits], {
      begin_mask: int(1),
      end_mask: int(1),
      ellipsis_mask: int(2),
    });
  },
  'StridedSlice that adds axes': (g, x) => {
    const limits = [
      list(g, 'b', 0, 0, 1, 0, 0),
      list(g, 'e', 0, 0, 5, 0, 3),
      list(g, 's', 1, 1, 2, 1, 1),
    ];
    return g.node('y', 'StridedSlice', [x, ...limits], {
      begin_mask: int(1),
      end_mask: int(1),
      new_axis_mask: int(2 + 8),
    });
  },
  'StridedSlice that adds axes beside an ellipsis, and takes one away': (g, x) => {
    const limits = [
      list(g, 'b', 0, 0, 0, 2, 0),
      list(g, 'e', 0, 0, 0, 3, 0),
      list(g, 's', 1, 1, 1, 1, 1),
    ];
    return g.node('y', 'StridedSlice', [x, ...limits], {
      begin_mask: int(1),
      end_mask: int(1),
      ellipsis_mask: int(2),
      new_axis_mask: int(4 + 16),
      shrink_axis_mask: int(8),
    });
  },
  DepthToSpace: (g, x) =>
    g.node('y', 'DepthToSpace', [x], { block_size: int(2), data_format: text('NHWC') }),
  'FloorDiv and FloorMod': (g, x) => {
    g.node('d', 'FloorDiv', [x, wide(g, 'w')]);
    g.node('m', 'FloorMod', [x, wide(g, 'v', 4)]);
    return g.node('y', 'AddV2', ['d', 'm']);
  },
  TopKV2: (g, x) => {
    g.node('t', 'TopKV2', [x, whole(g, 'k', 3)], { sorted: { b: true } });
    g.node('places', 'Cast', ['t:1'], { DstT: { type: 'DT_FLOAT' } });
    return g.node('y', 'AddV2', ['t', 'places']);
  },
  GatherNd: (g, x) => {
    return g.node('y', 'GatherNd', [
      x,
      g.constant('at', tf.tensor2d([0, 1, 2, 0, 5, 4], [2, 3], 'int32')),
    ]);
  },
  'Split and Pack': (g, x) => {
    g.node('s', 'Split', [whole(g, 'axis', 3), x], { num_split: int(2) });
    return g.node('y', 'Pack', ['s:1', 's'], { N: int(2), axis: int(2) });
  },
  SplitV: (g, x) => {
    g.node('s', 'SplitV', [x, list(g, 'sizes', 1, 3), whole(g, 'axis', 3)], { num_split: int(2) });
    return g.node('y', 'Sub', ['s:1', 's']);
  },
  Unpack: (g, x) => {
    g.node('u', 'Unpack', [x], { num: int(5), axis: int(2) });
    return g.node('y', 'Sub', ['u:4', 'u:1']);
  },
  'Gather of channels': (g, x) =>
    g.node('y', 'GatherV2', [x, list(g, 'which', 3, 0, 0), whole(g, 'axis', 3)]),
  Tile: (g, x) => g.node('y', 'Tile', [x, list(g, 'times', 1, 2, 1, 3)]),
  'MatMul of two values': (g, x) =>
    g.node('y', 'BatchMatMulV2', [x, g.node('t', 'Neg', [x])], { adj_y: { b: true } }),
  'Einsum of two values': (g, x) =>
    g.node('y', 'Einsum', [x, g.node('t', 'Neg', [x])], {
      equation: text('abcd,aecd->acbe'),
      N: int(2),
    }),
  'ResizeBilinear, corners': (g, x) =>
    g.node('y', 'ResizeBilinear', [x, list(g, 'size', 11, 9)], { align_corners: { b: true } }),
  'ResizeBilinear, half pixels': (g, x) =>
    g.node('y', 'ResizeBilinear', [x, list(g, 'size', 12, 15)], {
      half_pixel_centers: { b: true },
    }),
  ResizeNearestNeighbor: (g, x) =>
    g.node('y', 'ResizeNearestNeighbor', [x, list(g, 'size', 9, 10)]),
  'ArgMax, Cast': (g, x) => {
    g.node('a', 'ArgMax', [x, whole(g, 'axis', 3)]);
    return g.node('y', 'Cast', ['a'], { DstT: { type: 'DT_FLOAT' } });
  },
  'Reshape of rows': (g, x) => g.node('y', 'Reshape', [x, list(g, 'shape', -1, 4)]),
  'Greater, SelectV2': (g, x) => {
    g.node('above', 'Greater', [x, g.constant('zero', tf.scalar(0))]);
    return g.node('y', 'SelectV2', ['above', x, wide(g, 'other')]);
  },
  ClipByValue: (g, x) =>
    g.node('y', 'ClipByValue', [
      x,
      g.constant('l', tf.scalar(-0.5)),
      g.constant('h', tf.scalar(1)),
    ]),
};

describe('an op of a GraphModel is written to ONNX and runs there:', () => {
  it.each(Object.entries(CASES))('%s', async (_, build) => {
    const fixture = new GraphFixture();
    build(fixture, fixture.input('x', [-1, 6, 5, 4]));
    const model = layersModelOf(await fixture.model());
    const ops = model.layers.filter((layer) => layer.getClassName() === 'GraphOp');
    expect(ops.length).toBeGreaterThan(0);
    const x = tf.mul(noise([model.inputs[0]?.shape[0] ?? 3, 6, 5, 4], 8), 3);
    const wanted = model.predict(x) as tf.Tensor;
    const file = await loadOnnx(exportOnnx(model));
    const given = [await file.predict(x)].flat()[0] as tf.Tensor;
    expect(given.shape).toEqual(wanted.shape);
    const values = wanted.dataSync();
    const largest = Math.max(...values.map(Math.abs));
    expect(new Set(values).size).toBeGreaterThan(1);
    given.dataSync().forEach((y, i) => {
      expect(Math.abs(y - (values[i] ?? NaN))).toBeLessThan(1e-5 * largest);
    });
    await file.dispose();
  });

  it('but for what ONNX has no operator for, which is named', async () => {
    const fixture = new GraphFixture();
    const x = fixture.input('x', [-1, 2, 2, 4]);
    fixture.node('net/Sums', 'Cumsum', [x, whole(fixture, 'axis', 3)]);
    const model = layersModelOf(await fixture.model());
    expect((model.layers[1] as unknown as GraphOp).definition.op).toBe('Cumsum');
    expect(() => exportOnnx(model)).toThrow(/'net\/Sums' .* TensorFlow's Cumsum/);
  });
});
