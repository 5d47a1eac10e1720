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
const GONE = -1;
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
  /** When a file was written whose module is known. */
  private readonly ages = new Map<string, number>();
  private compileFile: Compile | undefined;

  constructor(
    private readonly cwd: string,
    private readonly modules: LocalModules,
    private readonly mapper: StackMapper,
  ) {}

  /** Takes modules as the language compiled them. */
  update(modules: readonly LocalModule[]): void {
    for (const module of modules) {
      this.ages.set(module.path, ageOf(module.path));
      this.mapper.addModule(module);
    }
    this.modules.update(modules);
  }

  /** The module of ours that a specifier means. */
  find(specifier: string, from: Importer): string | undefined {
    const target = from.targets[specifier];
    const path = target ?? this.search(specifier, from.file);
    if (path === undefined) return undefined;
    if (!isCompiled(path) && !path.endsWith('.json') && !this.modules.has(path)) return undefined;
    this.refresh(path);
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
    if (!isCompiled(path) && !this.modules.has(path)) return undefined;
    this.refresh(path);
    return path.endsWith('.json') ? undefined : path;
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

  /** Compiles what no cell has named of a module and those it imports, and what has been written since. */
  private refresh(path: string, seen = new Set<string>()): void {
    if (seen.has(path)) return;
    seen.add(path);
    const age = ageOf(path);
    // What is gone stays as it was.
    const isStale = !this.modules.has(path) || (age !== GONE && age !== this.ages.get(path));
    if (isStale) this.compile(path, age);
    for (const target of this.modules.targetsOf(path))
      if (this.modules.has(target) || (isStale && existsSync(target))) this.refresh(target, seen);
  }

  private compile(path: string, age: number): void {
    // TypeScript is loaded only for files that no cell names.
    this.compileFile ??= (
      requireFromKernel('./dist/runtime/language/on-demand.js') as {
        createOnDemandCompiler(cwd: string): Compile;
      }
    ).createOnDemandCompiler(this.cwd);
    const module = this.compileFile(path);
    this.ages.set(path, age);
    this.mapper.addModule(module);
    this.modules.update([module]);
  }
}

function ageOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? GONE;
}
