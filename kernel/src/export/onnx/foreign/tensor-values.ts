import { onnx } from 'onnx-proto';
import { decodeArray } from '../../../formats/arrays';
import { elementTypeName } from '../proto/element-type';

/** The sizes of a constant. */
export function shapeOf({ dims }: onnx.ITensorProto): readonly number[] {
  return (dims ?? []).map(Number);
}

/** The element type of a constant, as NumPy calls it. */
export function typeOf({ dataType }: onnx.ITensorProto): string {
  return elementTypeName(dataType ?? 0);
}

export function isFloat32(tensor: onnx.ITensorProto): boolean {
  return tensor.dataType === onnx.TensorProto.DataType.FLOAT;
}

/** The numbers of a float32 or float16 constant, wherever the file has them; undefined of other types. */
export function floatsOf(tensor: onnx.ITensorProto): Float32Array<ArrayBuffer> | undefined {
  const { FLOAT, FLOAT16 } = onnx.TensorProto.DataType;
  const raw = copied(tensor.rawData);
  if (tensor.dataType === FLOAT) {
    return raw === undefined
      ? Float32Array.from(tensor.floatData ?? [])
      : new Float32Array(raw.buffer);
  }
  if (tensor.dataType !== FLOAT16) return undefined;
  const codes =
    raw === undefined ? Uint16Array.from(tensor.int32Data ?? []) : new Uint16Array(raw.buffer);
  return decodeArray('fp16', codes);
}

/** The whole numbers of an int64 or int32 constant; undefined of other types. */
export function integersOf(tensor: onnx.ITensorProto): readonly number[] | undefined {
  const { INT64, INT32 } = onnx.TensorProto.DataType;
  const raw = copied(tensor.rawData);
  if (tensor.dataType === INT64) {
    return raw === undefined
      ? (tensor.int64Data ?? []).map(Number)
      : Array.from(new BigInt64Array(raw.buffer), Number);
  }
  if (tensor.dataType !== INT32) return undefined;
  return raw === undefined ? [...(tensor.int32Data ?? [])] : [...new Int32Array(raw.buffer)];
}

/** In memory of its own, so that wide numbers lie at whole multiples of their width. */
function copied(bytes: Uint8Array | null | undefined): Uint8Array<ArrayBuffer> | undefined {
  return bytes === null || bytes === undefined || bytes.length === 0
    ? undefined
    : Uint8Array.from(bytes);
}
