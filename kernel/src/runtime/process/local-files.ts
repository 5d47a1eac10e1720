import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LocalModule } from '../language/module-code';
import { isBare } from '../node-resolution';
import { requireFromKernel } from '../packages';
import type { Importer, LocalModules } from './local-modules';
import type { StackMapper } from './stack';

type Compile = (path: string) => LocalModule;

/** Files that Node.js can't load, or not as TypeScript understands them. */
const COMPILED = /\.(?:[cm]?tsx?|jsx)$/;
/** What TypeScript looks for where a name has no extension, and where it has one of JavaScript. */
const EXTENSIONS = ['.ts', '.tsx', '.js', '.jsx', '.json'];
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx'],
  '.jsx': ['.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
};

export function isCompiled(path: string): boolean {
  return COMPILED.test(path);
}

/** The path that a specifier means in a file; undefined for packages and other URLs. */
export function pathOf(specifier: string, from: string): string | undefined {
  if (specifier.startsWith('file:')) {
    const url = new URL(specifier);
    return url.search === '' && url.hash === '' ? fileURLToPath(url) : undefined;
  }
  return isBare(specifier) || /^[a-z]+:/.test(specifier)
    ? undefined
    : resolve(dirname(from), specifier);
}

/** Which of the files beside the notebook are modules of ours: those that cells name, and others on demand. */
export class LocalFiles {
  /** Files that were compiled here, since no cell names them, and their age then. */
  private readonly compiledHere = new Map<string, number>();
  private compileFile: Compile | undefined;

  constructor(
    private readonly cwd: string,
    private readonly modules: LocalModules,
    private readonly mapper: StackMapper,
  ) {}

  /** Takes modules as the language compiled them. */
  update(modules: readonly LocalModule[]): void {
    for (const module of modules) {
      this.compiledHere.delete(module.path);
      this.mapper.addModule(module);
    }
    this.modules.update(modules);
  }

  /** The module of ours that a specifier means. */
  find(specifier: string, from: Importer): string | undefined {
    const target = from.targets[specifier];
    const path = target ?? this.search(specifier, from.file);
    if (path === undefined) return undefined;
    if (this.modules.has(path) && !this.compiledHere.has(path)) return path;
    if (!isCompiled(path) && !path.endsWith('.json') && !this.modules.has(path)) return undefined;
    this.compile(path);
    return path;
  }

  /** The module of ours that a `require` anywhere means; Node.js finds the file as it always does. */
  requested(
    specifier: string,
    from: string | undefined,
    nodeFinds: () => string,
  ): string | undefined {
    if (from === undefined || isBare(specifier) || from.includes('/node_modules/'))
      return undefined;
    let path: string | undefined;
    try {
      path = nodeFinds();
    } catch {
      path = this.search(specifier, from);
    }
    if (path === undefined || path.includes('/node_modules/')) return undefined;
    if (isCompiled(path)) this.compile(path);
    return this.modules.has(path) && !path.endsWith('.json') ? path : undefined;
  }

  private search(specifier: string, from: string): string | undefined {
    const path = pathOf(specifier, from);
    if (path === undefined) return undefined;
    const extension = /\.[cm]?jsx?$/.exec(path)?.[0] ?? '';
    const stem = path.slice(0, path.length - extension.length);
    const candidates = [
      ...(SOURCES[extension] ?? []).map((source) => stem + source),
      path,
      ...EXTENSIONS.map((added) => path + added),
      ...EXTENSIONS.map((added) => join(path, `index${added}`)),
    ];
    return candidates.find(
      (candidate) => statSync(candidate, { throwIfNoEntry: false })?.isFile() === true,
    );
  }

  private compile(path: string): void {
    if (this.modules.has(path) && this.compiledHere.get(path) === ageOf(path)) return;
    if (this.modules.has(path) && !this.compiledHere.has(path)) return;
    // TypeScript is loaded only for files that no cell names.
    this.compileFile ??= (
      requireFromKernel('./dist/runtime/language/on-demand.js') as {
        createOnDemandCompiler(cwd: string): Compile;
      }
    ).createOnDemandCompiler(this.cwd);
    const module = this.compileFile(path);
    this.compiledHere.set(path, ageOf(path));
    this.mapper.addModule(module);
    this.modules.update([module]);
    for (const target of Object.values(module.targets))
      if (existsSync(target)) this.compile(target);
  }
}

function ageOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? -1;
}
