import * as tf from '@tensorflow/tfjs';
import {
  type Result,
  type Example,
  numbers,
  integers,
  booleans,
  complex,
  words,
  ints,
  named,
  onTypes,
} from './kernel-inputs.fixture';
import { gradients, images } from './kernels-of-images.fixture';

const UNARY = [
  'abs acos acosh asin asinh atan atanh exp expm1 isFinite isInf isNaN leakyRelu log1p neg onesLike',
  'reciprocal relu relu6 round selu sign sinh softplus square step zerosLike',
]
  .join(' ')
  .split(' ');
/** tfjs itself takes them of floats only. */
const OF_FLOATS = 'ceil cos cosh elu erf floor log rsqrt sigmoid sin softmax sqrt tan tanh'.split(
  ' ',
);
const REDUCTIONS = ['all', 'any', 'argMax', 'argMin', 'max', 'mean', 'min', 'prod', 'sum'];
const BINARY = [
  'add atan2 div divNoNan equal floorDiv greater greaterEqual less lessEqual logicalAnd logicalOr',
  'maximum minimum mod mul notEqual pow prelu squaredDifference sub',
]
  .join(' ')
  .split(' ');
const LOGICAL = new Set(['all', 'any', 'logicalAnd', 'logicalOr']);
/** tfjs's JavaScript makes integers of them, which end at 2^31; TensorFlow keeps the type. */
const NUMBERS_ONLY_AS_INTEGERS = new Set(['floorDiv']);

type AnyOp = (...inputs: tf.Tensor[]) => tf.Tensor;
const opOf = (name: string): AnyOp => Reflect.get(tf, name) as AnyOp;

const typesFor = (name: string): Readonly<Record<string, () => tf.Tensor2D>> =>
  LOGICAL.has(name)
    ? { booleans }
    : NUMBERS_ONLY_AS_INTEGERS.has(name)
      ? { integers, booleans }
      : { numbers, integers, booleans };

const math = Object.assign(
  {},
  ...UNARY.map((name) => onTypes(name, opOf(name))),
  ...OF_FLOATS.map((name) => onTypes(name, opOf(name), { numbers })),
  ...REDUCTIONS.map((name) => onTypes(name, opOf(name), typesFor(name))),
  ...REDUCTIONS.map((name) =>
    onTypes(
      `${name} of rows`,
      (x) => (opOf(name) as unknown as typeof tf.sum)(x, 1),
      typesFor(name),
    ),
  ),
  ...BINARY.map((name) => onTypes(name, (x) => opOf(name)(x, tf.reverse(x, 1)), typesFor(name))),
  onTypes('clipByValue', (x) => tf.clipByValue(x, -0.5, 1e300)),
  onTypes('cumprod', (x) => tf.cumprod(x, 1, true)),
  onTypes('cumsum', (x) => tf.cumsum(x, 1, false, true)),
  onTypes('logicalNot', tf.logicalNot, { booleans }),
  onTypes('bitwiseAnd', (x) => tf.bitwiseAnd(x, tf.reverse(x, 1)), { integers }),
) as Readonly<Record<string, Example>>;

