import { inspect, type InspectOptions } from 'node:util';

/** What a module exports, as other modules see it. */
export type Namespace = Record<string, unknown>;

/** A namespace without names yet. TypeScript's CommonJS takes it for an ES module by `__esModule`. */
export function newNamespace(): Namespace {
  return Object.create(null, {
    __esModule: { value: true },
    [Symbol.toStringTag]: { value: 'Module' },
    [inspect.custom]: { value: show },
  }) as Namespace;
}

export function addExport(namespace: Namespace, name: string, get: () => unknown): void {
  Object.defineProperty(namespace, name, { enumerable: true, configurable: true, get });
}

/** Adds the names of `export * from`, which give way to a module's own and leave `default` out. */
export function addStar(namespace: Namespace, from: Namespace): void {
  for (const name of Object.keys(from)) {
    if (name === 'default' || Object.hasOwn(namespace, name)) continue;
    addExport(namespace, name, () => from[name]);
  }
  // In alphabetical order, as those of a module are.
  for (const name of Object.keys(namespace).sort()) {
    const known = Object.getOwnPropertyDescriptor(namespace, name);
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the order of properties is that in which they are added
    delete namespace[name];
    if (known) Object.defineProperty(namespace, name, known);
  }
}

/** A module as TypeScript's CommonJS wants it, so that `default` is the module's default. */
export function asNamespace(module: unknown): Namespace {
  const isObject = typeof module === 'object' && module !== null;
  const names = isObject || typeof module === 'function' ? Object.keys(module) : [];
  const source = module as Namespace;
  const namespace = newNamespace();
  for (const name of names) addExport(namespace, name, () => source[name]);
  return namespace;
}

/** What `import * as name` gives of CommonJS: its properties, and itself as `default` unless it has one. */
export function namespaceOfCommonJs(exported: unknown): unknown {
  const { __esModule: isEsModule } = (exported ?? {}) as { readonly __esModule?: unknown };
  if (isEsModule === true) return exported;
  const namespace = asNamespace(exported);
  addExport(namespace, 'default', () => exported);
  return namespace;
}

/** With values instead of the functions that read them, as Node.js shows a module. */
function show(this: Namespace, _depth: number, options: InspectOptions): string {
  const shown: Namespace = {};
  for (const name of Object.keys(this).sort()) {
    try {
      shown[name] = this[name];
    } catch {
      shown[name] = NOT_YET;
    }
  }
  return `[Module: null prototype] ${inspect(shown, options)}`;
}

const NOT_YET = { [inspect.custom]: (): string => '<uninitialized>' };
