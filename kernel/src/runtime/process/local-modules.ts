import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';
import type { LocalModule, Targets } from '../language/module-code';
import { DEFAULT_FUNCTION, MODULE_RUNTIME } from '../language/module-exports';
import { SCRIPT_MARK } from './debug-hook';
import { OwnPromise } from './intrinsics';
import { noteModuleFile } from './module-files';
import { addExport, addStar, namespaceOfCommonJs, newNamespace, type Namespace } from './namespace';

/** Where an import stands, and which files its specifiers mean. */
export interface Importer {
  readonly file: string;
  readonly targets: Targets;
}

/** What local modules have from outside: packages, Node.js, and what they ask for when they run. */
export interface Outside {
  /** A static import of something that is no local module; a promise where it takes time. */
  load(specifier: string, from: Importer): unknown;
  /** The same, at once or not at all. */
  loadNow(specifier: string, from: Importer): unknown;
  require(specifier: string, from: Importer): unknown;
  import(specifier: string, from: Importer, options?: ImportCallOptions): Promise<unknown>;
  resolve(specifier: string, from: Importer): string;
  /** `require` with its properties, as from a file. */
  requireOf(from: Importer, load: (specifier: string) => unknown): NodeJS.Require;
}

interface Instance {
  readonly module: LocalModule;
  readonly namespace: Namespace;
  readonly imported: Map<string, unknown>;
  readonly stars: string[];
  /** CommonJS. */
  readonly commonJs: { exports: unknown; loaded: boolean };
  state: 'linked' | 'running' | 'done';
  /** Settles with the module, while it runs. */
  running: Promise<unknown> | undefined;
  run: () => unknown;
}

/** Loading, step by step: yields what has to be awaited, and goes on with its value. */
type Loading<T> = Generator<unknown, T, unknown>;

/**
 * The modules beside the notebook. They load as ES modules do: each once, those it imports before it
 * and in order, in circles too; exports are live. A module that has changed is loaded again, with
 * those that import it.
 */
export class LocalModules {
  private readonly known = new Map<string, LocalModule>();
  private readonly instances = new Map<string, Instance>();

  constructor(private readonly outside: Outside) {}

  /** Takes modules as they are now. */
  update(modules: readonly LocalModule[]): void {
    const changed = modules.filter(({ path, code }) => {
      const known = this.known.get(path);
      return known !== undefined && known.code !== code;
    });
    for (const module of modules) this.known.set(module.path, module);
    for (const { path } of changed) this.forget(path);
  }

  has(path: string): boolean {
    return this.known.has(path);
  }

  /** Files that a module's own imports mean. */
  targetsOf(path: string): readonly string[] {
    return Object.values(this.known.get(path)?.targets ?? {});
  }

  /** Whether a value is what one of these modules exports. */
  owns(exported: unknown): boolean {
    return [...this.instances.values()].some((instance) => exportsOf(instance) === exported);
  }

  /** Forgets modules whose loading was stopped half-way, so that the next import loads them whole. */
  repair(): void {
    for (const { module, state } of [...this.instances.values()])
      if (state !== 'done') this.forget(module.path);
  }

  async import(path: string): Promise<unknown> {
    const loading = this.load(path, (specifier, from) => this.outside.load(specifier, from));
    let step = loading.next();
    while (step.done !== true) {
      try {
        step = loading.next(await step.value);
      } catch (error) {
        step = loading.throw(error);
      }
    }
    return step.value;
  }

  /** As `require` does: at once, or not at all. */
  require(path: string): unknown {
    const loading = this.load(path, (specifier, from) => this.outside.loadNow(specifier, from));
    const step = loading.next();
    if (step.done !== true) {
      const error = new Error(
        `${path} waits with a top-level await, or imports what does. Use import() instead of require().`,
      );
      loading.throw(Object.assign(error, { code: 'ERR_REQUIRE_ASYNC_MODULE' }));
    }
    return step.value;
  }

  private *load(path: string, load: Outside['load']): Loading<unknown> {
    const instance = this.link(path);
    yield* this.evaluate(instance, [], load);
    return exportsOf(instance);
  }

  /** The module and all it imports, declared but not run. */
  private link(path: string): Instance {
    const linked = this.instances.get(path);
    if (linked) return linked;
    const module = this.known.get(path);
    if (!module) throw new Error(`${path} is no module beside the notebook`);
    noteModuleFile(path);
    const instance = newInstance(module);
    this.instances.set(path, instance);
    try {
      for (const target of staticTargets(module)) if (this.known.has(target)) this.link(target);
      instance.run = this.declare(instance);
    } catch (error) {
      this.instances.delete(path);
      throw error;
    }
    return instance;
  }

  private *evaluate(
    instance: Instance,
    above: readonly Instance[],
    load: Outside['load'],
  ): Loading<void> {
    if (instance.state === 'done' || above.includes(instance)) return;
    if (instance.state === 'running') {
      // CommonJS that requires itself in a circle sees what there is so far.
      if (instance.running) yield instance.running;
      return;
    }
    const settle = this.begin(instance);
    try {
      for (const specifier of instance.module.imports) {
        const target = instance.module.targets[specifier];
        const local = target === undefined ? undefined : this.instances.get(target);
        if (local) {
          yield* this.evaluate(local, [...above, instance], load);
          instance.imported.set(specifier, exportsOf(local));
        } else {
          const loaded = load(specifier, importerOf(instance));
          instance.imported.set(specifier, isPromise(loaded) ? yield loaded : loaded);
        }
      }
      for (const specifier of instance.stars)
        addStar(instance.namespace, this.namespaceIn(instance, specifier));
      const ran = instance.run();
      if (instance.module.isAsync) yield ran;
      instance.state = 'done';
      settle();
    } catch (error) {
      // The next import tries again.
      this.forget(instance.module.path);
      settle(error);
      throw error;
    }
  }

