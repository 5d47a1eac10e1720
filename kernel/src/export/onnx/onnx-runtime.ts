import { createRequire } from 'node:module';
import type * as tf from '@tensorflow/tfjs';
import type * as ort from 'onnxruntime-node';
import { HalfnoteError } from '../../errors';
import type { OnnxValue } from './summary';

type Runtime = typeof ort;

/** Loads ONNX Runtime when it is first needed: it takes 25 to 65 ms. */
export function onnxRuntime(): Runtime {
  try {
    return createRequire(__filename)('onnxruntime-node') as Runtime;
  } catch (error) {
    throw new HalfnoteError(
      'onnxruntime-missing',
      `ONNX Runtime can't be loaded: ${error instanceof Error ? error.message : String(error)}.`,
      'Install it with `npm install onnxruntime-node`.',
      { cause: error },
    );
  }
}

/** A tensor as ONNX Runtime takes it for an input. */
export function ortTensor(runtime: Runtime, tensor: tf.Tensor, input: OnnxValue): ort.Tensor {
  const data = tensor.dataSync();
  switch (input.type) {
    case 'float32':
      return new runtime.Tensor('float32', Float32Array.from(data), tensor.shape);
    case 'int32':
      return new runtime.Tensor('int32', Int32Array.from(data), tensor.shape);
    case 'int64':
      return new runtime.Tensor('int64', BigInt64Array.from([...data].map(whole)), tensor.shape);
    case 'bool':
      return new runtime.Tensor('bool', Uint8Array.from(data), tensor.shape);
    default:
      throw new HalfnoteError(
        'unsupported-type',
        `The input '${input.name}' is ${input.type}, which no tfjs tensor can be.`,
        'Allowed are models with inputs of float32, int32, int64 and bool.',
      );
  }
}

const whole = (value: number): bigint => BigInt(Math.trunc(value));

/** What ONNX Runtime gave, as values and type of a tfjs tensor. */
export function tensorParts(output: ort.Tensor): {
  readonly values: Float32Array | Int32Array;
  readonly dtype: 'float32' | 'int32' | 'bool';
} {
  const { data } = output;
  if (data instanceof Float32Array) return { values: data, dtype: 'float32' };
  if (data instanceof Int32Array) return { values: data, dtype: 'int32' };
  if (data instanceof BigInt64Array) {
    return { values: Int32Array.from(data, Number), dtype: 'int32' };
  }
  if (data instanceof Uint8Array || data instanceof Int8Array) {
    return {
      values: Int32Array.from(data),
      dtype: output.type === 'bool' ? 'bool' : 'int32',
    };
  }
  throw new HalfnoteError(
    'unsupported-type',
    `An output is ${output.type}, which no tfjs tensor can be.`,
    'Allowed are models with outputs of float32, int32, int64, int8, uint8 and bool.',
  );
}
