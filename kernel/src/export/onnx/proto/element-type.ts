import { ONNX_TYPES } from '../../../formats/names';

/**
 * Codes of ONNX's element types (`TensorProto.DataType`). The schema keeps them as plain integers, so
 * types that are younger than the protobuf package at hand (int4, uint4: ONNX 1.16; floats of 8 and 4
 * bits: 1.14 and 1.18) are written too.
 */
export const ELEMENT_TYPES: Readonly<Record<ElementType, number>> = {
  ...ONNX_TYPES,
  int64: 7,
  bool: 9,
};

export type ElementType = keyof typeof ONNX_TYPES | 'int64' | 'bool';

/** A float type that a whole graph may compute in. */
export type FloatType = 'float32' | 'float16';

/** The names of what ONNX has beside these, as NumPy and ml_dtypes call them. */
const FURTHER_TYPES: readonly (readonly [code: number, name: string])[] = [
  [4, 'uint16'],
  [5, 'int16'],
  [8, 'string'],
  [11, 'float64'],
  [12, 'uint32'],
  [13, 'uint64'],
  [14, 'complex64'],
  [15, 'complex128'],
  [24, 'float8_e8m0fnu'],
  [25, 'uint2'],
  [26, 'int2'],
  [27, 'float6_e2m3fn'],
  [28, 'float6_e3m2fn'],
];

const TYPE_NAMES: ReadonlyMap<number, string> = new Map([
  ...Object.entries(ELEMENT_TYPES).map(([name, code]) => [code, name] as const),
  ...FURTHER_TYPES,
]);

/** The name of an element type's code, `type 99` where ONNX 1.23 has none. */
export function elementTypeName(code: number): string {
  return TYPE_NAMES.get(code) ?? `type ${code}`;
}

/** The code of an element type by its name; 0, which is no type, of a name that isn't one. */
export function elementTypeCode(name: string): number {
  return [...TYPE_NAMES].find(([, known]) => known === name)?.[0] ?? 0;
}