  private begin(instance: Instance): (...failed: unknown[]) => void {
    instance.state = 'running';
    if (instance.module.kind !== 'module') return () => undefined;
    let settle: (...failed: unknown[]) => void = () => undefined;
    const running = new OwnPromise<void>((resolve, reject) => {
      settle = (...failed) => {
        instance.running = undefined;
        if (failed.length === 0) resolve();
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whatever the module threw
        else reject(failed[0]);
      };
    });
    running.catch(() => undefined);
    instance.running = running;
    return settle;
  }

  /** Runs what declares; returns what runs the rest. */
  private declare(instance: Instance): () => unknown {
    const { module, commonJs } = instance;
    if (module.kind === 'json')
      return () => {
        commonJs.exports = JSON.parse(module.code) as unknown;
      };
    const from = importerOf(instance);
    const isEs = module.kind === 'module';
    const required = this.outside.requireOf(from, (specifier) =>
      this.outside.require(specifier, from),
    );
    const runtime = withDefault({
      bind: (
        accessors: Readonly<Record<string, () => unknown>>,
        stars: readonly string[],
      ): void => {
        for (const name of Object.keys(accessors).sort())
          addExport(instance.namespace, name, accessors[name] as () => unknown);
        instance.stars.push(...stars);
      },
      imported: (specifier: string) => instance.imported.get(specifier),
      namespace: (specifier: string) => this.namespaceIn(instance, specifier),
      import: (specifier: unknown, options?: ImportCallOptions) =>
        this.outside.import(String(specifier), from, options),
      meta: importMeta(from, this.outside),
    });
    const head = `${module.isAsync ? 'async ' : ''}function${isEs ? '*' : ''}`;
    // One function in another: a module may call its own variables by any of these names.
    const wrapped = new vm.Script(
      `(function (exports, require, module, __filename, __dirname, ${MODULE_RUNTIME}) {${isEs ? ' "use strict";' : ''} return ${head} () {\n${module.code}\n}})${SCRIPT_MARK}`,
      { filename: module.path },
    ).runInThisContext() as (...given: unknown[]) => (this: unknown) => unknown;
    const { path } = module;
    const exported = isEs ? instance.namespace : commonJs.exports;
    const whole = wrapped(exported, required, commonJs, path, dirname(path), runtime);
    if (!isEs) return () => whole.call(exported);
    const body = whole.call(undefined) as Iterator<unknown>;
    const declared: unknown = body.next();
    if (isPromise(declared)) declared.catch(() => undefined);
    return () => body.next();
  }

  /** What a module sees of one that it imports, which may be running still. */
  private namespaceIn({ module, imported }: Instance, specifier: string): Namespace {
    const target = module.targets[specifier];
    const local = target === undefined ? undefined : this.instances.get(target);
    return namespaceOfCommonJs(local ? exportsOf(local) : imported.get(specifier)) as Namespace;
  }

  /** Forgets a module and all that import it, however indirectly. */
  private forget(path: string): void {
    if (!this.instances.delete(path)) return;
    for (const { module } of [...this.instances.values()])
      if (holds(module, path)) this.forget(module.path);
  }
}

/** `import.meta` of a file. */
export function importMeta(from: Importer, outside: Pick<Outside, 'resolve'>): object {
  return {
    url: pathToFileURL(from.file).href,
    dirname: dirname(from.file),
    filename: from.file,
    resolve: (specifier: unknown) => outside.resolve(String(specifier), from),
  };
}

function newInstance(module: LocalModule): Instance {
  return {
    module,
    namespace: newNamespace(),
    imported: new Map(),
    stars: [],
    commonJs: { exports: {}, loaded: false },
    state: 'linked',
    running: undefined,
    run: () => undefined,
  };
}

function exportsOf({ module, namespace, commonJs }: Instance): unknown {
  return module.kind === 'module' ? namespace : commonJs.exports;
}

function importerOf({ module }: Instance): Importer {
  return { file: module.path, targets: module.targets };
}

function staticTargets({ imports, targets }: LocalModule): string[] {
  return imports.flatMap((specifier) => targets[specifier] ?? []);
}

/** Whether a module keeps what it got from another; what `import()` gives is asked for each time. */
function holds(module: LocalModule, path: string): boolean {
  const held = module.kind === 'commonjs' ? Object.values(module.targets) : staticTargets(module);
  return held.includes(path);
}

const NAMELESS = new Set(['', DEFAULT_FUNCTION]);

/** `export default` of a value: what has no name is called `default`. */
function withDefault(runtime: object): object {
  let value: unknown;
  let isSet = false;
  return Object.defineProperty(runtime, 'd', {
    get: () => {
      if (!isSet) throw new ReferenceError("Cannot access 'default' before initialization");
      return value;
    },
    set: (given: unknown) => {
      if (typeof given === 'function' && NAMELESS.has(given.name))
        Object.defineProperty(given, 'name', { configurable: true, value: 'default' });
      value = given;
      isSet = true;
    },
  });
}

function isPromise(value: unknown): value is Promise<unknown> {
  return value instanceof OwnPromise;
}
