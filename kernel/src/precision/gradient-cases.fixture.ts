import * as tf from '@tensorflow/tfjs';
import type { Tensor, Tensor4D, Tensor5D } from '@tensorflow/tfjs';

/** An op that has a gradient, and numbers of its domain that reach to the ends of fp16's range. */
export interface GradientCase {
  /** The kernel whose gradient tfjs registers. */
  readonly kernel: string;
  readonly of: (...inputs: Tensor[]) => Tensor;
  readonly inputs: readonly (readonly number[])[];
  /** Of each input; default: one row. */
  readonly shape?: readonly number[];
}

const ENDS = [60000, -60000, 40000, 300, -3, 1, 2 ** -14, -(2 ** -24)];
const ABOVE_0 = [60000, 40000, 300, 3, 1, 0.1, 2 ** -14, 2 ** -20];
const SMALL = [10, -10, 3, -3, 1, 0.1, 2 ** -14, -(2 ** -24)];
const WITHIN_1 = [0.5, -0.5, 0.9, -0.9, 0.1, 2 ** -10, 2 ** -14, -(2 ** -24)];
const OTHERS = [2, -2, 1, 0.5, 2 ** -10, 3, 7, -1];

function unary(
  kernel: string,
  op: (x: Tensor) => Tensor,
  numbers: readonly number[],
): GradientCase {
  return { kernel, of: (x) => op(x), inputs: [numbers] };
}

function binary(
  kernel: string,
  op: (a: Tensor, b: Tensor) => Tensor,
  a: readonly number[],
  b: readonly number[],
): GradientCase {
  return { kernel, of: (x, y) => op(x, y), inputs: [a, b] };
}

function shaped(
  kernel: string,
  shape: readonly number[],
  of: (...inputs: Tensor[]) => Tensor,
  ...inputs: readonly (readonly number[])[]
): GradientCase {
  return { kernel, of, inputs, shape };
}

