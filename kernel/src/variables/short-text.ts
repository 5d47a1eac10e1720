import { types } from 'node:util';
import { classNameOf, isPlainToRead, ownData, sizeOf } from './data-of';
import { tensorFacts } from './tensors';

/** UTF-16 units of one text. */
const LONGEST = 60;
/** Items of a list or an object that are named. */
const MOST = 6;

/** One line that says what a value is; empty where there is nothing short to say. */
export function shortText(value: unknown): string {
  return cut(briefOf(value, 2).replace(/\s+/g, ' '), LONGEST);
}

export function cut(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

/** `depth`: how far the items of lists and objects are told. */
function briefOf(value: unknown, depth: number): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, LONGEST));
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'symbol') return 'Symbol';
  if (value === null || (typeof value !== 'object' && typeof value !== 'function'))
    return Object.is(value, -0) ? '-0' : String(value);
  if (!isPlainToRead(value)) return 'Proxy';
  if (typeof value === 'function') return nameOf(value);
  const tensor = tensorFacts(value);
  if (tensor !== undefined) return `Tensor [${tensor.shape.join(', ')}]`;
  if (types.isDate(value)) return dateText(value);
  if (types.isRegExp(value)) return 'RegExp';
  if (types.isNativeError(value)) return messageOf(value);
  if (depth === 0) return Array.isArray(value) ? '[…]' : '{…}';
  if (Array.isArray(value)) return `[${listText(value, depth)}]`;
  if (types.isTypedArray(value)) return `[${listText(value, depth)}]`;
  return isRecord(value) ? recordText(value, depth) : '';
}

function nameOf(value: object): string {
  const name = ownData(value, 'name');
  return typeof name === 'string' ? name : '';
}

function dateText(value: Date): string {
  const time = Date.prototype.getTime.call(value);
  return Number.isNaN(time) ? 'Invalid Date' : new Date(time).toISOString();
}

function messageOf(value: object): string {
  const message = ownData(value, 'message');
  return typeof message === 'string' ? message : '';
}

function listText(value: object, depth: number): string {
  const size = sizeOf(value) ?? 0;
  const items = Array.from({ length: Math.min(size, MOST) }, (_, index) =>
    briefOf(ownData(value, index), depth - 1),
  );
  return [...items, ...(size > MOST ? [`… ${size - MOST} more`] : [])].join(', ');
}

/** `{}`, and what `Object.create(null)` makes: objects of a class have fields that are no business of a list. */
function isRecord(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return (
    prototype === null ||
    prototype === Object.prototype ||
    (classNameOf(value) === 'Object' && Object.getPrototypeOf(prototype) === null)
  );
}

function recordText(value: object, depth: number): string {
  const keys = Object.keys(value);
  const parts = keys.slice(0, MOST).map((key) => `${key}: ${propertyText(value, key, depth - 1)}`);
  const rest = keys.length > MOST ? [`… ${keys.length - MOST} more`] : [];
  return parts.length === 0 ? '{}' : `{ ${[...parts, ...rest].join(', ')} }`;
}

/** A property's value in short; of a getter that it is one. */
export function propertyText(value: object, key: PropertyKey, depth = 1): string {
  const isGetter = Object.getOwnPropertyDescriptor(value, key)?.get !== undefined;
  return isGetter ? '(getter)' : briefOf(ownData(value, key), depth);
}
