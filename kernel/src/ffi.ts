import { createRequire } from 'node:module';

/** A shared library of the system whose functions can be called. */
export interface SharedLibrary {
  /** `prototype` as in C, for example `int prctl(int, unsigned long)`. Throws where it has no such function. */
  func(prototype: string): (...args: unknown[]) => unknown;
}

/** What is used of koffi, whose own types are an ES module's. */
interface Ffi {
  load(library: string | null): SharedLibrary;
}

/** koffi closes a library that nobody refers to, and what is closed and loaded anew may end twice. */
const loaded = new Map<string | null, SharedLibrary>();

/**
 * Loads a shared library, by name or path; null is this process with all it has loaded. It stays loaded
 * until the process ends. Throws what the system's loader says.
 */
export function loadLibrary(library: string | null): SharedLibrary {
  const known = loaded.get(library);
  if (known !== undefined) return known;
  const fresh = (createRequire(__filename)('koffi') as Ffi).load(library);
  loaded.set(library, fresh);
  return fresh;
}
