import { createHash } from 'node:crypto';
import type { onnx } from 'onnx-proto';
import { encodeArray } from '../../../formats/arrays';
import { packCodes } from '../../../formats/packing';
import { ELEMENT_TYPES, type ElementType } from './element-type';

/** A constant of an ONNX graph: its elements as they lie in the file, little-endian. */
export interface OnnxTensor {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export function float32Tensor(values: ArrayLike<number>, shape: readonly number[]): OnnxTensor {
  return { type: 'float32', shape, bytes: bytesOf(Float32Array.from(values)) };
}

/** Rounded to nearest even; what is beyond 65504 becomes infinite: check before. */
export function float16Tensor(values: ArrayLike<number>, shape: readonly number[]): OnnxTensor {
  return { type: 'float16', shape, bytes: bytesOf(encodeArray('fp16', Float32Array.from(values))) };
}

export function int64Tensor(values: readonly number[], shape?: readonly number[]): OnnxTensor {
  const wide = BigInt64Array.from(values, (value) => BigInt(value));
  return { type: 'int64', shape: shape ?? [values.length], bytes: bytesOf(wide) };
}

export function int32Tensor(values: Int32Array, shape: readonly number[]): OnnxTensor {
  return { type: 'int32', shape, bytes: bytesOf(values) };
}

export function int8Tensor(values: Int8Array, shape: readonly number[]): OnnxTensor {
  return { type: 'int8', shape, bytes: bytesOf(values) };
}

export function uint8Tensor(values: Uint8Array, shape: readonly number[]): OnnxTensor {
  return { type: 'uint8', shape, bytes: bytesOf(values) };
}

/** Two codes a byte, the first in the low half. */
export function int4Tensor(codes: Int8Array, shape: readonly number[]): OnnxTensor {
  const nibbles = Uint8Array.from(codes, (code) => code & 0xf);
  return { type: 'int4', shape, bytes: packCodes(nibbles, 4) };
}

export function uint4Tensor(codes: Uint8Array, shape: readonly number[]): OnnxTensor {
  return { type: 'uint4', shape, bytes: packCodes(codes, 4) };
}

/** Equal for constants with the same type, shape and bytes, and for no others. */
export function contentKey({ type, shape, bytes }: OnnxTensor): string {
  const digest = createHash('sha256').update(bytes).digest('base64');
  return `${type}[${shape.join()}]${digest}`;
}

export function tensorProto(name: string, tensor: OnnxTensor): onnx.ITensorProto {
  return {
    name,
    dims: [...tensor.shape],
    dataType: ELEMENT_TYPES[tensor.type],
    rawData: tensor.bytes,
  };
}

function bytesOf(values: {
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
  readonly byteLength: number;
}): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
