import type { BufferPath, State } from './protocol';

/** A state without its bytes, which travel beside the JSON. */
export interface Separated {
  readonly state: State;
  readonly bufferPaths: readonly BufferPath[];
  readonly buffers: readonly Uint8Array[];
}

/** Takes the bytes out of a state: out of objects they vanish, in lists they leave `null`. */
export function separateBuffers(state: State): Separated {
  const bufferPaths: BufferPath[] = [];
  const buffers: Uint8Array[] = [];
  const without = (value: unknown, path: BufferPath): unknown => {
    if (value instanceof Uint8Array) {
      bufferPaths.push(path);
      buffers.push(value);
      return undefined;
    }
    if (Array.isArray(value)) return value.map((item, i) => without(item, [...path, i]) ?? null);
    if (!isPlain(value)) return value;
    const entries = Object.entries(value).map(
      ([name, item]) => [name, without(item, [...path, name])] as const,
    );
    return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
  };
  return { state: without(state, []) as State, bufferPaths, buffers };
}

/** The state with its bytes where the paths say; a path that leads nowhere is passed over. */
export function joinBuffers(
  state: State,
  paths: readonly BufferPath[],
  buffers: readonly Uint8Array[],
): State {
  const joined = structuredClone(state);
  paths.forEach((path, i) => {
    const place = path.slice(0, -1).reduce<unknown>(memberOf, joined);
    const [last] = path.slice(-1);
    if (!isContainer(place) || last === undefined) return;
    const all = { enumerable: true, configurable: true, writable: true };
    Object.defineProperty(place, last, { value: buffers[i], ...all });
  });
  return joined;
}

/** Only of what the message itself holds: a path could name a prototype. */
function memberOf(container: unknown, name: string | number): unknown {
  return isContainer(container) && Object.hasOwn(container, name) ? container[name] : undefined;
}

function isContainer(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
