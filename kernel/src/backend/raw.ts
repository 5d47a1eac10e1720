import type { Tensor } from '@tensorflow/tfjs';
import { attr } from './attributes';
import { native } from './binding';
import type { RawTensor } from './binding';
import type { OpAttribute } from './contract';
import { DT } from './dtypes';

/**
 * Runs one TensorFlow op on native handles and returns its outputs, which the caller owns.
 * No casts, no planner, no listeners. Throws TensorFlow's error.
 */
export function rawOp(
  name: string,
  attributes: readonly OpAttribute[],
  inputs: readonly number[],
  outputs = 1,
): RawTensor[] {
  return native().binding.executeOp(name, attributes, inputs, outputs);
}

/** As {@link rawOp}, for ops with one output; returns its handle. */
export function rawOp1(
  name: string,
  attributes: readonly OpAttribute[],
  inputs: readonly number[],
): number {
  const [output] = rawOp(name, attributes, inputs, 1);
  if (output === undefined) throw new Error(`${name} returned nothing`);
  return output.id;
}

/** Converts values: a new handle of type `to`. Rounds to nearest even; never saturates. */
export function castHandle(id: number, from: number, to: number): number {
  return rawOp1(
    'Cast',
    [attr.type('SrcT', from), attr.type('DstT', to), attr.bool('Truncate', false)],
    [id],
  );
}

/** The same bits as another type of the same width: a new handle. */
export function bitcastHandle(id: number, from: number, to: number): number {
  return rawOp1('Bitcast', [attr.type('T', from), attr.type('type', to)], [id]);
}

/**
 * A native tensor from JavaScript values. The binding shares the array's memory and takes only
 * Float32Array (`DT.float`), Int32Array (`DT.int32`) and Uint8Array (`DT.uint8`, `DT.bool`).
 */
export function createHandle(
  shape: readonly number[],
  values: Float32Array | Int32Array | Uint8Array,
): number {
  const dtype =
    values instanceof Float32Array ? DT.float : values instanceof Int32Array ? DT.int32 : DT.uint8;
  return native().binding.createTensor(shape, dtype, values);
}

/** A handle with a copy of the data, which shares no memory with a JavaScript array. */
export function copyHandle(id: number, dtype: number): number {
  return rawOp1('DeepCopy', [attr.type('T', dtype)], [id]);
}

/** Reads a handle: floats of any width as Float32Array, integers up to 32 bits as Int32Array. */
export function readHandle(id: number, dtype: number = DT.float): Float32Array | Int32Array {
  const { binding } = native();
  const target = TARGET_OF[dtype] ?? dtype;
  if (target === dtype) return binding.tensorDataSync(id) as Float32Array | Int32Array;
  const plain = PLAIN_OF[dtype];
  const bits = plain === undefined ? id : bitcastHandle(id, dtype, plain);
  const source = plain ?? dtype;
  const converted = source === target ? bits : castHandle(bits, source, target);
  try {
    return binding.tensorDataSync(converted) as Float32Array | Int32Array;
  } finally {
    if (converted !== bits) binding.deleteTensor(converted);
    if (bits !== id) binding.deleteTensor(bits);
  }
}

/** Types that the binding can't read, and what they are read as. */
const TARGET_OF: Readonly<Record<number, number>> = {
  [DT.half]: DT.float,
  [DT.bfloat16]: DT.float,
  [DT.double]: DT.float,
  [DT.float8E5M2]: DT.float,
  [DT.float8E4M3FN]: DT.float,
  [DT.int8]: DT.int32,
  [DT.uint8]: DT.int32,
  [DT.int16]: DT.int32,
  [DT.uint16]: DT.int32,
  [DT.qint8]: DT.int32,
  [DT.quint8]: DT.int32,
  [DT.qint32]: DT.int32,
};

/** Quantized types have no casts: the plain type with the same bits. */
const PLAIN_OF: Readonly<Record<number, number>> = {
  [DT.qint8]: DT.int8,
  [DT.quint8]: DT.uint8,
  [DT.qint32]: DT.int32,
};

/** None is none to delete without a native backend too. */
export function deleteHandles(...ids: readonly number[]): void {
  if (ids.length === 0) return;
  const { binding } = native();
  for (const id of ids) binding.deleteTensor(id);
}

/** The handle behind a tensor. The tensor keeps it: don't delete it. */
export function handleOf(tensor: Tensor): number {
  const [id] = native().getInputTensorIds([tensor]);
  if (id === undefined) throw new Error('a tensor without a handle');
  return id;
}

/** The true native type of a tensor: {@link DT}.half for a float16 tensor whose JS dtype is float32. */
export function nativeDtype(tensor: Tensor): number {
  const { tensorMap } = native();
  // Asking for data of another backend would move it here.
  return (
    (tensorMap.has(tensor.dataId) ? tensorMap.get(tensor.dataId)?.dtype : undefined) ?? DT.float
  );
}

/**
 * A tensor that takes over a handle. 16-bit floats get JS dtype `float32`; types that tfjs has no
 * dtype for (int8, quantized, float8) are refused: cast them first.
 */
export function tensorFromHandle(raw: RawTensor): Tensor {
  return native().createOutputTensor(raw);
}
