import { types } from 'node:util';
import { encodeNumber } from '../display/numbers';
import { MOST_VALUES, type VariableEntry, type VariableValues } from '../payloads/comms';
import { isPlainToRead, itemsOf, ownData, sizeOf } from './data-of';
import { describe } from './describe';
import { modelFacts } from './models';
import { cut, propertyText, shortText } from './short-text';
import { tensorFacts } from './tensors';

/** Reading values waits for the device and copies them all: 4 Mi values are 16 MiB. */
const MOST_READ = 2 ** 22;
/** The same of JavaScript's lists, which are looked at element by element. */
const MOST_LISTED = 2 ** 17;
/** UTF-16 units of a text. */
const LONGEST = 2000;
/** Of a string in a list of strings. */
const LONGEST_ENTRY = 200;

/** What is in a value, the first of it. As `describe`, it runs nothing of the user's. */
export function valuesOf(value: unknown): VariableValues {
  const tensor = tensorFacts(value);
  if (tensor !== undefined) {
    if (tensor.isDisposed) return { kind: 'none', why: 'disposed' };
    if (tensor.size > MOST_READ) return { kind: 'none', why: 'too-large' };
    try {
      return listed(tensor.read(), tensor.size);
    } catch {
      // A device that has failed, or a tensor that a step has taken apart.
      return { kind: 'none', why: 'unreadable' };
    }
  }
  const model = modelFacts(value);
  if (model !== undefined) {
    const { layers } = model;
    return { kind: 'layers', layers: layers.slice(0, MOST_VALUES), size: layers.length };
  }
  return plainValues(value);
}

/** What a backend has read of a tensor. */
function listed(read: unknown, size: number): VariableValues {
  if (types.isTypedArray(read)) return numbers(read, read.length, size);
  if (!Array.isArray(read)) return { kind: 'none', why: 'unreadable' };
  const decoder = new TextDecoder();
  const texts = read.slice(0, MOST_VALUES).map((item: unknown, index): VariableEntry => {
    const text = item instanceof Uint8Array ? decoder.decode(item) : String(item);
    return { key: String(index), type: 'string', text: cut(text, LONGEST_ENTRY) };
  });
  return { kind: 'entries', entries: texts, size };
}

function numbers(values: ArrayLike<unknown>, length: number, size = length): VariableValues {
  let [min, max, sum, nanCount, infiniteCount] = [Infinity, -Infinity, 0, 0, 0];
  for (let index = 0; index < length; index++) {
    const value = Number(values[index]);
    if (Number.isNaN(value)) nanCount++;
    else if (!Number.isFinite(value)) infiniteCount++;
    else {
      sum += value;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  const finite = length - nanCount - infiniteCount;
  const figure = (value: number) => (finite === 0 ? null : encodeNumber(value));
  return {
    kind: 'numbers',
    first: Array.from({ length: Math.min(length, MOST_VALUES) }, (_, index) =>
      encodeNumber(Number(values[index])),
    ),
    size,
    ...{ min: figure(min), max: figure(max), mean: figure(sum / finite) },
    ...{ nanCount, infiniteCount },
  };
}

function plainValues(value: unknown): VariableValues {
  if (typeof value === 'string')
    return { kind: 'text', text: cut(value, LONGEST), size: value.length };
  if (typeof value === 'function') {
    const text = types.isProxy(value) ? '' : Function.prototype.toString.call(value);
    return { kind: 'text', text: cut(text, LONGEST), size: text.length };
  }
  if (value === null || typeof value !== 'object') {
    const text = shortText(value);
    return { kind: 'text', text, size: text.length };
  }
  if (!isPlainToRead(value)) return { kind: 'none', why: 'nothing' };
  if (types.isTypedArray(value)) {
    const size = sizeOf(value) ?? 0;
    if (size > MOST_READ) return { kind: 'none', why: 'too-large' };
    // Its elements are its own, whatever a subclass says of its length.
    return numbers(value, size);
  }
  if (Array.isArray(value)) {
    const { length } = value;
    const items = itemsOf(value, MOST_LISTED) ?? [];
    if (length > 0 && length <= MOST_LISTED && items.every((item) => typeof item === 'number'))
      return numbers(items, length);
    const entries = items
      .slice(0, MOST_VALUES)
      .map((item, index) => entry(String(index), item, propertyText(value, index)));
    return { kind: 'entries', entries, size: length };
  }
  return collected(value);
}

/** By JavaScript's own methods, whatever a subclass has. */
function pairsOf(value: object): Iterable<readonly [unknown, unknown]> {
  return types.isMap(value)
    ? Map.prototype.entries.call(value)
    : Set.prototype.entries.call(value as Set<unknown>);
}

function collected(value: object): VariableValues {
  const size = sizeOf(value);
  if (size !== undefined) {
    const entries: VariableEntry[] = [];
    for (const [key, item] of pairsOf(value)) {
      if (entries.length === MOST_VALUES) break;
      entries.push(entry(types.isMap(value) ? shortText(key) : String(entries.length), item));
    }
    return { kind: 'entries', entries, size };
  }
  const keys = Object.keys(value);
  if (keys.length === 0) return { kind: 'none', why: 'nothing' };
  const entries = keys
    .slice(0, MOST_VALUES)
    .map((key) => entry(key, ownData(value, key), propertyText(value, key)));
  return { kind: 'entries', entries, size: keys.length };
}

function entry(key: string, item: unknown, text = shortText(item)): VariableEntry {
  const shown = text === '(getter)' ? { type: '', text } : { type: describe('', item).type, text };
  return { key: cut(key, LONGEST_ENTRY), type: shown.type, text: cut(shown.text, LONGEST_ENTRY) };
}
