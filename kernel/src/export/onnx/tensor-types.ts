import type * as tf from '@tensorflow/tfjs';
import { decodeArray, encodeArray } from '../../formats/arrays';

type Numbers = Float32Array | Int32Array | Uint8Array;

/** What tfjs holds the elements of a tensor in. */
export type TfjsData = Numbers | string[];

/** What ONNX Runtime does. */
export type OrtData =
  | TfjsData
  | Float64Array
  | Int8Array
  | Int16Array
  | Uint16Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** How an ONNX element type is fed from a tfjs tensor, and becomes one. */
export interface TensorType {
  /** The tfjs types that it is fed from. */
  readonly takes: readonly tf.DataType[];
  /** The tfjs type that it becomes. */
  readonly gives: 'float32' | 'int32' | 'bool' | 'string';
  /** What it holds, in words. */
  readonly holds: string;
  /** What it doesn't hold comes out as something else. */
  readonly encode: (values: TfjsData) => OrtData;
  /** What the data stand for. */
  readonly decode: (data: OrtData) => OrtData;
  /** What `gives` doesn't hold comes out as something else. */
  readonly toTfjs: (decoded: OrtData) => TfjsData;
}

/** The ONNX element types that tfjs tensors can be made of, or make, by their names. */
export const TENSOR_TYPES: Readonly<Record<string, TensorType>> = {
  float32: float('3.4e38', 24, (values) => Float32Array.from(values)),
  float64: float('1.8e308', 53, (values) => Float64Array.from(values)),
  float16: float(
    '65504',
    11,
    (values) => encodeArray('fp16', Float32Array.from(values)) as Uint16Array,
  ),
  int8: integer(-(2n ** 7n), 2n ** 7n, (values) => Int8Array.from(values)),
  uint8: integer(0n, 2n ** 8n, (values) => Uint8Array.from(values)),
  int16: integer(-(2n ** 15n), 2n ** 15n, (values) => Int16Array.from(values)),
  uint16: integer(0n, 2n ** 16n, (values) => Uint16Array.from(values)),
  int32: integer(-(2n ** 31n), 2n ** 31n, (values) => Int32Array.from(values)),
  uint32: integer(0n, 2n ** 32n, (values) => Uint32Array.from(values)),
  int64: integer(-(2n ** 63n), 2n ** 63n, (values) => BigInt64Array.from(values, BigInt)),
  uint64: integer(0n, 2n ** 64n, (values) => BigUint64Array.from(values, BigInt)),
  bool: {
    takes: ['bool'],
    gives: 'bool',
    holds: 'true and false',
    encode: (values) => Uint8Array.from(values as Numbers),
    decode: same,
    toTfjs: (decoded) => decoded as Uint8Array,
  },
  string: {
    takes: ['string'],
    gives: 'string',
    holds: 'any text',
    encode: (values) => values,
    decode: same,
    toTfjs: (decoded) => decoded as string[],
  },
};

/** From `min` to the number before `end`. */
function integer(min: bigint, end: bigint, encode: (values: Numbers) => OrtData): TensorType {
  return {
    takes: ['int32', 'bool'],
    gives: 'int32',
    holds: `${min} to ${end - 1n}`,
    encode: (values) => encode(values as Numbers),
    decode: same,
    toTfjs: (decoded) => Int32Array.from(decoded as ArrayLike<number | bigint>, Number),
  };
}

function float(max: string, precision: number, encode: (values: Numbers) => OrtData): TensorType {
  return {
    takes: ['float32', 'int32', 'bool'],
    gives: 'float32',
    holds: `-${max} to ${max}, every whole number only up to ${2 ** precision}`,
    encode: (values) => encode(values as Numbers),
    // ONNX Runtime has halves as their codes, but in a Node.js that has an array of them.
    decode: (data) => (data instanceof Uint16Array ? decodeArray('fp16', data) : data),
    toTfjs: (decoded) => Float32Array.from(decoded as Float64Array),
  };
}

function same(data: OrtData): OrtData {
  return data;
}

/**
 * The place of the first value that a conversion has changed; -1 where it has none. Floats may be
 * rounded, but a finite one stays finite.
 */
export function firstChanged(before: OrtData, after: OrtData, isWhole: boolean): number {
  return (before as readonly unknown[]).findIndex((value, i) => {
    if (typeof value === 'string') return false;
    const converted = Number(after[i]);
    return isWhole
      ? converted !== Number(value)
      : Number.isFinite(value) && !Number.isFinite(converted);
  });
}
