import { ONNX_TYPES } from '../../../formats/names';

/**
 * Codes of ONNX's element types (`TensorProto.DataType`). The schema keeps them as plain integers, so
 * types that are younger than the protobuf package at hand (int4, uint4: ONNX 1.16) are written too.
 */
export const ELEMENT_TYPES: Readonly<Record<ElementType, number>> = {
  ...ONNX_TYPES,
  int64: 7,
  bool: 9,
};

export type ElementType = keyof typeof ONNX_TYPES | 'int64' | 'bool';

/** A float type that a whole graph may compute in. */
export type FloatType = 'float32' | 'float16';

/** The name of an element type's code, `type 16` where it is none of ours. */
export function elementTypeName(code: number): string {
  const found = Object.entries(ELEMENT_TYPES).find(([, value]) => value === code);
  return found?.[0] ?? `type ${code}`;
}