const moves = Object.assign(
  {},
  onTypes('addN', (x) => tf.addN([x, x])),
  onTypes('batchToSpaceND', (x) => tf.batchToSpaceND(x, [2], [[0, 1]])),
  onTypes('broadcastTo', (x) => tf.broadcastTo(x, [2, 2, 3])),
  onTypes('cast to a number', (x) => tf.cast(x, 'float32')),
  onTypes('cast to an integer', (x) => tf.cast(x, 'int32')),
  onTypes('cast to a boolean', (x) => tf.cast(x, 'bool')),
  onTypes('clone', tf.clone),
  onTypes('concat', (x) => tf.concat([x, x], 1)),
  onTypes('diag', (x) => tf.diag(x)),
  onTypes('expandDims', (x) => tf.expandDims(x, 1)),
  onTypes('gather', (x) => tf.gather(x, ints(2, 0, 2), 1)),
  onTypes('gatherND', (x) => tf.gatherND(x, tf.tensor2d([1, 0, 0, 2], [2, 2], 'int32'))),
  onTypes('matMul', (x) => tf.matMul(x, x, false, true)),
  onTypes(
    'fused.matMul',
    (a) => tf.fused.matMul({ a, b: a, transposeB: true, bias: tf.ones([2]), activation: 'relu' }),
    { numbers },
  ),
  onTypes('einsum', (x) => tf.einsum('ij,kj->ik', x, x)),
  onTypes('mirrorPad', (x) => tf.mirrorPad(x, [[1, 0], [0, 2]], 'reflect')), // prettier-ignore
  onTypes('pad', (x) => tf.pad(x, [[1, 0], [0, 2]], 1)), // prettier-ignore
  onTypes('reverse', (x) => tf.reverse(x, 1)),
  onTypes('scatterND', (x) => tf.scatterND(tf.tensor2d([1, 0], [2, 1], 'int32'), x, [3, 3])),
  onTypes('scatterND of a list', (x) => tf.scatterND(ints(2, 0), x, [3, 3])),
  onTypes('slice', (x) => tf.slice(x, [0, 1], [2, 1])),
  onTypes('spaceToBatchND', (x) => tf.spaceToBatchND(x, [2], [[0, 1]])),
  onTypes('sparseToDense', (x) =>
    tf.sparseToDense(ints(1, 3, 4), tf.reshape(tf.slice(x, [0, 0], [1, 3]), [3]), [6]),
  ),
  onTypes('split', (x) => tf.split(x, [1, 2], 1)),
  onTypes('stack', (x) => tf.stack([x, x], 1)),
  onTypes('stridedSlice', (x) => tf.stridedSlice(x, [0, 2], [2, 0], [1, -1])),
  onTypes('tensorScatterUpdate', (x) =>
    tf.tensorScatterUpdate(x, tf.tensor2d([1], [1, 1], 'int32'), tf.slice(x, [0, 0], [1, 3])),
  ),
  onTypes('tile', (x) => tf.tile(x, [2, 2])),
  onTypes('topk', (x) => named(tf.topk(x, 2))),
  onTypes('transpose', (x) => tf.transpose(x)),
  onTypes('unique', (x) => named(tf.unique(x, 1))),
  onTypes('unstack', (x) => tf.unstack(x)),
  onTypes('where', (x) => tf.where(booleans(), x, tf.reverse(x, 1))),
  onTypes('unsortedSegmentSum', (x) => tf.unsortedSegmentSum(x, ints(1, 0), 3), { numbers }),
) as Readonly<Record<string, Example>>;

const made: Readonly<Record<string, Example>> = {
  fill: () => [tf.fill([2, 2], 1.5), tf.fill([2], 3, 'int32'), tf.fill([2], 1, 'bool')],
  linspace: () => tf.linspace(0, 1, 5),
  range: () => [
    tf.range(0, 5, 2),
    tf.range(5, 0, -2, 'int32'),
    tf.range(0, 2, 1, 'bool' as 'int32'),
  ],
  oneHot: () => tf.oneHot(ints(2, 0, 5), 4, 5, -1),
  broadcastArgs: () => tf.broadcastArgs(ints(1, 3), ints(2, 1)),
  bincount: () => tf.bincount(ints(1, 1, 3), tf.tensor1d([0.5, 1, 2]), 4),
  denseBincount: () => tf.denseBincount(ints(1, 1, 3), tf.tensor1d([0.5, 1, 2]), 4),
  'denseBincount without weights': () => tf.denseBincount(ints(1, 1, 9), tf.tensor1d([]), 4),
  'denseBincount of rows, binary': () =>
    tf.denseBincount(tf.tensor2d([1, 1, 3, 0], [2, 2], 'int32'), tf.tensor2d([], [0, 0]), 4, true),
  'searchSorted, upper bound': () =>
    tf.searchSorted(tf.tensor1d([1, 3, 3, 5]), tf.tensor1d([2, 3, 9]), 'right'),
  'searchSorted, lower bound of integers': () => tf.lowerBound(ints(1, 3, 3, 5), ints(0, 3, 5)),
  'searchSorted in rows': () =>
    tf.searchSorted(tf.tensor2d([1, 3, 5, 0, 2, 4], [2, 3]), tf.tensor2d([3, 6, -1, 2], [2, 2])),
};

