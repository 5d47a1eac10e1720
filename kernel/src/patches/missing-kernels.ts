import * as tf from '@tensorflow/tfjs';
import { attr } from '../backend/attributes';
import type { NativeBackend } from '../backend/binding';
import type { OpAttribute } from '../backend/contract';
import { DT } from '../backend/dtypes';
import { type KernelCall, runInJavaScript } from './javascript-kernels';
import type { Patch } from './patch';

type Result = ReturnType<tf.KernelFunc>;
type Values = readonly number[];

type Run<T> = (op: string, attributes: readonly OpAttribute[], inputs: readonly tf.Tensor[]) => T;

/** A call of the native backend: its inputs by name, and what runs TensorFlow's op. */
interface NativeCall {
  readonly attributes: tf.NamedAttrMap;
  readonly input: (name: string) => tf.Tensor;
  readonly run: Run<tf.Tensor>;
  readonly runTwo: Run<tf.Tensor[]>;
}

/** tfjs's kernels that its TensorFlow backend lacks though TensorFlow has the op. */
const OF_TENSORFLOW: Readonly<Record<string, (call: NativeCall) => Result>> = {
  BitwiseAnd: ({ input, run }) =>
    run('BitwiseAnd', [attr.type('T', DT.int32)], [input('a'), input('b')]),
  DenseBincount: ({ attributes: { size, binaryOutput }, input, run }) =>
    run(
      'DenseBincount',
      [
        attr.type('T', typeOf(input('weights'))),
        attr.type('Tidx', DT.int32),
        attr.bool('binary_output', binaryOutput === true),
      ],
      [input('x'), tf.scalar(size as number, 'int32'), input('weights')],
    ),
  MaxPoolWithArgmax: ({ attributes, input, runTwo }) => {
    const { filterSize, strides, pad, includeBatchInIndex } = attributes;
    return runTwo(
      'MaxPoolWithArgmax',
      [
        attr.type('T', typeOf(input('x'))),
        attr.type('Targmax', DT.int32),
        attr.int('ksize', [1, ...pair(filterSize), 1]),
        attr.int('strides', [1, ...pair(strides), 1]),
        attr.string('padding', constant(pad)),
        attr.bool('include_batch_in_index', includeBatchInIndex === true),
      ],
      [input('x')],
    );
  },
  SearchSorted: ({ attributes: { side }, input, run }) =>
    run(
      side === 'left' ? 'LowerBound' : 'UpperBound',
      [attr.type('T', typeOf(input('values'))), attr.type('out_type', DT.int32)],
      [input('sortedSequence'), input('values')],
    ),
  SparseSegmentMean: segments('SparseSegmentMean'),
  SparseSegmentSum: segments('SparseSegmentSum'),
  Transform: ({ attributes, input, run }) => {
    const { interpolation, fillMode, fillValue, outputShape } = attributes;
    const image = input('image');
    const [height, width] = (outputShape as Values | undefined) ?? image.shape.slice(1, 3);
    return run(
      'ImageProjectiveTransformV3',
      [
        attr.type('dtype', typeOf(image)),
        attr.string('interpolation', constant(interpolation)),
        attr.string('fill_mode', constant(fillMode)),
      ],
      [
        image,
        input('transforms'),
        tf.tensor1d([height ?? 0, width ?? 0], 'int32'),
        tf.scalar(fillValue as number),
      ],
    );
  },
};

/** What moves strings, indices and pixels about, on the processor anyway: tfjs's own JavaScript. */
const IN_JAVASCRIPT = [
  'Draw',
  'RaggedGather',
  'RaggedRange',
  'RaggedTensorToTensor',
  'RotateWithOffset',
  'SparseFillEmptyRows',
  'SparseReshape',
  'StringNGrams',
  'StringSplit',
  'StringToHashBucketFast',
] as const;

/** Kernels that other backends of tfjs have. */
export const missingKernels: readonly Patch[] = [
  ...Object.entries(OF_TENSORFLOW).map(([name, run]) =>
    added(name, 'TensorFlow has the op; tfjs registers no kernel for it.', (call) =>
      typeof call.attrs?.['pad'] === 'number'
        ? runInJavaScript(name, call)
        : tf.engine().tidy(() => run(nativeCall(call)) as tf.Tensor),
    ),
  ),
  ...IN_JAVASCRIPT.map((name) =>
    added(name, 'tfjs registers no kernel for it here: its JavaScript runs.', (call) =>
      runInJavaScript(name, call),
    ),
  ),
];

function added(member: string, why: string, kernelFunc: tf.KernelFunc): Patch {
  const kernelOf = (backendName: string): tf.KernelConfig | undefined =>
    tf.getKernel(member, backendName);
  return {
    target: 'kernel registry',
    member,
    adds: true,
    why,
    on: 'native',
    isThere: ({ backendName }) => kernelOf(backendName) !== undefined,
    install({ backendName }) {
      tf.registerKernel({ kernelName: member, backendName, kernelFunc });
      return () => {
        tf.unregisterKernel(member, backendName);
      };
    },
  };
}

function nativeCall({ inputs, attrs, backend }: KernelCall): NativeCall {
  const native = backend as unknown as NativeBackend;
  return {
    attributes: attrs ?? {},
    input: (name) => inputs[name] as tf.Tensor,
    run: (op, attributes, given) => native.executeSingleOutput(op, attributes, given),
    runTwo: (op, attributes, given) => native.executeMultipleOutputs(op, attributes, given, 2),
  };
}

function segments(op: string): (call: NativeCall) => Result {
  return ({ input, run }) =>
    run(
      op,
      [
        attr.type('T', typeOf(input('data'))),
        attr.type('Tidx', DT.int32),
        attr.type('Tsegmentids', DT.int32),
      ],
      [input('data'), input('indices'), input('segmentIds')],
    );
}

const TYPES: Readonly<Partial<Record<tf.DataType, number>>> = {
  float32: DT.float,
  int32: DT.int32,
  bool: DT.bool,
};

function typeOf({ dtype }: tf.TensorInfo): number {
  return TYPES[dtype] ?? DT.string;
}

/** A word as TensorFlow writes it. */
function constant(word: unknown): string {
  return (word as string).toUpperCase();
}

function pair(size: unknown): readonly [number, number] {
  return typeof size === 'number' ? [size, size] : (size as readonly [number, number]);
}