/** Every gradient that tfjs registers for an op, but for complex numbers. */
export const GRADIENT_CASES: readonly GradientCase[] = [
  unary('Abs', tf.abs, ENDS),
  unary('Acos', tf.acos, WITHIN_1),
  unary('Acosh', tf.acosh, [60000, 40000, 3000, 300, 30, 3, 2, 1.5]),
  unary('Asin', tf.asin, WITHIN_1),
  unary('Asinh', tf.asinh, ENDS),
  unary('Atan', tf.atan, ENDS),
  unary('Atanh', tf.atanh, WITHIN_1),
  unary('Ceil', tf.ceil, ENDS),
  unary('Cos', tf.cos, SMALL),
  unary('Cosh', tf.cosh, SMALL),
  unary('Elu', tf.elu, ENDS),
  unary('Erf', tf.erf, SMALL),
  unary('Exp', tf.exp, SMALL),
  unary('Expm1', tf.expm1, SMALL),
  unary('Floor', tf.floor, ENDS),
  unary('LeakyRelu', tf.leakyRelu, ENDS),
  unary('Log', tf.log, ABOVE_0),
  unary('Log1p', tf.log1p, ABOVE_0),
  unary('LogSoftmax', tf.logSoftmax, SMALL),
  unary('Neg', tf.neg, ENDS),
  unary('OnesLike', tf.onesLike, ENDS),
  unary('Prod', tf.prod, [300, 3, 10, 7, 5, 2, -1, 4]),
  unary('Reciprocal', tf.reciprocal, [60000, 300, 3, 1, 0.1, -0.01, 2 ** -10, -40000]),
  unary('Relu', tf.relu, ENDS),
  unary('Relu6', tf.relu6, ENDS),
  unary('Round', tf.round, ENDS),
  unary('Rsqrt', tf.rsqrt, [60000, 300, 3, 1, 0.1, 0.01, 2 ** -10, 40000]),
  unary('Selu', tf.selu, ENDS),
  unary('Sigmoid', tf.sigmoid, SMALL),
  unary('Sign', tf.sign, ENDS),
  unary('Sin', tf.sin, SMALL),
  unary('Sinh', tf.sinh, SMALL),
  unary('Softmax', tf.softmax, SMALL),
  unary('Softplus', tf.softplus, SMALL),
  unary('Sqrt', tf.sqrt, ABOVE_0),
  unary('Square', tf.square, ENDS),
  unary('Step', tf.step, ENDS),
  unary('Sum', tf.sum, ENDS),
  unary('Mean', tf.mean, ENDS),
  unary('Max', tf.max, ENDS),
  unary('Min', tf.min, ENDS),
  unary('Tan', tf.tan, WITHIN_1),
  unary('Tanh', tf.tanh, SMALL),
  unary('Cumsum', tf.cumsum, ENDS),
  unary('ZerosLike', tf.zerosLike, ENDS),
  binary('Add', tf.add, ENDS, OTHERS),
  binary('Atan2', tf.atan2, ENDS, [40000, 300, -60000, 2, 3, -1, 2 ** -10, 2 ** -14]),
  binary('Maximum', tf.maximum, ENDS, OTHERS),
  binary('Minimum', tf.minimum, ENDS, OTHERS),
  binary('Mod', tf.mod, ABOVE_0, [7, 3, 2, 1, 5, 0.5, 3, 2]),
  binary(
    'Multiply',
    tf.mul,
    [30000, -300, 3, 1, 0.5, 2 ** -10, 40000, -1],
    [2, 100, 1000, -60000, 1, 2, 1, 40000],
  ),
  binary('Pow', tf.pow, ABOVE_0, [2, 1, 2, 3, 7, 2, 0.5, 1]),
  binary('RealDiv', tf.div, ENDS, [300, 2, 40000, -60000, 3, 1, 0.1, 0.01]),
  binary('SquaredDifference', tf.squaredDifference, ENDS, [
    -60000,
    60000,
    -40000,
    3,
    1,
    -3,
    2 ** -14,
    0,
  ]),
  binary(
    'Sub',
    tf.sub,
    [30000, -300, 3, 1, 0.5, 2 ** -10, 40000, -1],
    [2, 100, 1000, -60000, 1, 2, 1, 40000],
  ),
  binary('FloorDiv', tf.floorDiv, ABOVE_0, [7, 3, 2, 1, 5, 0.5, 3, 2]),
  shaped('AddN', [8], (a, b) => tf.addN([a, b]), [30000, -300, 3, 1, 0.5, 2, 4, 1], OTHERS),
  shaped('Prelu', [8], (x, a) => tf.prelu(x, a), ENDS, WITHIN_1),
  shaped(
    'Select',
    [8],
    (a, b) => tf.where(tf.tensor1d([1, 0, 1, 0, 1, 0, 1, 0], 'bool'), a, b),
    ENDS,
    OTHERS,
  ),
  shaped('ClipByValue', [8], (x) => tf.clipByValue(x, -50000, 50000), ENDS),
  shaped(
    'BatchMatMul',
    [2, 4],
    (a, b) => tf.matMul(a, b, false, true),
    [200, -100, 1, 2, 0.5, 300, -3, 1],
    OTHERS,
  ),
  shaped('Concat', [2, 4], (a, b) => tf.concat([a, b], 1), ENDS, OTHERS),
  shaped('Pack', [8], (a, b) => tf.stack([a, b]), ENDS, OTHERS),
  shaped('Unpack', [2, 4], (x) => tf.unstack(x)[1] as Tensor, ENDS),
  shaped('SplitV', [8], (x) => tf.split(x, 2)[1] as Tensor, ENDS),
  shaped('Slice', [8], (x) => tf.slice(x, [2], [4]), ENDS),
  shaped('Tile', [8], (x) => tf.tile(x, [3]), ENDS),
  shaped('BroadcastTo', [8], (x) => tf.broadcastTo(x, [3, 8]), ENDS),
  shaped('PadV2', [8], (x) => tf.pad(x, [[1, 2]]), ENDS),
  shaped('MirrorPad', [8], (x) => tf.mirrorPad(x, [[1, 2]], 'reflect'), ENDS),
  shaped('Transpose', [2, 4], (x) => tf.transpose(x), ENDS),
  shaped('Reshape', [8], (x) => tf.reshape(x, [2, 4]), ENDS),
  shaped('ExpandDims', [8], (x) => tf.expandDims(x), ENDS),
  shaped('Identity', [8], (x) => tf.clone(x), ENDS),
  shaped('Cast', [8], (x) => tf.cast(x, 'float32'), ENDS),
  shaped('Reverse', [8], (x) => tf.reverse(x), ENDS),
  shaped('GatherV2', [8], (x) => tf.gather(x, tf.tensor1d([1, 1, 3, 1, 3], 'int32')), ENDS),
  shaped(
    'UnsortedSegmentSum',
    [8],
    (x) => tf.unsortedSegmentSum(x, tf.tensor1d([0, 1, 0, 1, 2, 2, 0, 1], 'int32'), 3),
    ENDS,
  ),
  shaped(
    'BatchToSpaceND',
    [4, 1, 2, 1],
    (x) =>
      tf.batchToSpaceND(
        x,
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
    ENDS,
  ),
  shaped(
    'SpaceToBatchND',
    [1, 2, 4, 1],
    (x) =>
      tf.spaceToBatchND(
        x,
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
    ENDS,
  ),
  shaped('AvgPool', [1, 2, 4, 1], (x) => tf.avgPool(x as Tensor4D, 2, 1, 'valid'), ENDS),
  shaped('AvgPool3D', [1, 2, 2, 2, 1], (x) => tf.avgPool3d(x as Tensor5D, 2, 1, 'valid'), ENDS),
  shaped('MaxPool', [1, 2, 4, 1], (x) => tf.maxPool(x as Tensor4D, 2, 1, 'valid'), ENDS),
  shaped('MaxPool3D', [1, 2, 2, 2, 1], (x) => tf.maxPool3d(x as Tensor5D, 2, 1, 'valid'), ENDS),
  shaped('LRN', [1, 2, 1, 4], (x) => tf.localResponseNormalization(x as Tensor4D), SMALL),
  shaped(
    'ResizeBilinear',
    [2, 2, 2, 1],
    (x) => tf.image.resizeBilinear(x as Tensor4D, [4, 4]),
    ENDS,
  ),
  shaped(
    'ResizeNearestNeighbor',
    [2, 2, 2, 1],
    (x) => tf.image.resizeNearestNeighbor(x as Tensor4D, [4, 4]),
    ENDS,
  ),
  shaped(
    'Conv2D',
    [2, 2, 2, 1],
    (x, w) => tf.conv2d(x as Tensor4D, tf.reshape(w, [2, 2, 1, 2]), 1, 'same'),
    [200, -100, 1, 2, 0.5, 300, -3, 1],
    OTHERS,
  ),
  shaped(
    'Conv2DBackpropInput',
    [2, 2, 2, 1],
    (x, w) =>
      tf.conv2dTranspose(x as Tensor4D, tf.reshape(w, [2, 2, 2, 1]), [2, 2, 2, 2], 1, 'same'),
    [200, -100, 1, 2, 0.5, 300, -3, 1],
    OTHERS,
  ),
  shaped(
    'DepthwiseConv2dNative',
    [2, 2, 2, 1],
    (x, w) => tf.depthwiseConv2d(x as Tensor4D, tf.reshape(w, [2, 2, 1, 2]), 1, 'same'),
    [200, -100, 1, 2, 0.5, 300, -3, 1],
    OTHERS,
  ),
  shaped(
    'Conv3D',
    [1, 2, 2, 2, 1],
    (x, w) => tf.conv3d(x as Tensor5D, tf.reshape(w, [2, 2, 2, 1, 1]), 1, 'same'),
    [200, -100, 1, 2, 0.5, 300, -3, 1],
    OTHERS,
  ),
  shaped(
    'Conv3DBackpropInputV2',
    [1, 2, 2, 2, 1],
    (x, w) =>
      tf.conv3dTranspose(x as Tensor5D, tf.reshape(w, [2, 2, 2, 1, 1]), [1, 2, 2, 2, 1], 1, 'same'),
    [200, -100, 1, 2, 0.5, 300, -3, 1],
    OTHERS,
  ),
  shaped(
    'Dilation2D',
    [1, 2, 4, 1],
    (x, w) =>
      tf.dilation2d(
        x as Tensor4D,
        tf.reshape(tf.slice(tf.reshape(w, [8]), [0], [4]), [2, 2, 1]),
        1,
        'same',
      ),
    ENDS,
    OTHERS,
  ),
  shaped(
    'FusedBatchNorm',
    [2, 2, 2, 1],
    (x, s) =>
      tf.batchNorm(
        x,
        tf.tensor1d([1]),
        tf.tensor1d([4]),
        tf.tensor1d([2]),
        tf.slice(tf.reshape(s, [8]), [0], [1]),
      ),
    ENDS,
    OTHERS,
  ),
];
