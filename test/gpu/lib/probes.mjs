import { random } from './reference.mjs';

/**
 * An op called so that its kernel in 16 bits shows whether it adds up in fp32, holds its result, or is there
 * at all. Float inputs are handed over in the format, as the backend would without a trap.
 * @typedef {object} Probe
 * @property {readonly {values: ArrayLike<number>, shape: readonly number[], integer?: true}[]} inputs
 * @property {(attr: object, type: number) => readonly object[]} attributes `type` is the code of the format
 * @property {number} [outputs] how many the op has; the first is looked at
 */

const LONG = 4096;
/** Above 65504, the most that fp16 holds. */
const LONGER = 100_352;

const floats = (values, shape = [values.length]) => ({ values, shape });
const integers = (values, shape = [values.length]) => ({ values, shape, integer: true });
const integer = (value) => integers([value], []);
const ones = (...shape) => floats(new Float32Array(size(shape)).fill(1), shape);
const noise = (seed, ...shape) => floats(random(size(shape), seed), shape);
const zeros = (count) => new Int32Array(count);
const size = (shape) => shape.reduce((a, b) => a * b, 1);

const INT32 = 3;
const typed = (attr, type) => [attr.type('T', type)];
const indexed =
  (...names) =>
  (attr, type) => [attr.type('T', type), ...names.map((name) => attr.type(name, INT32))];

const reduction = (values = ones(LONGER)) => ({
  inputs: [values, integers([0])],
  attributes: (attr, type) => [...indexed('Tidx')(attr, type), attr.bool('keep_dims', false)],
});
const cumulative = (values) => ({
  inputs: [values, integer(0)],
  attributes: (attr, type) => [
    ...indexed('Tidx')(attr, type),
    attr.bool('exclusive', false),
    attr.bool('reverse', false),
  ],
});
/** A factor with one bit after the point, 64 times: each rounding shows. */
const FACTORS = floats(new Float32Array(64).fill(1 + 2 ** -7));

const windowed = (data, ksize, strides, format = 'NHWC') => ({
  inputs: data,
  attributes: (attr, type) => [
    attr.type('T', type),
    attr.int('ksize', ksize),
    attr.int('strides', strides),
    attr.string('padding', 'VALID'),
    attr.string('data_format', format),
  ],
});

const convolution = (inputs, rank = 2) => ({
  inputs,
  attributes: (attr, type) => {
    const along = new Array(rank + 2).fill(1);
    return [
      attr.type('T', type),
      attr.int('strides', along),
      attr.int('dilations', along),
      attr.string('padding', 'VALID'),
      attr.string('data_format', rank === 2 ? 'NHWC' : 'NDHWC'),
    ];
  },
});
const convolution3dGradient = (inputs) => ({
  inputs,
  attributes: (attr, type) => [
    ...convolution([], 3).attributes(attr, type),
    ...(inputs.some(({ shape }) => shape.length === 1 && shape[0] === 5)
      ? [attr.type('Tshape', INT32)]
      : []),
  ],
});

const product = (name, more = []) => ({
  inputs: [ones(8, LONG), ones(LONG, 8)],
  attributes: (attr, type) => [
    ...(name === 'BatchMatMulV3'
      ? ['Ta', 'Tb', 'Tout'].map((one) => attr.type(one, type))
      : typed(attr, type)),
    ...(name === 'MatMul' ? ['transpose_a', 'transpose_b'] : ['adj_x', 'adj_y']).map((one) =>
      attr.bool(one, false),
    ),
    ...more,
  ],
});

