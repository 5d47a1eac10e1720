import { createRequire } from 'node:module';
import { inspect } from 'node:util';
import { HalfnoteError } from '../errors';
import { host, type Host } from '../host';
import { isTensor } from '../display/tensor-like';
import { loadedEngine } from '../patches/loaded-engine';
import { TextView } from '../display/text-view';
import { usersVariables } from '../variables/list';

/** All CommonJS modules of this process. */
const loaded = createRequire(__filename);

const VALUE_WIDTH = 60;
/** How deep %reset looks for tensors in arrays and objects. */
const MAX_DEPTH = 4;

/** The notebook's variables with type and short value. Throws `no-notebook` outside of one. */
export function listVariables(): TextView {
  const rows = [...variablesOf(notebook())].map(([name, value]) => ({
    name,
    type: typeName(value),
    value: shortValue(value),
  }));
  if (rows.length === 0) return TextView.of('No variables.');
  const head = { name: 'name', type: 'type', value: 'value' };
  const width = (key: 'name' | 'type'): number =>
    Math.max(...[head, ...rows].map((row) => row[key].length));
  const [nameWidth, typeWidth] = [width('name'), width('type')];
  const lines = [head, ...rows].map(({ name, type, value }) =>
    `${name.padEnd(nameWidth)}  ${type.padEnd(typeWidth)}  ${value}`.trimEnd(),
  );
  const table = rows.map(
    ({ name, type, value }) => `| ${code(name)} | ${code(type)} | ${value && code(value)} |`,
  );
  return new TextView({
    'text/markdown': ['| name | type | value |', '|---|---|---|', ...table].join('\n'),
    'text/plain': lines.join('\n'),
  });
}

/**
 * Forgets the notebook's variables and types but those of the running cell, and disposes of the
 * tensors, models and other disposable objects among their values.
 */
export async function resetNotebook(): Promise<TextView> {
  const asked = notebook();
  const all = variablesOf(asked);
  const before = loadedEngine()?.state.numTensors;
  await asked.forgetVariables();
  const kept = variablesOf(asked);
  const keptValues = new Set(kept.values());
  const seen = new Set<unknown>(keptValues);
  let forgotten = 0;
  for (const [name, value] of all) {
    if (kept.has(name) && keptValues.has(value)) continue;
    forgotten++;
    dispose(value, seen, MAX_DEPTH);
  }
  // The weights of models that nobody can reach any more.
  if (kept.size === 0) loadedEngine()?.disposeVariables();
  const after = loadedEngine()?.state.numTensors;
  const freed = before === undefined || after === undefined ? 0 : before - after;
  const tensors = freed > 0 ? `, and freed ${freed} tensor${freed === 1 ? '' : 's'}` : '';
  return TextView.of(`Forgot ${forgotten} variable${forgotten === 1 ? '' : 's'}${tensors}.`);
}

function variablesOf(asked: Host): ReadonlyMap<string, unknown> {
  return usersVariables(asked.variables());
}

/** Throws `no-notebook` outside of one. */
export function notebook(): Host {
  const found = host();
  if (found) return found;
  throw new HalfnoteError('no-notebook', 'There is no notebook here, so it has no variables');
}

/** What a reader calls the value: `Tensor float32`, `Array(3)`, `Sequential`. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (isTensor(value)) return `${classOf(value) ?? 'Tensor'} ${value.dtype}`;
  if (typeof value === 'function') return isClass(value) ? 'class' : 'function';
  if (typeof value !== 'object') return typeof value;
  if (isModule(value)) return 'module';
  const name = classOf(value) ?? 'Object';
  const size = sizeOf(value);
  return size === undefined ? name : `${name}(${size})`;
}

/** One line of at most {@link VALUE_WIDTH} characters; empty where there is nothing short to say. */
export function shortValue(value: unknown): string {
  if (isTensor(value)) return `[${value.shape.join(', ')}]${value.isDisposed ? ' disposed' : ''}`;
  if (typeof value === 'function') return value.name;
  if (isModule(value)) return '';
  if (isOpaque(value)) {
    const { name } = value as { name?: unknown };
    return typeof name === 'string' ? name : '';
  }
  const text = inspect(value, {
    depth: 0,
    breakLength: Infinity,
    maxArrayLength: 6,
    maxStringLength: VALUE_WIDTH,
  }).replace(/\s+/g, ' ');
  return text.length > VALUE_WIDTH ? `${text.slice(0, VALUE_WIDTH - 1)}…` : text;
}

/** An object of a class whose fields are no business of a list. */
function isOpaque(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { prototype } = Object;
  const parent: unknown = Object.getPrototypeOf(value);
  return !(
    parent === null ||
    parent === prototype ||
    sizeOf(value) !== undefined ||
    value instanceof Date ||
    value instanceof RegExp ||
    value instanceof Error
  );
}

function isModule(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Object.prototype.toString.call(value) === '[object Module]') return true;
  if (Object.getOwnPropertyDescriptor(value, '__esModule')?.value === true) return true;
  // What TypeScript makes of `import * as` for a CommonJS module: its exports are the default.
  const exported: unknown = Object.getOwnPropertyDescriptor(value, 'default')?.value;
  return (
    exported !== undefined &&
    Object.values(loaded.cache).some((module) => module?.exports === exported)
  );
}

function isClass(value: object): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value));
}

function classOf(value: object): string | undefined {
  try {
    const { constructor } = value as { constructor?: { name?: unknown } };
    const name = constructor?.name;
    return typeof name === 'string' && name !== '' ? name : undefined;
  } catch {
    return undefined;
  }
}

function sizeOf(value: object): number | undefined {
  if (Array.isArray(value)) return value.length;
  if (value instanceof Map || value instanceof Set) return value.size;
  return ArrayBuffer.isView(value) && 'length' in value ? Number(value.length) : undefined;
}

function dispose(value: unknown, seen: Set<unknown>, depth: number): void {
  if (typeof value !== 'object' || value === null || seen.has(value) || isModule(value)) return;
  seen.add(value);
  try {
    const { dispose: method } = value as { dispose?: unknown };
    if (typeof method === 'function') {
      if (!isTensor(value) || !value.isDisposed) (method as () => void).call(value);
      return;
    }
    if (depth === 0 || ArrayBuffer.isView(value)) return;
    const parts =
      Array.isArray(value) || value instanceof Set || value instanceof Map
        ? value.values()
        : isOpaque(value)
          ? []
          : Object.values(value);
    for (const part of parts) dispose(part, seen, depth - 1);
  } catch {
    // One that is disposed of already, or doesn't like to be: the others are to be freed all the same.
  }
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|').replaceAll('`', "'")}\``;
}
