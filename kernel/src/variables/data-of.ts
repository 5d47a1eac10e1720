import { types } from 'node:util';

/**
 * Values looked at without a word of their own code: getters are not called, proxies not asked, and what
 * classes say of themselves is not believed. Whatever a cell has made can be looked at so, at any time.
 */

/** An object or a function that isn't a proxy. */
export function isPlainToRead(value: unknown): value is object {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return false;
  return !types.isProxy(value);
}

/** An own property's value; undefined for a getter, and for one that has no value yet. */
export function ownData(value: unknown, key: PropertyKey): unknown {
  if (!isPlainToRead(value)) return undefined;
  try {
    return Object.getOwnPropertyDescriptor(value, key)?.value as unknown;
  } catch {
    // An export of a module that hasn't run.
    return undefined;
  }
}

/** The same, also of what it inherits. */
export function dataOf(value: unknown, key: PropertyKey): unknown {
  for (let at: unknown = value; isPlainToRead(at); at = Object.getPrototypeOf(at))
    if (Object.prototype.hasOwnProperty.call(at, key)) return ownData(at, key);
  return undefined;
}

/**
 * A copy of a list's items, up to `most`; undefined for what is no list. Arrays may have methods of their own,
 * and getters for items: these are undefined.
 */
export function itemsOf(value: unknown, most: number): readonly unknown[] | undefined {
  if (!isPlainToRead(value) || !Array.isArray(value)) return undefined;
  return Array.from({ length: Math.min(value.length, most) }, (_, index) => ownData(value, index));
}

/** The name of its class, without asking the class. */
export function classNameOf(value: object): string | undefined {
  const name = ownData(dataOf(value, 'constructor'), 'name');
  return typeof name === 'string' && name !== '' ? name : undefined;
}

type Getter = (this: unknown) => unknown;

/** A getter of JavaScript's own classes, which no subclass can stand in for. */
function intrinsic(prototype: object, key: PropertyKey): (value: unknown) => unknown {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with the value that is read
  const get = Object.getOwnPropertyDescriptor(prototype, key)?.get as Getter;
  return (value) => get.call(value);
}

const TypedArray = Object.getPrototypeOf(Uint8Array.prototype) as object;
const readSize = {
  array: intrinsic(TypedArray, 'length'),
  map: intrinsic(Map.prototype, 'size'),
  set: intrinsic(Set.prototype, 'size'),
};
const readByteLength = {
  array: intrinsic(TypedArray, 'byteLength'),
  buffer: intrinsic(ArrayBuffer.prototype, 'byteLength'),
};
/** `Float32Array`, whatever its subclass is called. */
export const typedArrayName = intrinsic(TypedArray, Symbol.toStringTag) as (
  value: NodeJS.TypedArray,
) => string;

/** How many elements it has; undefined for what isn't a collection. */
export function sizeOf(value: unknown): number | undefined {
  if (!isPlainToRead(value)) return undefined;
  if (Array.isArray(value)) return value.length;
  if (types.isTypedArray(value)) return readSize.array(value) as number;
  if (types.isMap(value)) return readSize.map(value) as number;
  return types.isSet(value) ? (readSize.set(value) as number) : undefined;
}

/** Bytes of a typed array or a buffer. */
export function byteLengthOf(value: unknown): number | undefined {
  if (!isPlainToRead(value)) return undefined;
  if (types.isTypedArray(value)) return readByteLength.array(value) as number;
  return types.isArrayBuffer(value) ? (readByteLength.buffer(value) as number) : undefined;
}
