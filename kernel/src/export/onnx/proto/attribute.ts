import { onnx } from 'onnx-proto';
import { ELEMENT_TYPES, type ElementType } from './element-type';

/**
 * A value of a node's attribute. ONNX tells floats from integers by type and not by value, so a
 * plain number is an integer, and a float is wrapped.
 */
export type AttributeValue =
  | number
  | string
  | readonly number[]
  | readonly string[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly graph: onnx.IGraphProto };

export type Attributes = Readonly<Record<string, AttributeValue>>;

export const float = (value: number): { readonly float: number } => ({ float: value });

/** The `to` of a `Cast`. */
export const typeCode = (type: ElementType): number => ELEMENT_TYPES[type];

export function attributeProto(name: string, value: AttributeValue): onnx.IAttributeProto {
  const { AttributeType } = onnx.AttributeProto;
  if (typeof value === 'number') return { name, type: AttributeType.INT, i: value };
  if (typeof value === 'string') return { name, type: AttributeType.STRING, s: utf8(value) };
  if ('float' in value) return { name, type: AttributeType.FLOAT, f: value.float };
  if ('floats' in value) return { name, type: AttributeType.FLOATS, floats: [...value.floats] };
  if ('graph' in value) return { name, type: AttributeType.GRAPH, g: value.graph };
  if (value.every((item) => typeof item === 'number')) {
    return { name, type: AttributeType.INTS, ints: [...value] };
  }
  return { name, type: AttributeType.STRINGS, strings: value.map((item) => utf8(item)) };
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
