import * as tf from '@tensorflow/tfjs';
import type * as ort from 'onnxruntime-node';
import { firstLine, HalfnoteError } from '../../errors';
import { findInstallation } from '../../installation';
import { loadOnnxRuntime } from '../../onnxruntime';
import type { OnnxValue } from './summary';
import { firstChanged, TENSOR_TYPES, type TensorType, type TfjsData } from './tensor-types';

type Runtime = typeof ort;

/** Loads ONNX Runtime when it is first needed. */
export function onnxRuntime(): Runtime {
  try {
    return loadOnnxRuntime();
  } catch (error) {
    throw new HalfnoteError(
      'onnxruntime-missing',
      `ONNX Runtime can't be loaded: ${firstLine(error)}.`,
      howToGet(),
      { cause: error },
    );
  }
}

/** Halfnote's npm package has its JavaScript; its addon is in the package of the platform. */
function howToGet(): string {
  if (findInstallation().kind !== 'npm') return 'Install it with `npm install onnxruntime-node`.';
  const name = `@halfnote/binding-${process.platform}-${process.arch}`;
  return `Install ${name} in the version of halfnote, if there is one for this platform.`;
}

/**
 * A tensor as ONNX Runtime takes it for an input.
 * @throws HalfnoteError `unsupported-type` where its type isn't the input's, `onnx-out-of-range`
 *   where a value isn't of that type.
 */
export function ortTensor(runtime: Runtime, tensor: tf.Tensor, input: OnnxValue): ort.Tensor {
  const type = tensorType(input, 'input');
  const { dtype, shape } = tensor;
  if (!type.takes.includes(dtype)) throw otherType(input, type, dtype);
  const values = tensor.dataSync() as TfjsData;
  const data = type.encode(values);
  const place = firstChanged(values, type.decode(data), dtype !== 'float32');
  if (place >= 0) {
    throw new HalfnoteError(
      'onnx-out-of-range',
      `The input '${input.name}' is ${input.type}, which holds ${type.holds}; value ${place} of the tensor is ${values[place] ?? ''}.`,
    );
  }
  // ONNX Runtime's types say of each name which array goes with it.
  return new runtime.Tensor(input.type as 'float32', data as Float32Array, shape);
}

/**
 * What ONNX Runtime gave for an output, as a tfjs tensor.
 * @throws HalfnoteError `onnx-out-of-range` where a value is none of tfjs's.
 */
export function tfjsTensor(result: ort.Tensor, { name }: Pick<OnnxValue, 'name'>): tf.Tensor {
  const type = tensorType({ name, type: result.type }, 'output');
  const data = type.decode(result.data);
  const values = type.toTfjs(data);
  const place = firstChanged(data, values, type.gives !== 'float32');
  if (place >= 0) {
    throw new HalfnoteError(
      'onnx-out-of-range',
      `Value ${place} of the output '${name}' is ${data[place] ?? ''} (${result.type}), which tfjs has no tensor for: its ${type.gives} holds ${TENSOR_TYPES[type.gives]?.holds ?? ''}.`,
      `Load the model without it, by the \`outputs\` of loadOnnx(), or with a Cast to float32 after it.`,
    );
  }
  return tf.tensor(values, [...result.dims], type.gives);
}

/**
 * How values of an input or output are handed over.
 * @throws HalfnoteError `unsupported-type` where no tfjs tensor can be such.
 */
export function tensorType(
  { name, type }: Pick<OnnxValue, 'name' | 'type'>,
  side: 'input' | 'output',
): TensorType {
  const found = Object.hasOwn(TENSOR_TYPES, type) ? TENSOR_TYPES[type] : undefined;
  if (found !== undefined) return found;
  throw new HalfnoteError(
    'unsupported-type',
    `The ${side} '${name}' is ${type}, which no tfjs tensor can be.`,
    `Allowed are ${Object.keys(TENSOR_TYPES).join(', ')}.` +
      (side === 'output' ? ' Where others will do, name these as `outputs` of loadOnnx().' : ''),
  );
}

function otherType(input: OnnxValue, { takes, gives }: TensorType, dtype: string): HalfnoteError {
  return new HalfnoteError(
    'unsupported-type',
    `The input '${input.name}' is ${input.type}, which is fed from ${takes.join(' or ')}, not from a ${dtype} tensor.`,
    gives === 'string' || dtype === 'string'
      ? undefined
      : `Convert it where that is meant: tf.cast(x, '${gives}').`,
  );
}
