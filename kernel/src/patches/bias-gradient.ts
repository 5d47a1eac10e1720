import * as tf from '@tensorflow/tfjs';
import { attr } from '../backend/attributes';
import type { NativeBackend } from '../backend/binding';
import { DT } from '../backend/dtypes';
import { kernelPatch, type Patch } from './patch';

interface Reduction {
  /** None: all of them. */
  readonly axis?: number | readonly number[] | null;
  readonly keepDims?: boolean;
}

const ATTRIBUTES = [attr.type('T', DT.float), attr.string('data_format', 'NHWC')];

/** Fewer rows or columns than this are summed as fast, or faster, the plain way. */
const ROWS = 32;
const COLUMNS = 32;

/** TensorFlow's kernel for the gradient of a bias, measured on two cores in fp32 against its general sum. */
export const biasGradient: Patch = kernelPatch(
  {
    member: 'Sum',
    why: 'A sum over all axes but the last, as the gradient of each bias is, is 1.3 to 5 times as fast so.',
    on: 'native-cpu',
  },
  (original) => (call) => {
    const x = call.inputs['x'] as tf.TensorInfo;
    if (!leavesLastAxis(x, call.attrs as Reduction)) return original(call);
    const backend = call.backend as unknown as NativeBackend;
    return backend.executeSingleOutput('BiasAddGrad', ATTRIBUTES, [x as tf.Tensor]);
  },
);

function leavesLastAxis({ shape, dtype }: tf.TensorInfo, { axis, keepDims }: Reduction): boolean {
  const columns = shape.at(-1) ?? 0;
  const enough = columns >= COLUMNS && tf.util.sizeFromShape(shape) >= ROWS * columns;
  if (!enough || dtype !== 'float32' || keepDims === true) return false;
  const axes = tf.util.parseAxisParam(axis as number | number[], shape);
  return axes.length === shape.length - 1 && !axes.includes(shape.length - 1);
}
