import { existsSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';
import {
  canonicalSpecifier,
  moduleOwner,
  ownExport,
  packageRoot,
  requireFromKernel,
} from '../packages';
import { SideModules } from './side-modules';
import { OwnPromise } from './intrinsics';

interface ModuleLoader {
  _resolveFilename(request: string, parent: unknown, isMain: boolean, options?: unknown): string;
  _load(request: string, parent: unknown, isMain: boolean): unknown;
}

interface BackendModule {
  loadBackend(): unknown;
  ensureBackend(): Promise<unknown>;
}

const loader = Module as unknown as ModuleLoader;

/** Codes with which `require` says that a module is an ES module, or only offered as one. */
const ES_MODULE_ONLY = new Set([
  'ERR_REQUIRE_ESM',
  'ERR_REQUIRE_ASYNC_MODULE',
  'ERR_PACKAGE_PATH_NOT_EXPORTED',
]);

/**
 * How cells load modules. The same rules as `language/resolution.ts` has for types: `halfnote` and
 * tfjs are ours, a package beside the notebook comes first for everything else.
 */
export class CellModules {
  readonly require: NodeJS.Require;
  readonly side: SideModules;
  private readonly namespaces = new Map<string, unknown>();
  private readonly importFromNotebook: (specifier: string) => Promise<unknown>;
  private backend: Promise<unknown> | 'loading' | undefined;

  constructor(cwd: string) {
    this.importFromNotebook = dynamicImportFrom(join(cwd, 'notebook.js'));
    const fromNotebook = createRequire(join(cwd, 'notebook.js'));
    this.side = new SideModules(cwd);
    const load = (specifier: string): unknown => {
      const side = this.side.load(specifier);
      return side ? side.exports : (this.namespaces.get(specifier) ?? fromNotebook(specifier));
    };
    this.require = Object.assign(load, fromNotebook) as NodeJS.Require;
    this.install();
  }

  /** Makes the static imports of a cell ready: the backend for tfjs, and ES modules, which load asynchronously. */
  async prepare(specifiers: readonly string[]): Promise<void> {
    for (const specifier of specifiers) {
      if (moduleOwner(specifier) !== 'beside-notebook') await this.ensureBackend();
      if (this.side.has(specifier) || this.namespaces.has(specifier)) continue;
      if (this.isEsModule(specifier))
        this.namespaces.set(specifier, asCommonJs(await this.importEsModule(specifier)));
    }
  }

  /** Forgets modules whose loading was stopped half-way, so that the next import loads them whole. */
  repair(): void {
    if (this.backend === 'loading') this.backend = undefined;
    for (const [file, module] of Object.entries(this.require.cache)) {
      // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the cache is a plain object, and a module in it is forgotten in no other way
      if (module?.loaded === false) delete this.require.cache[file];
    }
  }

  /** A cell's `import()`. */
  async import(specifier: string): Promise<unknown> {
    const side = this.side.load(specifier);
    if (side) return side.exports;
    if (moduleOwner(specifier) !== 'beside-notebook') await this.ensureBackend();
    return this.importEsModule(specifier);
  }

  private async importEsModule(specifier: string): Promise<unknown> {
    if (moduleOwner(specifier) !== 'beside-notebook') {
      return import(pathToFileURL(this.require.resolve(specifier)).href);
    }
    try {
      return await this.importFromNotebook(specifier);
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND';
      if (!missing || !String(error).includes(`'${specifier}'`) || !isBare(specifier)) throw error;
      return import(specifier).catch(() => {
        throw error;
      });
    }
  }

  private isEsModule(specifier: string): boolean {
    if (Module.isBuiltin(specifier)) return false;
    try {
      return isEsModuleFile(this.require.resolve(specifier));
    } catch (error) {
      return ES_MODULE_ONLY.has((error as NodeJS.ErrnoException).code ?? '');
    }
  }

  private async ensureBackend(): Promise<void> {
    if (this.backend === 'loading') return;
    if (this.backend === undefined) {
      this.backend = 'loading';
      const loading = backendModule()?.ensureBackend() ?? OwnPromise.resolve();
      this.backend = loading;
      loading.catch(() => {
        this.backend = undefined;
      });
    }
    await this.backend;
  }

  private install(): void {
    const resolve = loader._resolveFilename.bind(loader);
    loader._resolveFilename = (request, parent, isMain, options) => {
      const owner = moduleOwner(request);
      const ours = {
        id: 'halfnote',
        filename: join(packageRoot, 'package.json'),
        paths: requireFromKernel.resolve.paths('x'),
      };
      // What isn't exported gets Node's own error.
      if (owner === 'self') return ownExport(request)?.file ?? resolve(request, ours, isMain);
      if (owner === 'ours') {
        try {
          return resolve(canonicalSpecifier(request), ours, isMain);
        } catch {
          return resolve(request, parent, isMain, options);
        }
      }
      try {
        return resolve(request, parent, isMain, options);
      } catch (error) {
        if (!isBare(request)) throw error;
        try {
          return resolve(request, ours, isMain);
        } catch {
          throw error;
        }
      }
    };
    const load = loader._load.bind(loader);
    loader._load = (request, parent, isMain) => {
      if (this.backend === undefined && moduleOwner(request) === 'ours') this.loadBackendFor();
      return load(request, parent, isMain);
    };
  }

  /** For tfjs required by a package: there is no time to wait, so no WebAssembly. */
  private loadBackendFor(): void {
    this.backend = 'loading';
    try {
      backendModule()?.loadBackend();
      this.backend = OwnPromise.resolve();
    } catch {
      this.backend = undefined;
    }
  }
}

function backendModule(): BackendModule | undefined {
  const file = join(packageRoot, 'dist', 'start.js');
  return existsSync(file) ? (requireFromKernel(file) as BackendModule) : undefined;
}

/** An `import()` that resolves as in `file`, which need not exist. */
function dynamicImportFrom(file: string): (specifier: string) => Promise<unknown> {
  return vm.runInThisContext('(specifier) => import(specifier)', {
    filename: file,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }) as (specifier: string) => Promise<unknown>;
}

function isBare(specifier: string): boolean {
  return !specifier.startsWith('.') && !specifier.startsWith('/');
}

function isEsModuleFile(file: string): boolean {
  if (file.endsWith('.mjs')) return true;
  if (!file.endsWith('.js')) return false;
  for (let folder = join(file, '..'); ; folder = join(folder, '..')) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest))
      return (requireFromKernel(manifest) as { type?: string }).type === 'module';
    if (folder === join(folder, '..')) return false;
  }
}

/** A namespace as TypeScript's CommonJS output wants it, so that `default` is the module's default. */
function asCommonJs(namespace: unknown): unknown {
  const source = namespace as Record<string, unknown>;
  const target = Object.create(null, { __esModule: { value: true } }) as Record<string, unknown>;
  for (const name of Object.keys(source)) {
    Object.defineProperty(target, name, { enumerable: true, get: () => source[name] });
  }
  return target;
}
