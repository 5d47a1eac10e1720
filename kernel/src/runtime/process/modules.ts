import { existsSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { types } from 'node:util';
import vm from 'node:vm';
import type { CompiledCell } from '../language/language';
import { isBare, isEsModuleFile, resolveImport } from '../node-resolution';
import {
  canonicalSpecifier,
  moduleOwner,
  ownExport,
  packageRoot,
  requireFromKernel,
} from '../packages';
import type { CpuLedger } from './cpu-ledger';
import { OwnPromise } from './intrinsics';
import { importMeta, LocalModules, type Importer, type Outside } from './local-modules';
import { noteModuleFile } from './module-files';
import { asNamespace, namespaceOfCommonJs, type Namespace } from './namespace';
import { isCompiled, LocalFiles, pathOf } from './local-files';
import type { StackMapper } from './stack';

interface ModuleLoader {
  _resolveFilename(request: string, parent: unknown, isMain: boolean, options?: unknown): string;
  _load(request: string, parent: unknown, isMain: boolean): unknown;
}

interface BackendModule {
  loadBackend(): unknown;
  ensureBackend(): Promise<unknown>;
}

const loader = Module as unknown as ModuleLoader;
const ownFiles = join(packageRoot, 'dist', sep);

/** What a cell's code finds modules by. */
export interface CellLoader {
  readonly require: NodeJS.Require;
  readonly meta: object;
  /** What a static import gives, once it is {@link ready}. */
  imported(specifier: string): unknown;
  import(specifier: unknown, options?: ImportCallOptions): Promise<unknown>;
  /** Loads what the cell imports and takes time. */
  ready(): Promise<void>;
}

/** A module that was found. */
interface Found {
  /** Whether loading it takes time; what doesn't is loaded where a cell says `import`, which an error shows. */
  readonly isAsync: boolean;
  load(): unknown;
}

/**
 * How cells and the modules beside the notebook load modules. The same rules as
 * `language/resolution.ts` has for types: `halfnote` and tfjs are ours, a package beside the notebook
 * comes first for everything else. An `import`, static or not, takes what a package has for `import`;
 * `require` takes what it has for `require`.
 */
export class CellModules implements Outside {
  private readonly local = new LocalModules(this);
  private readonly files: LocalFiles;
  private readonly notebook: string;
  /** A module is the same object each time. */
  private readonly namespaces = new WeakMap<object, Namespace>();
  private backend: Promise<unknown> | 'loading' | undefined;
  /** Of our own modules, those that cells have imported. */
  private readonly imported = new Set<string>();

  constructor(
    cwd: string,
    mapper: StackMapper,
    private readonly ledger: CpuLedger,
  ) {
    this.notebook = join(cwd, 'notebook.js');
    // Nothing of the user's lies there, but our call of Node.js's `import()` does.
    mapper.addModule({ path: this.notebook, maps: [] });
    this.files = new LocalFiles(cwd, this.local, mapper);
    this.install();
  }

  /** Takes the modules that a cell needs, and gives what its code calls. */
  open({
    imports,
    modules,
    targets,
  }: Pick<CompiledCell, 'imports' | 'modules' | 'targets'>): CellLoader {
    this.files.update(modules);
    const from: Importer = { file: this.notebook, targets };
    const found = new Map<string, () => unknown>();
    return {
      require: this.requireOf(from, (specifier) => this.require(specifier, from)),
      imported: (specifier) => found.get(specifier)?.(),
      meta: importMeta(from, this),
      import: (specifier, options) => this.import(String(specifier), from, options),
      ready: async () => {
        // A forced stop ends all that is on the stack: not whoever waits for this.
        await OwnPromise.resolve();
        for (const specifier of imports) {
          if (moduleOwner(specifier) !== 'beside-notebook') await this.ensureBackend();
          const module = this.find(specifier, from);
          const loaded = module.isAsync ? await this.loadForUser(module) : undefined;
          found.set(specifier, module.isAsync ? () => loaded : () => module.load());
        }
      },
    };
  }

  /** Forgets modules whose loading was stopped half-way, so that the next import loads them whole. */
  repair(): void {
    if (this.backend === 'loading') this.backend = undefined;
    this.local.repair();
    const { cache } = requireFromKernel;
    for (const [file, module] of Object.entries(cache)) {
      // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the cache is a plain object, and a module in it is forgotten in no other way
      if (module?.loaded === false) delete cache[file];
    }
  }

  load(specifier: string, from: Importer): unknown {
    if (moduleOwner(specifier) === 'beside-notebook') return this.find(specifier, from).load();
    return this.ensureBackend().then(() => this.find(specifier, from).load());
  }

  loadNow(specifier: string, from: Importer): unknown {
    const found = this.find(specifier, from);
    return found.isAsync ? this.require(specifier, from) : found.load();
  }

  require(specifier: string, from: Importer): unknown {
    const local = this.files.find(specifier, from);
    return local !== undefined && isCompiled(local)
      ? this.local.require(local)
      : requireIn(from, specifier);
  }

  async import(specifier: string, from: Importer, options?: ImportCallOptions): Promise<unknown> {
    if (moduleOwner(specifier) !== 'beside-notebook') return this.importOwn(specifier, from);
    if (!Module.isBuiltin(specifier) && this.fileOf(specifier, from) === undefined)
      // Neither a package nor a file: Node.js knows it, or says that there is none.
      return importFrom(from.file)(specifier, options);
    return this.importFound(specifier, from);
  }

  /** Loading it the first time isn't the cell's work. */
  private importOwn(specifier: string, from: Importer): Promise<unknown> {
    const load = async (): Promise<unknown> => {
      await this.ensureBackend();
      return this.importFound(specifier, from);
    };
    if (this.imported.has(specifier)) return load();
    this.imported.add(specifier);
    return this.ledger.duringOwnAsync(load);
  }

  private async importFound(specifier: string, from: Importer): Promise<unknown> {
    const loaded: unknown = await this.find(specifier, from).load();
    return this.local.owns(loaded) ? namespaceOfCommonJs(loaded) : this.namespaceOf(loaded);
  }

  resolve(specifier: string, from: Importer): string {
    if (Module.isBuiltin(specifier)) return specifier.replace(/^(?!node:)/, 'node:');
    const file = this.fileOf(specifier, from) ?? pathOf(specifier, from.file);
    if (file !== undefined) return pathToFileURL(file).href;
    if (/^[a-z]+:/.test(specifier)) return new URL(specifier).href;
    return pathToFileURL(createRequire(from.file).resolve(specifier)).href;
  }

  requireOf(from: Importer, load: (specifier: string) => unknown): NodeJS.Require {
    return Object.assign(load, createRequire(from.file)) as NodeJS.Require;
  }

  /** Modules beside the notebook, and packages, are the user's code. */
  private async loadForUser(module: Found): Promise<unknown> {
    this.ledger.enter('user');
    try {
      return await module.load();
    } finally {
      this.ledger.enter('halfnote');
    }
  }

  private find(specifier: string, from: Importer): Found {
    const local = this.files.find(specifier, from);
    if (local !== undefined) return { isAsync: true, load: () => this.local.import(local) };
    const file = this.fileOf(specifier, from);
    if (file === undefined) return { isAsync: false, load: () => requireIn(from, specifier) };
    if (isEsModuleFile(file)) return { isAsync: true, load: () => this.importFile(file) };
    return { isAsync: false, load: () => requireIn(from, file) };
  }

  private async importFile(file: string): Promise<unknown> {
    noteModuleFile(file);
    return this.namespaceOf(await import(pathToFileURL(file).href));
  }

  /** The file that an import leads to, if it is one. */
  private fileOf(specifier: string, from: Importer): string | undefined {
    if (Module.isBuiltin(specifier)) return undefined;
    const target = from.targets[specifier] ?? this.files.find(specifier, from);
    if (target !== undefined) return target;
    const isOurs = moduleOwner(specifier) !== 'beside-notebook';
    if (isBare(specifier) && !isOurs)
      return (
        resolveImport(specifier, from.file) ??
        resolveImport(specifier, join(packageRoot, 'package.json'))
      );
    try {
      return createRequire(from.file).resolve(pathOf(specifier, from.file) ?? specifier);
    } catch {
      return undefined;
    }
  }

  private namespaceOf(module: unknown): unknown {
    const isObject = typeof module === 'object' || typeof module === 'function';
    if (!isObject || module === null) return namespaceOfCommonJs(module);
    const known = this.namespaces.get(module);
    if (known) return known;
    const namespace = (
      isModule(module) ? asNamespace(module) : namespaceOfCommonJs(module)
    ) as Namespace;
    this.namespaces.set(module, namespace);
    this.namespaces.set(namespace, namespace);
    return namespace;
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
    const loadAny = (request: string, parent: unknown, isMain: boolean): unknown => {
      if (this.backend === undefined && moduleOwner(request) === 'ours') this.loadBackendFor();
      const local = this.files.requested(request, (parent as Module | undefined)?.filename, () =>
        loader._resolveFilename(request, parent, isMain),
      );
      return local === undefined ? load(request, parent, isMain) : this.local.require(local);
    };
    const seen = new Set<string>();
    loader._load = (request, parent, isMain) => {
      const by = (parent as Module | undefined)?.filename ?? '';
      if (!isOwnLoad(request, by)) return loadAny(request, parent, isMain);
      const isFirst = !seen.has(`${by}\n${request}`);
      seen.add(`${by}\n${request}`);
      return this.ledger.duringOwn(isFirst, () => loadAny(request, parent, isMain));
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

/** Whether it is our library or its engine that is loaded, or that loads a part of itself. */
function isOwnLoad(request: string, by: string): boolean {
  return (
    moduleOwner(request) !== 'beside-notebook' ||
    request.startsWith(ownFiles) ||
    by.startsWith(ownFiles)
  );
}

function requireIn(from: Importer, specifier: string): unknown {
  return createRequire(from.file)(specifier);
}

type Import = (specifier: string, options?: ImportCallOptions) => Promise<unknown>;

/** Node.js's own `import()` as in `file`, which need not exist. */
function importFrom(file: string): Import {
  const text = '(specifier, options) => import(specifier, options)';
  return vm.runInThisContext(text, {
    filename: file,
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }) as Import;
}

/** Whether this is what Node.js's `import()` gives of an ES module. */
function isModule(value: object): boolean {
  return types.isModuleNamespaceObject(value);
}
