import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureBackend } from '../../start';
import { GraphFixture, int, ints, noise, text, texts, window } from '../graph.fixture';
import { layersModelOf } from '../layers-model-of';

beforeAll(async () => {
  await ensureBackend();
});

const IMAGE = [-1, 8, 8, 4];

interface Case {
  readonly input?: readonly number[];
  readonly dtype?: string;
  /** Adds nodes, and gives the name of the last. */
  readonly build: (graph: GraphFixture, x: string) => string;
  /** Classes of the layers, a `GraphOp` with its op. */
  readonly layers: readonly string[];
}

const vector = (graph: GraphFixture, name: string, seed: number, size = 4): string =>
  graph.constant(name, tf.add(noise([size], seed), 1));
const scalar = (graph: GraphFixture, name: string, value: number): string =>
  graph.constant(name, tf.scalar(value));
const list = (graph: GraphFixture, name: string, ...values: number[]): string =>
  graph.constant(name, tf.tensor1d(values, 'int32'));

const CASES: Readonly<Record<string, Case>> = {
  'a softmax over the last of several axes': {
    build: (g, x) => g.node('y', 'Softmax', [x]),
    layers: ['Softmax'],
  },
  'a convolution': {
    build: (g, x) =>
      g.node('y', 'Conv2D', [x, g.constant('w', noise([3, 3, 4, 6], 1))], window(2, 'SAME')),
    layers: ['Conv2D'],
  },
  'a convolution with its bias': {
    build: (g, x) => {
      g.node('c', 'Conv2D', [x, g.constant('w', noise([3, 3, 4, 6], 1))], window(1, 'VALID'));
      return g.node('y', 'BiasAdd', ['c', vector(g, 'b', 2, 6)]);
    },
    layers: ['Conv2D'],
  },
  'a convolution with dilation': {
    build: (g, x) =>
      g.node('y', 'Conv2D', [x, g.constant('w', noise([3, 3, 4, 2], 1))], window(1, 'SAME', 2)),
    layers: ['Conv2D'],
  },
  'a convolution with zeros around': {
    build: (g, x) =>
      g.node('y', 'Conv2D', [x, g.constant('w', noise([3, 3, 4, 2], 1))], {
        ...window(2, 'EXPLICIT'),
        explicit_paddings: ints(0, 0, 1, 0, 0, 1, 0, 0),
      }),
    layers: ['ZeroPadding2D', 'Conv2D'],
  },
  'a fused convolution': {
    build: (g, x) =>
      g.node(
        'y',
        '_FusedConv2D',
        [x, g.constant('w', noise([1, 1, 4, 6], 1)), vector(g, 'b', 2, 6)],
        {
          ...window(1, 'SAME'),
          fused_ops: texts('BiasAdd', 'Relu6'),
          num_args: int(1),
        },
      ),
    layers: ['Conv2D'],
  },
  'a fused convolution with slopes': {
    build: (g, x) => {
      const weights = [g.constant('w', noise([1, 1, 4, 6], 1)), vector(g, 'b', 2, 6)];
      const slope = g.constant('a', noise([1, 1, 6], 3));
      return g.node('y', '_FusedConv2D', [x, ...weights, slope], {
        ...window(1, 'SAME'),
        fused_ops: texts('BiasAdd', 'Prelu'),
        num_args: int(2),
      });
    },
    layers: ['Conv2D', 'PReLU'],
  },
  'a depthwise convolution': {
    build: (g, x) =>
      g.node(
        'y',
        'DepthwiseConv2dNative',
        [x, g.constant('w', noise([3, 3, 4, 2], 1))],
        window(1, 'SAME'),
      ),
    layers: ['DepthwiseConv2D'],
  },
  'a transposed convolution': {
    build: (g, x) =>
      g.node(
        'y',
        'Conv2DBackpropInput',
        [list(g, 's', 1, 16, 16, 3), g.constant('w', noise([2, 2, 3, 4], 1)), x],
        window(2, 'SAME'),
      ),
    layers: ['Conv2DTranspose'],
    input: [1, 8, 8, 4],
  },
  'a dense product': {
    input: [-1, 4],
    build: (g, x) => {
      const w = g.constant('w', noise([5, 4], 1));
      g.node('m', 'MatMul', [x, w], { transpose_b: { b: true } });
      return g.node('y', 'AddV2', ['m', vector(g, 'b', 2, 5)]);
    },
    layers: ['Dense'],
  },
  'a normalization after a convolution': {
    build: (g, x) => {
      g.node('c', 'Conv2D', [x, g.constant('w', noise([3, 3, 4, 4], 1))], window(1, 'SAME'));
      const parts = [1, 2, 3].map((seed) => vector(g, `n${seed}`, seed));
      const positive = g.constant('v', tf.tensor1d([0.5, 1, 2, 3]));
      return g.node('y', 'FusedBatchNormV3', ['c', ...parts, positive], {
        epsilon: { f: 0.01 },
        is_training: { b: false },
        data_format: text('NHWC'),
      });
    },
    layers: ['Conv2D', 'BatchNormalization'],
  },
  'a normalization in parts': {
    build: (g, x) => {
      g.node('c', 'Conv2D', [x, g.constant('w', noise([3, 3, 4, 4], 1))], window(1, 'SAME'));
      g.node('s', 'Sub', ['c', vector(g, 'mean', 2)]);
      g.node('m', 'Mul', ['s', g.constant('gain', noise([1, 1, 1, 4], 3))]);
      return g.node('y', 'AddV2', ['m', vector(g, 'beta', 4)]);
    },
    layers: ['Conv2D', 'BatchNormalization'],
  },
  'a rescaling of the input': {
    build: (g, x) => {
      g.node('d', 'RealDiv', [x, scalar(g, 'by', 127.5)]);
      return g.node('y', 'Sub', ['d', scalar(g, 'one', 1)]);
    },
    layers: ['Rescaling'],
  },
  'one minus a value': {
    build: (g, x) => g.node('y', 'Sub', [scalar(g, 'one', 1), x]),
    layers: ['Rescaling'],
  },
  'a clamp of three': {
    build: (g, x) => {
      g.node('r', 'Relu', [x]);
      g.node('m', 'Minimum', ['r', scalar(g, 'six', 6)]);
      return g.node('y', 'Maximum', ['m', scalar(g, 'zero', 0)]);
    },
    layers: ['ReLU'],
  },
  'a clamp after a pool, which does the same before it': {
    build: (g, x) => {
      const attr = { ksize: ints(1, 2, 2, 1), strides: ints(1, 2, 2, 1), padding: text('VALID') };
      return g.node('y', 'Relu6', [g.node('m', 'MaxPool', [x], attr)]);
    },
    layers: ['ReLU', 'MaxPooling2D'],
  },
  'a hard swish': {
    build: (g, x) => {
      g.node('a', 'AddV2', [x, scalar(g, 'three', 3)]);
      g.node('r', 'Relu6', ['a']);
      g.node('m', 'Mul', [x, 'r']);
      return g.node('y', 'Mul', ['m', scalar(g, 'sixth', 1 / 6)]);
    },
    layers: ['Rescaling', 'ReLU', 'Multiply', 'Rescaling'],
  },
  'a sum with itself, which is read twice': {
    build: (g, x) => {
      g.node('a', 'Tanh', [x]);
      g.node('b', 'Sigmoid', ['a']);
      return g.node('y', 'AddV2', ['a', 'b']);
    },
    layers: ['Activation', 'Activation', 'Add'],
  },
  'a channel attention': {
    build: (g, x) => {
      g.node('m', 'Mean', [x, list(g, 'axes', 1, 2)], { keep_dims: { b: true } });
      g.node('s', 'Sigmoid', ['m']);
      return g.node('y', 'Mul', [x, 's']);
    },
    layers: ['GlobalAveragePooling2D', 'Reshape', 'Activation', 'Multiply'],
  },
  'a join': {
    build: (g, x) => {
      g.node('a', 'Elu', [x]);
      return g.node('y', 'ConcatV2', ['a', x, list(g, 'axis', -1)], { N: int(2) });
    },
    layers: ['Activation', 'Concatenate'],
  },
  pools: {
    build: (g, x) => {
      const attr = { ksize: ints(1, 2, 2, 1), strides: ints(1, 2, 2, 1), padding: text('SAME') };
      g.node('m', 'MaxPool', [x], attr);
      return g.node('y', 'AvgPool', ['m'], attr);
    },
    layers: ['MaxPooling2D', 'AveragePooling2D'],
  },
  'zeros around': {
    build: (g, x) =>
      g.node('y', 'Pad', [
        x,
        g.constant(
          'p',
          tf.tensor2d(
            [
              [0, 0],
              [1, 2],
              [0, 1],
              [0, 0],
            ],
            [4, 2],
            'int32',
          ),
        ),
      ]),
    layers: ['ZeroPadding2D'],
  },
  'channels of zeros': {
    build: (g, x) =>
      g.node('y', 'Pad', [
        x,
        g.constant(
          'p',
          tf.tensor2d(
            [
              [0, 0],
              [0, 0],
              [0, 0],
              [0, 3],
            ],
            [4, 2],
            'int32',
          ),
        ),
      ]),
    layers: ['GraphOp Pad'],
  },
  'a size from a shape': {
    build: (g, x) => {
      g.node('shape', 'Shape', [x]);
      const slice = [list(g, 'begin', 0), list(g, 'end', 1), list(g, 'step', 1)];
      g.node('rows', 'StridedSlice', ['shape', ...slice], { shrink_axis_mask: int(1) });
      g.node('to', 'Pack', ['rows', scalar2(g, 'rest', 256)], { N: int(2), axis: int(0) });
      return g.node('y', 'Reshape', [x, 'to']);
    },
    layers: ['Reshape'],
  },
  'other orders of axes': {
    build: (g, x) => {
      g.node('t', 'Transpose', [x, list(g, 'perm', 0, 3, 1, 2)]);
      return g.node('y', 'Squeeze', [g.node('e', 'ExpandDims', ['t', list(g, 'at', 1)])], {
        squeeze_dims: ints(1),
      });
    },
    layers: ['Permute', 'Reshape', 'Reshape'],
  },
  'larger images': {
    build: (g, x) =>
      g.node('y', 'ResizeBilinear', [x, list(g, 'size', 16, 24)], {
        align_corners: { b: false },
        half_pixel_centers: { b: false },
      }),
    layers: ['UpSampling2D'],
  },
  'larger images with their corners in place': {
    build: (g, x) =>
      g.node('y', 'ResizeBilinear', [x, list(g, 'size', 16, 16)], { align_corners: { b: true } }),
    layers: ['GraphOp ResizeBilinear'],
  },
  'a look-up': {
    input: [-1, 5],
    dtype: 'int32',
    build: (g, x) =>
      g.node('y', 'GatherV2', [g.constant('w', noise([9, 3], 1)), x, scalar2(g, 'axis', 0)]),
    layers: ['Embedding'],
  },
  'parts, which have several results': {
    build: (g, x) => {
      g.node('s', 'Split', [scalar2(g, 'axis', 3), x], { num_split: int(2) });
      return g.node('y', 'Sub', ['s:1', 's']);
    },
    layers: ['GraphOp Split', 'GraphOp Sub'],
  },
  'a layer normalization, as TensorFlow spells it out': {
    build: (g, x) => {
      const spread = spreadOf(g, x);
      g.node('inv', 'Mul', [g.node('root', 'Rsqrt', [spread]), vector(g, 'gamma', 1)]);
      g.node('scaled', 'Mul', [x, 'inv']);
      g.node('shift', 'Sub', [vector(g, 'beta', 2), g.node('moved', 'Mul', ['mean', 'inv'])]);
      return g.node('y', 'AddV2', ['scaled', 'shift']);
    },
    layers: ['LayerNormalization'],
  },
  'a layer normalization by a quotient and a power': {
    build: (g, x) => {
      g.node('mean', 'Mean', [x, list(g, 'axes', 3)], { keep_dims: { b: true } });
      g.node('d', 'Sub', [x, 'mean']);
      g.node('square', 'Pow', ['d', scalar(g, 'two', 2)]);
      g.node('variance', 'Mean', ['square', list(g, 'again', -1)], { keep_dims: { b: true } });
      g.node('spread', 'AddV2', [scalar(g, 'e', 0.01), 'variance']);
      g.node('core', 'RealDiv', ['d', g.node('root', 'Sqrt', ['spread'])]);
      g.node('scaled', 'Mul', [vector(g, 'gamma', 1), 'core']);
      return g.node('y', 'AddV2', [vector(g, 'beta', 2), 'scaled']);
    },
    layers: ['LayerNormalization'],
  },
  'a layer normalization without factors': {
    build: (g, x) => {
      const spread = spreadOf(g, x);
      g.node('d', 'Sub', [x, 'mean']);
      return g.node('y', 'Mul', ['d', g.node('root', 'Rsqrt', [spread])]);
    },
    layers: ['LayerNormalization'],
  },
  'a root mean square normalization': {
    build: (g, x) => {
      g.node('square', 'Square', [x]);
      g.node('mean', 'Mean', ['square', list(g, 'axes', -1)], { keep_dims: { b: true } });
      g.node('root', 'Rsqrt', [g.node('spread', 'AddV2', ['mean', scalar(g, 'e', 0.01)])]);
      g.node('unit', 'Mul', [x, 'root']);
      return g.node('y', 'Mul', [vector(g, 'gain', 1), 'unit']);
    },
    layers: ['RMSNormalization'],
  },
  'no normalization where the spread is of another axis': {
    build: (g, x) => {
      g.node('mean', 'Mean', [x, list(g, 'axes', 2)], { keep_dims: { b: true } });
      g.node('square', 'SquaredDifference', [x, 'mean']);
      g.node('variance', 'Mean', ['square', list(g, 'last', 2)], { keep_dims: { b: true } });
      g.node('root', 'Rsqrt', [g.node('spread', 'AddV2', ['variance', scalar(g, 'e', 0.01)])]);
      g.node('d', 'Sub', [x, 'mean']);
      return g.node('y', 'Mul', ['d', 'root']);
    },
    layers: [
      'GraphOp Mean',
      'GraphOp SquaredDifference',
      'GraphOp Mean',
      'Rescaling',
      'GraphOp Sub',
      'GraphOp Rsqrt',
      'Multiply',
    ],
  },
  'a projection to heads, with its bias': {
    input: [-1, 8, 4],
    build: (g, x) => {
      const kernel = g.constant('w', noise([4, 2, 3], 1));
      g.node('p', 'Einsum', [x, kernel], { equation: text('abc,cde->abde'), N: int(2) });
      return g.node('y', 'AddV2', ['p', g.constant('b', noise([2, 3], 2))]);
    },
    layers: ['Dense', 'Reshape'],
  },
  'a projection of heads': {
    build: (g, x) => {
      const kernel = g.constant('w', noise([8, 4, 5], 1));
      g.node('p', 'Einsum', [x, kernel], { equation: text('abcd,cde->abe'), N: int(2) });
      return g.node('y', 'AddV2', ['p', vector(g, 'b', 2, 5)]);
    },
    layers: ['Reshape', 'Dense'],
  },
  'no projection where axes change places': {
    input: [-1, 8, 4],
    build: (g, x) => {
      const kernel = g.constant('w', noise([4, 3], 1));
      return g.node('y', 'Einsum', [x, kernel], { equation: text('abc,cd->adb'), N: int(2) });
    },
    layers: ['GraphOp Einsum'],
  },
  'a product with a large constant': {
    build: (g, x) => g.node('y', 'Mul', [x, g.constant('w', noise([8, 8, 4], 1))]),
    layers: ['GraphOp Mul'],
  },
  'constants of constants': {
    build: (g, x) => {
      g.node('n', 'Neg', [vector(g, 'c', 1)]);
      g.node('e', 'Exp', ['n']);
      return g.node('y', 'Mul', [x, 'e']);
    },
    layers: ['BatchNormalization'],
  },
  'slices of one row': {
    input: [1, 6, 4],
    build: (g, x) => {
      const three = (name: string, ...values: number[]): string => list(g, name, ...values);
      g.node('s', 'Slice', [x, three('b', 0, 1, 0), three('n', 1, 4, 4)]);
      const strided = ['s', three('from', 0, 0, 0), three('to', 1, 3, 4), three('by', 1, 2, 1)];
      return g.node('y', 'StridedSlice', strided);
    },
    layers: ['GraphOp Slice', 'GraphOp StridedSlice'],
  },
};

