import Module, { createRequire } from 'node:module';
import { dirname, extname, resolve } from 'node:path';

interface CompilableModule extends Module {
  _compile(code: string, filename: string): void;
}

/** TypeScript files beside the notebook, as the converter compiled them. */
export class SideModules {
  private readonly code = new Map<string, string>();
  private readonly loaded = new Map<string, Module>();

  constructor(private readonly cwd: string) {}

  update(modules: readonly { readonly path: string; readonly data: string }[]): void {
    for (const { path, data } of modules) {
      this.code.set(path, data);
      // Whoever imports a changed file is to see the change too.
      this.loaded.clear();
    }
  }

  has(specifier: string, from = this.cwd): boolean {
    return this.find(specifier, from) !== undefined;
  }

  /** The module, or undefined when it is not one of these. */
  load(specifier: string, from = this.cwd): Module | undefined {
    const file = this.find(specifier, from);
    if (file === undefined) return undefined;
    const cached = this.loaded.get(file);
    if (cached) return cached;
    const module = new Module(file) as CompilableModule;
    module.filename = file;
    module.paths = createRequire(file).resolve.paths('x') ?? [];
    const own = createRequire(file);
    module.require = Object.assign(
      (id: string): unknown => this.load(id, dirname(file))?.exports ?? own(id),
      own,
    ) as NodeJS.Require;
    this.loaded.set(file, module);
    try {
      module._compile(this.code.get(file) ?? '', file);
    } catch (error) {
      this.loaded.delete(file);
      throw error;
    }
    return module;
  }

  private find(specifier: string, from: string): string | undefined {
    if (!specifier.startsWith('.') && !specifier.startsWith('/')) return undefined;
    const path = resolve(from, specifier);
    const stem = /^\.[cm]?[jt]sx?$/.test(extname(path))
      ? path.slice(0, -extname(path).length)
      : path;
    return [path, `${stem}.js`, `${path}.js`, `${path}/index.js`].find((candidate) =>
      this.code.has(candidate),
    );
  }
}