const signals: Readonly<Record<string, Example>> = {
  complex: () => [tf.real(complex()), tf.imag(complex()), tf.abs(complex())],
  fft: () => tf.real(tf.fft(complex())),
  ifft: () => tf.imag(tf.ifft(complex())),
};

const texts: Readonly<Record<string, Example>> = {
  stringNGrams: () =>
    named(tf.string.stringNGrams(words(), ints(0, 3), '|', [1, 2], '<', '>', -1, false)),
  stringSplit: () => named(tf.string.stringSplit(words(), ' ')),
  'stringSplit, keeping what is empty': () => named(tf.string.stringSplit(words(), ' ', false)),
  stringToHashBucketFast: () => tf.string.stringToHashBucketFast(words(), 10),
  staticRegexReplace: () => tf.string.staticRegexReplace(words(), 'a', 'x'),
  'greater of strings': () => tf.greater(words(), tf.tensor1d(['b', 'a', 'c  a'], 'string')),
};

const sparse: Readonly<Record<string, Example>> = {
  sparseFillEmptyRows: () =>
    named(
      tf.sparse.sparseFillEmptyRows(
        tf.tensor2d([0, 0, 2, 1], [2, 2], 'int32'),
        tf.tensor1d([1.5, 2.5]),
        ints(4, 2),
        tf.scalar(-1),
      ),
    ),
  sparseReshape: () =>
    named(
      tf.sparse.sparseReshape(tf.tensor2d([0, 0, 1, 2], [2, 2], 'int32'), ints(2, 3), ints(3, -1)),
    ),
  ...onTypes(
    'sparseSegmentSum',
    (x) => tf.sparse.sparseSegmentSum(x, ints(0, 1, 1), ints(0, 0, 2)),
    { numbers, integers },
  ),
  ...onTypes('sparseSegmentMean', (x) => tf.sparse.sparseSegmentMean(x, ints(0, 1), ints(0, 0)), {
    numbers,
  }),
};

/** A raw kernel, where tfjs has no function for it. */
function kernel(name: string, inputs: unknown, attributes: tf.NamedAttrMap = {}): Result {
  return tf.engine().runKernel(name, inputs as tf.NamedTensorMap, attributes);
}

const ragged: Readonly<Record<string, Example>> = {
  raggedGather: () =>
    kernel(
      'RaggedGather',
      { paramsNestedSplits: [ints(0, 2, 3)], paramsDenseValues: tf.tensor1d([1.5, 2, 3]), indices: ints(1, 0) }, // prettier-ignore
      { outputRaggedRank: 1 },
    ),
  raggedRange: () =>
    kernel('RaggedRange', { starts: ints(0, 5), limits: ints(3, 8), deltas: ints(1, 2) }),
  raggedTensorToTensor: () =>
    kernel(
      'RaggedTensorToTensor',
      { shape: ints(2, 3), values: tf.tensor1d([1.5, 2, 3]), defaultValue: tf.scalar(0), rowPartitionTensors: [ints(0, 2, 3)] }, // prettier-ignore
      { rowPartitionTypes: ['ROW_SPLITS'] },
    ),
};

/** Kernels that no gradient calls any more. */
const replaced: Readonly<Record<string, Example>> = {
  maxPool3dGrad: () => {
    const [x, window] = [
      tf.reshape(tf.range(0, 8), [1, 2, 2, 2, 1]),
      { filterSize: 2, strides: 1 },
    ];
    const output = tf.ones([1, 1, 1, 1, 1]);
    const inputs = { dy: output, input: x, output: tf.mul(output, 7) };
    return kernel('MaxPool3DGrad', inputs, { ...window, pad: 'valid' });
  },
};

/** A call of each kernel that tfjs's JavaScript backend has, in small; by what it shows. */
export const EXAMPLES: Readonly<Record<string, Example>> = {
  ...math,
  ...moves,
  ...made,
  ...signals,
  ...images,
  ...texts,
  ...sparse,
  ...ragged,
  ...replaced,
  ...gradients,
};

/** Kernels that draw at random: what they give has a shape and a type only. */
export const AT_RANDOM: Readonly<Record<string, Example>> = {
  multinomial: () => tf.multinomial(tf.tensor2d([[0.5, 0.25]]), 3, 1),
};