/** The variance over the last axis, beside the node 'mean', and an epsilon. */
function spreadOf(graph: GraphFixture, x: string): string {
  graph.node('mean', 'Mean', [x, list(graph, 'axes', 3)], { keep_dims: { b: true } });
  graph.node('square', 'SquaredDifference', [x, 'mean']);
  graph.node('variance', 'Mean', ['square', list(graph, 'last', 3)], { keep_dims: { b: true } });
  return graph.node('spread', 'AddV2', ['variance', scalar(graph, 'e', 0.01)]);
}

function scalar2(graph: GraphFixture, name: string, value: number): string {
  return graph.constant(name, tf.scalar(value, 'int32'));
}

describe('a node of a GraphModel becomes the layer that computes the same:', () => {
  for (const [title, { input = IMAGE, dtype = 'float32', build, layers }] of Object.entries(
    CASES,
  )) {
    it(title, async () => {
      const fixture = new GraphFixture();
      build(fixture, fixture.input('x', input, dtype));
      const graph = await fixture.model();
      const model = layersModelOf(graph);
      expect(model.inputs[0]?.shape[0], 'takes any number of rows').toBeNull();
      const found = model.layers.slice(1).map((layer) => {
        const { definition } = layer as { definition?: { readonly op: string } };
        return [layer.getClassName(), ...(definition ? [definition.op] : [])].join(' ');
      });
      expect(found).toEqual(layers);
      expect(model.outputNames).toEqual(['y']);
      const single = input.map((size) => (size < 0 ? 1 : size));
      const x =
        dtype === 'int32'
          ? tf.randomUniform([1, ...single.slice(1)], 0, 8, 'int32', 5)
          : tf.mul(noise(single, 5), 8);
      const wanted = graph.predict(x) as tf.Tensor;
      const given = model.predict(x) as tf.Tensor;
      expect(given.shape).toEqual(wanted.shape);
      expect(model.outputs[0]?.shape.slice(1)).toEqual(wanted.shape.slice(1));
      const largest = Math.max(...wanted.dataSync().map(Math.abs));
      expect(largest).toBeGreaterThan(0);
      const off = tf.max(tf.abs(tf.sub(given, wanted))).dataSync()[0] ?? NaN;
      expect(off / largest).toBeLessThan(1e-5);
    });
  }
});
