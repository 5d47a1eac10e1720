import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { root } from './paths.mjs';

/** Folders with TypeScript, from the root. */
const FOLDERS = ['kernel/src', 'extension/src', 'test/support'];

/** `import … from`, `export … from`, `import()` and `require()`, but not of types alone. */
const IMPORT =
  /^\s*(?:import|export)\s+(?!type\s)(?:[^'";]*?\sfrom\s*)?['"]([^'"]+)['"]|\b(?:import|require)\(\s*['"]([^'"]+)['"]/gm;

/** What may leave something behind in its process, or has to have one of its own: engines, workers, V8's flags. */
const NEEDS_PROCESS =
  /^(?:@tensorflow\/|onnxruntime|zeromq|node:(?:child_process|worker_threads|v8))/;

/** They take modules in hand, which a process loads once and Node.js itself never anew. */
const MOCKS_MODULES = /\bvi\.(?:mock|doMock|resetModules)\(/;

/** Which TypeScript files import which. Paths are from the root. */
export class ImportGraph {
  #files;
  /** By file: what it imports of ours, and of others, and whether it takes modules in hand. */
  #imports = new Map();

  constructor() {
    this.#files = new Set(FOLDERS.flatMap(typescriptIn));
    for (const file of this.#files) this.#imports.set(file, this.#importsOf(file));
  }

  /** Every file of unit tests. */
  get tests() {
    return [...this.#files].filter((file) => file.endsWith('.test.ts'));
  }

  /** The unit tests that put others in the place of modules, or load them anew. */
  get mockingTests() {
    return this.tests.filter((test) => this.#imports.get(test).mocksModules);
  }

  /** The unit tests that compute and nothing else: they can share one process. */
  get pureTests() {
    return this.tests.filter(
      (test) =>
        !this.#imports.get(test).mocksModules &&
        [...this.#reach([test], (file) => this.#imports.get(file).own).keys()].every((file) =>
          this.#imports.get(file).foreign.every((name) => !NEEDS_PROCESS.test(name)),
        ),
    );
  }

  /**
   * The files that import the given ones, directly or not, and these themselves.
   * @param {readonly string[]} files
   * @returns {Map<string, number>} how many imports away each is, the nearest first
   */
  importersOf(files) {
    const importers = new Map();
    for (const [file, { own }] of this.#imports)
      for (const imported of own)
        importers.set(imported, [...(importers.get(imported) ?? []), file]);
    const known = files.filter((file) => this.#files.has(file));
    return this.#reach(known, (file) => importers.get(file) ?? []);
  }

  /** Breadth first, with the distance of each. */
  #reach(starts, next) {
    const distances = new Map(starts.map((file) => [file, 0]));
    for (const [file, distance] of distances)
      for (const other of next(file)) if (!distances.has(other)) distances.set(other, distance + 1);
    return distances;
  }

  #importsOf(file) {
    const text = readFileSync(join(root, file), 'utf8');
    const names = [...text.matchAll(IMPORT)].map(([, stated, called]) => stated ?? called);
    const isOwn = (name) => name.startsWith('.');
    return {
      own: names.filter(isOwn).flatMap((name) => this.#resolve(file, name) ?? []),
      foreign: names.filter((name) => !isOwn(name)),
      mocksModules: MOCKS_MODULES.test(text),
    };
  }

  #resolve(file, name) {
    // What import() names is the compiled file.
    const path = relative(root, resolve(root, dirname(file), name.replace(/\.js$/, '')));
    const endings = ['.ts', '.tsx', '/index.ts', ''];
    return endings.map((ending) => path + ending).find((candidate) => this.#files.has(candidate));
  }
}

function typescriptIn(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name));
}