/** By op, all that a device may have traps for. @type {Readonly<Record<string, Probe>>} */
export const PROBES = {
  Sum: reduction(),
  Mean: reduction(),
  EuclideanNorm: reduction(),
  Prod: reduction(FACTORS),
  Cumsum: cumulative(ones(LONG)),
  Cumprod: cumulative(FACTORS),
  L2Loss: { inputs: [ones(2 * LONGER)], attributes: typed },
  BiasAddGrad: {
    inputs: [ones(LONG, 3)],
    attributes: (attr, type) => [...typed(attr, type), attr.string('data_format', 'NHWC')],
  },
  Bincount: { inputs: [integers(zeros(LONG)), integer(2), ones(LONG)], attributes: typed },
  DenseBincount: {
    inputs: [integers(zeros(LONG)), integer(2), ones(LONG)],
    attributes: (attr, type) => [...indexed('Tidx')(attr, type), attr.bool('binary_output', false)],
  },
  ScatterNd: {
    inputs: [integers(zeros(LONG), [LONG, 1]), ones(LONG), integers([1])],
    attributes: indexed('Tindices'),
  },
  SegmentSum: { inputs: [ones(LONG), integers(zeros(LONG))], attributes: indexed('Tindices') },
  UnsortedSegmentSum: {
    inputs: [ones(LONG), integers(zeros(LONG)), integer(1)],
    attributes: indexed('Tindices', 'Tnumsegments'),
  },
  ...Object.fromEntries(
    ['SparseSegmentSum', 'SparseSegmentMean'].map((name) => [
      name,
      {
        inputs: [ones(1, 2), integers(zeros(LONGER)), integers(zeros(LONGER))],
        attributes: indexed('Tidx', 'Tsegmentids'),
      },
    ]),
  ),
  Square: { inputs: [floats([1e-5, 3e-5])], attributes: typed },
  SquaredDifference: { inputs: [floats([1e-5, 3e-5]), floats([0, 0])], attributes: typed },
  Bucketize: {
    inputs: [noise(1, 16)],
    attributes: (attr, type) => [...typed(attr, type), attr.float('boundaries', [-0.5, 0, 0.5])],
  },
  Complex: {
    inputs: [noise(1, 4), noise(2, 4)],
    attributes: (attr, type) => [...typed(attr, type), attr.type('Tout', 8)],
  },
  CropAndResize: {
    inputs: [
      noise(1, 1, 8, 8, 1),
      floats([0.1, 0.1, 0.9, 0.9], [1, 4]),
      integers([0]),
      integers([3, 3]),
    ],
    attributes: (attr, type) => [
      ...typed(attr, type),
      attr.string('method', 'bilinear'),
      attr.float('extrapolation_value', 0),
    ],
  },
  Erfinv: { inputs: [noise(1, 16)], attributes: typed },
  Lgamma: { inputs: [floats([0.5, 1.5, 20, 300])], attributes: typed },
  Rint: { inputs: [noise(1, 16)], attributes: typed },
  LinSpace: {
    inputs: [floats([0.1], []), floats([0.9], []), integer(7)],
    attributes: indexed('Tidx'),
  },
  FusedBatchNorm: {
    inputs: [noise(1, 2, 3, 3, 4), ...[2, 3, 4].map((seed) => noise(seed, 4)), ones(4)],
    attributes: (attr, type) => [
      ...typed(attr, type),
      attr.float('epsilon', 1e-3),
      attr.string('data_format', 'NHWC'),
      attr.bool('is_training', false),
    ],
    outputs: 5,
  },
  ImageProjectiveTransformV3: {
    inputs: [
      noise(1, 1, 8, 8, 1),
      floats([1, 0.1, 0.3, 0, 1, 0.2, 0, 0], [1, 8]),
      integers([8, 8]),
      floats([0], []),
    ],
    attributes: (attr, type) => [
      attr.type('dtype', type),
      attr.string('interpolation', 'BILINEAR'),
      attr.string('fill_mode', 'CONSTANT'),
    ],
  },
  ResizeBilinear: resize([noise(1, 1, 8, 8, 1), integers([5, 5])]),
  ResizeBilinearGrad: resize([ones(1, 64, 64, 1), ones(1, 1, 1, 1)]),
  ResizeNearestNeighborGrad: resize([ones(1, 64, 64, 1), integers([1, 1])]),
  AvgPool: windowed([ones(1, 64, 64, 1)], [1, 64, 64, 1], [1, 64, 64, 1]),
  AvgPoolGrad: windowed(
    [integers([1, 24, 24, 1]), noise(1, 1, 9, 9, 1)],
    [1, 16, 16, 1],
    [1, 1, 1, 1],
  ),
  AvgPool3D: windowed([ones(1, 16, 16, 16, 1)], [1, 16, 16, 16, 1], [1, 16, 16, 16, 1], 'NDHWC'),
  AvgPool3DGrad: windowed(
    [integers([1, 9, 9, 9, 1]), noise(1, 1, 4, 4, 4, 1)],
    [1, 6, 6, 6, 1],
    [1, 1, 1, 1, 1],
    'NDHWC',
  ),
  MatMul: product('MatMul'),
  BatchMatMul: product('BatchMatMul'),
  BatchMatMulV2: product('BatchMatMulV2'),
  BatchMatMulV3: product('BatchMatMulV3'),
  Einsum: {
    inputs: [ones(8, LONG), ones(LONG, 8)],
    attributes: (attr, type) => [
      ...typed(attr, type),
      attr.int('N', 2),
      attr.string('equation', 'ij,jk->ik'),
    ],
  },
  Conv2D: convolution([ones(1, 2, 2, LONG), ones(1, 1, LONG, 4)]),
  Conv2DBackpropInput: convolution([
    integers([1, 2, 2, 4]),
    ones(1, 1, 4, LONG),
    ones(1, 2, 2, LONG),
  ]),
  Conv2DBackpropFilter: convolution([
    ones(1, 64, 64, 1),
    integers([1, 1, 1, 2]),
    ones(1, 64, 64, 2),
  ]),
  Conv3D: convolution([ones(1, 2, 2, 2, LONG), ones(1, 1, 1, LONG, 4)], 3),
  Conv3DBackpropInputV2: convolution3dGradient([
    integers([1, 2, 2, 2, 4]),
    ones(1, 1, 1, 4, LONG),
    ones(1, 2, 2, 2, LONG),
  ]),
  Conv3DBackpropFilterV2: convolution3dFilter(),
  DepthwiseConv2dNative: convolution([ones(1, 64, 64, 2), ones(64, 64, 2, 1)]),
  DepthwiseConv2dNativeBackpropInput: convolution([
    integers([1, 32, 32, 2]),
    noise(1, 16, 16, 2, 1),
    noise(2, 1, 17, 17, 2),
  ]),
  DepthwiseConv2dNativeBackpropFilter: convolution([
    ones(1, 64, 64, 2),
    integers([1, 1, 2, 1]),
    ones(1, 64, 64, 2),
  ]),
};

function resize(inputs) {
  return {
    inputs,
    attributes: (attr, type) => [
      ...typed(attr, type),
      attr.bool('align_corners', false),
      attr.bool('half_pixel_centers', false),
    ],
  };
}

function convolution3dFilter() {
  const inputs = [ones(1, 16, 16, 16, 1), integers([1, 1, 1, 1, 2]), ones(1, 16, 16, 16, 2)];
  // Only the gradient of the input names the type of its sizes.
  return convolution(inputs, 3);
}
