import { readFileSync } from 'node:fs';
import Module, { createRequire, isBuiltin } from 'node:module';
import { dirname } from 'node:path';

type ModuleFunction = (
  exports: unknown,
  require: (request: string) => unknown,
  module: object,
  file: string,
  folder: string,
) => void;

interface LoadedModule {
  readonly exports: unknown;
}

const LOADED: unique symbol = Symbol.for('halfnote.language.modules');

/**
 * The modules that {@link loadModule} has loaded, by their files. This module itself is evaluated twice
 * where a snapshot is built, first by its builder; both share them.
 */
export function loadedModules(): Map<string, LoadedModule> {
  const owner = globalThis as unknown as Record<
    typeof LOADED,
    Map<string, LoadedModule> | undefined
  >;
  return (owner[LOADED] ??= new Map<string, LoadedModule>());
}

/** What the CommonJS module in `file` exports; it is loaded once, and with it all that it requires. */
export function loadModule(file: string): unknown {
  const loaded = loadedModules();
  const known = loaded.get(file);
  if (known) return known.exports;
  const module = { exports: {} as unknown };
  loaded.set(file, module);
  if (file.endsWith('.json')) module.exports = JSON.parse(readFileSync(file, 'utf8'));
  else evaluateModule(file, module, requireFrom(file));
  return module.exports;
}

/** `require` of the module in `file`. */
export function requireFrom(file: string): (request: string) => unknown {
  const native = createRequire(file);
  const load = (request: string): unknown =>
    isBuiltin(request) ? builtin(request) : loadModule(native.resolve(request));
  return Object.assign(load, { resolve: native.resolve, cache: {} });
}

/** Evaluates the CommonJS module in `file` into `module`. */
export function evaluateModule(
  file: string,
  module: { exports: unknown },
  require: (request: string) => unknown,
): void {
  functionOf(file).call(module.exports, module.exports, require, module, file, dirname(file));
}

const functions = new Map<string, ModuleFunction>();

function functionOf(file: string): ModuleFunction {
  let compiled = functions.get(file);
  if (!compiled) {
    const text = `${Module.wrap(readFileSync(file, 'utf8'))}\n//# sourceURL=${file}`;
    // By `eval`: neither scripts of `vm` nor what Node.js's own loader has loaded can be in a snapshot.
    compiled = (0, eval)(text) as ModuleFunction;
    functions.set(file, compiled);
  }
  return compiled;
}

/** While a snapshot is built, `require` is for nothing else. */
function builtin(request: string): unknown {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import can't be of a computed name
  return require(request) as unknown;
}
