import { ATTR } from '../attributes';
import type { OpAttribute } from '../contract';
import { bytes, float, integer, message } from './protobuf';
import { bufferOf, type ConstantData, type TensorType } from './tape';

/**
 * Messages of TensorFlow's graphs (`tensorflow/core/framework`: `graph.proto`, `node_def.proto`,
 * `attr_value.proto`, `tensor.proto`, `tensor_shape.proto`), as far as steps need them.
 */

/** Written by a TensorFlow of this age or later, so that no rules of older graphs apply. */
const PRODUCER = 2000;

/** A serialized `GraphDef` of serialized nodes. */
export function graphDef(nodes: readonly Buffer[]): Buffer {
  return Buffer.concat([...nodes, message(4, [integer(1, PRODUCER)])]);
}

/** A node; an input is `name`, `name:output`, or `^name` for what only has to have run. */
export function node(
  name: string,
  op: string,
  inputs: readonly string[],
  attributes: readonly Buffer[] = [],
): Buffer {
  return message(1, [
    bytes(1, name),
    bytes(2, op),
    ...inputs.map((input) => bytes(3, input)),
    ...attributes,
  ]);
}

export function placeholder(name: string, { shape, dtype }: TensorType): Buffer {
  return node(name, 'Placeholder', [], [typeAttribute('dtype', dtype), shapeAttribute(shape)]);
}

export function constant(name: string, { shape, dtype }: TensorType, data: ConstantData): Buffer {
  const tensor = [integer(1, dtype), message(2, shapeFields(shape)), bytes(4, bufferOf(data))];
  return node(
    name,
    'Const',
    [],
    [typeAttribute('dtype', dtype), attribute('value', message(8, tensor))],
  );
}

export function typeAttribute(name: string, code: number): Buffer {
  return attribute(name, integer(6, code));
}

export function shapeAttribute(shape: readonly number[]): Buffer {
  return attribute('shape', message(7, shapeFields(shape)));
}

/** An attribute as the binding takes it. @throws Error for a kind that it doesn't. */
export function opAttribute({ name, type, value }: OpAttribute): Buffer {
  return attribute(name, attributeValue(type, value));
}

function attribute(name: string, value: Buffer): Buffer {
  return message(5, [bytes(1, name), bytes(2, value)]);
}

function attributeValue(type: number, value: unknown): Buffer {
  if (Array.isArray(value) && type !== ATTR.shape) {
    return message(
      1,
      value.map((one) => single(type, one)),
    );
  }
  return type === ATTR.shape
    ? message(7, shapeFields(value as readonly number[]))
    : single(type, value);
}

/** The fields of `AttrValue` and of its `ListValue` have the same numbers. */
function single(type: number, value: unknown): Buffer {
  switch (type) {
    case ATTR.string:
      return bytes(2, String(value));
    case ATTR.int:
      return integer(3, Number(value));
    case ATTR.float:
      return float(4, Number(value));
    case ATTR.bool:
      return integer(5, value === true ? 1 : 0);
    case ATTR.type:
      return integer(6, Number(value));
    default:
      throw new Error(`attributes of kind ${type} can't be part of a graph`);
  }
}

function shapeFields(shape: readonly number[]): Buffer[] {
  return shape.map((size) => message(2, [integer(1, size)]));
}
