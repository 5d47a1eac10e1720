/** TensorFlow's data type codes (`tensorflow/core/framework/types.proto`). */
export const DT = {
  float: 1,
  double: 2,
  int32: 3,
  uint8: 4,
  int16: 5,
  int8: 6,
  string: 7,
  complex64: 8,
  int64: 9,
  bool: 10,
  qint8: 11,
  quint8: 12,
  qint32: 13,
  bfloat16: 14,
  uint16: 17,
  half: 19,
  resource: 20,
  uint32: 22,
  uint64: 23,
  float8E5M2: 24,
  float8E4M3FN: 25,
  int4: 29,
  uint4: 30,
} as const;

const BYTES: Readonly<Record<number, number>> = {
  [DT.double]: 8,
  [DT.complex64]: 8,
  [DT.int64]: 8,
  [DT.uint64]: 8,
  [DT.float]: 4,
  [DT.int32]: 4,
  [DT.uint32]: 4,
  [DT.qint32]: 4,
  [DT.bfloat16]: 2,
  [DT.half]: 2,
  [DT.int16]: 2,
  [DT.uint16]: 2,
};

/** Bytes per element; 1 for the 8-bit types, 0 for strings and resources, which have no fixed size. */
export function bytesPerElement(code: number): number {
  return code === DT.string || code === DT.resource ? 0 : (BYTES[code] ?? 1);
}

/** Bytes of a tensor's data, at its true width. */
export function bytesOf(shape: readonly number[], code: number): number {
  return shape.reduce((product, size) => product * size, bytesPerElement(code));
}
