import { decodeArray, encodeArray } from '../../formats/arrays';
import type { CodeArray } from '../../formats/codes';
import type { FormatId } from '../../formats/table';
import { type OrtData, TENSOR_TYPES, type TensorType } from '../onnx/tensor-types';

/** How files of arrays hold numbers of a type, little-endian. */
interface Stored {
  /** NumPy's kind and width; none where .npy has no such type. */
  readonly numpy?: string;
  readonly safetensors?: string;
  /** The format of a float that JavaScript has no array of. */
  readonly format?: FormatId;
}

/** The element types of .npy and .safetensors files, as NumPy and ml_dtypes call them. */
const STORED = {
  bool: { numpy: 'b1', safetensors: 'BOOL' },
  int8: { numpy: 'i1', safetensors: 'I8' },
  uint8: { numpy: 'u1', safetensors: 'U8' },
  int16: { numpy: 'i2', safetensors: 'I16' },
  uint16: { numpy: 'u2', safetensors: 'U16' },
  int32: { numpy: 'i4', safetensors: 'I32' },
  uint32: { numpy: 'u4', safetensors: 'U32' },
  int64: { numpy: 'i8', safetensors: 'I64' },
  uint64: { numpy: 'u8', safetensors: 'U64' },
  float16: { numpy: 'f2', safetensors: 'F16', format: 'fp16' },
  bfloat16: { safetensors: 'BF16', format: 'bf16' },
  float32: { numpy: 'f4', safetensors: 'F32' },
  float64: { numpy: 'f8', safetensors: 'F64' },
  float8_e4m3fn: { safetensors: 'F8_E4M3', format: 'e4m3' },
  float8_e5m2: { safetensors: 'F8_E5M2', format: 'e5m2' },
  float8_e8m0fnu: { safetensors: 'F8_E8M0', format: 'e8m0' },
  float8_e4m3fnuz: { safetensors: 'F8_E4M3FNUZ', format: 'e4m3fnuz' },
  float8_e5m2fnuz: { safetensors: 'F8_E5M2FNUZ', format: 'e5m2fnuz' },
} as const satisfies Readonly<Record<string, Stored>>;

export type ArrayType = keyof typeof STORED;
export const ARRAY_TYPES: Readonly<Record<ArrayType, Stored>> = STORED;

/** The type that a kind of file calls so; undefined where it is none of ours. */
export function typeCalled(file: 'numpy' | 'safetensors', name: string): ArrayType | undefined {
  return (Object.keys(STORED) as ArrayType[]).find((type) => ARRAY_TYPES[type][file] === name);
}

const VIEWS = {
  int8: Int8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
} as const;

type ElementView = (typeof VIEWS)[keyof typeof VIEWS] | Uint8ArrayConstructor;

/** What JavaScript holds elements of a type in. */
function viewOf(type: ArrayType): ElementView {
  return Object.hasOwn(VIEWS, type) ? VIEWS[type as keyof typeof VIEWS] : Uint8Array;
}

/** Of one element. */
export function elementBytes(type: ArrayType): number {
  return viewOf(type).BYTES_PER_ELEMENT;
}

/** The numbers that an array's bytes stand for. The bytes are not kept. */
export function decodeElements(type: ArrayType, bytes: Uint8Array): OrtData {
  // A copy, so that wide elements lie at whole multiples of their width.
  const data = new (viewOf(type))(Uint8Array.from(bytes).buffer);
  const { format } = ARRAY_TYPES[type];
  return format === undefined ? data : decodeArray(format, data as CodeArray);
}

/** The bytes of numbers; what the type doesn't hold comes out as something else. */
export function encodeElements(type: ArrayType, values: OrtData): Uint8Array {
  const { format } = ARRAY_TYPES[type];
  const data =
    format === undefined
      ? tensorTypeOf(type).encode(values as Float32Array)
      : encodeArray(format, Float32Array.from(values as Float32Array));
  const { buffer, byteOffset, byteLength } = data as Uint8Array;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** How a tfjs tensor is made of such elements, and they of it. */
export function tensorTypeOf(type: ArrayType): TensorType {
  return TENSOR_TYPES[type] ?? (TENSOR_TYPES.float32 as TensorType);
}
