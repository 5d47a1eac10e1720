import { createRequire } from 'node:module';
import { types } from 'node:util';
import { counted } from '../display/words';
import type { VariableKind, VariableRow } from '../payloads/comms';
import {
  byteLengthOf,
  classNameOf,
  isPlainToRead,
  ownData,
  sizeOf,
  typedArrayName,
} from './data-of';
import { modelFacts } from './models';
import { cut, shortText } from './short-text';
import { tensorFacts } from './tensors';

/** What JavaScript's arrays of numbers keep them in. */
const ARRAY_FORMATS: Readonly<Record<string, string>> = {
  Float64Array: 'fp64',
  Float32Array: 'fp32',
  Float16Array: 'fp16',
  Int32Array: 'int32',
  Uint32Array: 'uint32',
  Int16Array: 'int16',
  Uint16Array: 'uint16',
  Int8Array: 'int8',
  Uint8Array: 'uint8',
  Uint8ClampedArray: 'uint8',
  BigInt64Array: 'int64',
  BigUint64Array: 'uint64',
};

/** All CommonJS modules of this process. */
const loaded = createRequire(__filename);

/** UTF-16 units of names, of variables and of classes. */
const LONGEST_NAME = 200;

type Facts = Omit<VariableRow, 'name'>;

/** A variable as a list shows it. Runs nothing of the user's: no getter, no proxy, no method. */
export function describe(name: string, value: unknown): VariableRow {
  const facts = factsOf(value);
  return { ...facts, name: cut(name, LONGEST_NAME), type: cut(facts.type, LONGEST_NAME) };
}

function factsOf(value: unknown): Facts {
  const tensor = tensorFacts(value);
  if (tensor !== undefined) {
    const { shape, format, bytes, isDisposed } = tensor;
    const type = classNameOf(value as object) ?? 'Tensor';
    const text = isDisposed ? 'disposed' : '';
    return { kind: 'tensor', type, shape, format, bytes, text };
  }
  const model = modelFacts(value);
  if (model !== undefined) {
    const { layers, parameters, format, bytes } = model;
    const type = classNameOf(value as object) ?? 'Model';
    const text = `${counted(layers.length, 'layer')}, ${counted(parameters, 'parameter')}`;
    return { kind: 'model', type, shape: null, format, bytes, text };
  }
  const facts = plainFacts(value);
  return { ...facts, text: facts.kind === 'module' ? '' : shortText(value) };
}

function plainFacts(value: unknown): Omit<Facts, 'text'> {
  const data = (type: string, more: Partial<Facts> = {}): Omit<Facts, 'text'> => ({
    ...{ kind: 'data', type, shape: null, format: '', bytes: null },
    ...more,
  });
  if (value === null) return data('null');
  if (typeof value === 'number') return data('number', { format: 'fp64', bytes: 8 });
  if (typeof value !== 'object' && typeof value !== 'function') return data(typeof value);
  if (!isPlainToRead(value)) return data('Proxy');
  if (typeof value === 'function') return data(functionType(value), { kind: 'function' });
  const kind: VariableKind = isModule(value) ? 'module' : 'data';
  if (kind === 'module') return data('module', { kind });
  const size = sizeOf(value);
  const shape = size === undefined ? null : [size];
  const bytes = byteLengthOf(value) ?? null;
  if (types.isTypedArray(value)) {
    const format = ARRAY_FORMATS[typedArrayName(value)] ?? '';
    return data(classNameOf(value) ?? typedArrayName(value), { shape, format, bytes });
  }
  return data(classNameOf(value) ?? 'Object', { shape, bytes });
}

/** V8 has no other way to tell a class, and its text can't be changed. */
function functionType(value: object): string {
  return /^class\b/.test(Function.prototype.toString.call(value)) ? 'class' : 'function';
}

/** A module as it was imported: of ES, or what `import * as` makes of a CommonJS one. */
export function isModule(value: unknown): boolean {
  if (!isPlainToRead(value)) return false;
  if (types.isModuleNamespaceObject(value) || ownData(value, '__esModule') === true) return true;
  // Its exports are the default.
  const exported = ownData(value, 'default');
  return (
    isPlainToRead(exported) &&
    Object.values(loaded.cache).some((module) => ownData(module, 'exports') === exported)
  );
}
