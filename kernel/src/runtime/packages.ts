import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The folder of the kernel's own package: our dependencies resolve from there, hoisted or not. */
export const packageRoot: string = findPackageRoot(__dirname);

/** `require` as from inside the kernel's package, whichever folder the notebook lies in. */
export const requireFromKernel: NodeJS.Require = createRequire(join(packageRoot, 'package.json'));

export type ModuleOwner = 'self' | 'ours' | 'beside-notebook';

/** The one engine our backend is set on: a second copy would have its own tensors and registry. */
const ENGINE =
  /^@tensorflow\/tfjs(?:-(?:core|layers|converter|data|backend-[a-z]+|node|node-gpu))?(?:\/|$)/;

/**
 * Who provides a module that a notebook asks for: `self` is this package, `ours` comes from our
 * dependencies whatever is installed beside the notebook, and for everything else the notebook's
 * folder comes first.
 */
export function moduleOwner(specifier: string): ModuleOwner {
  if (specifier === 'halfnote' || specifier.startsWith('halfnote/')) return 'self';
  return ENGINE.test(specifier) ? 'ours' : 'beside-notebook';
}

/** What this package exports under a name: the file that runs, and the one with its types. */
export function ownExport(
  specifier: string,
): { readonly file: string; readonly types: string } | undefined {
  const exported = ownExports()[`.${specifier.slice('halfnote'.length)}`];
  if (typeof exported !== 'object') return undefined;
  return { file: join(packageRoot, exported.default), types: join(packageRoot, exported.types) };
}

/** The names under which this package can be imported: `halfnote`, `halfnote/mime`, ... */
export function ownSpecifiers(): string[] {
  return Object.entries(ownExports()).flatMap(([name, exported]) =>
    typeof exported === 'object' ? [`halfnote${name.slice(1)}`] : [],
  );
}

type Exports = Readonly<
  Record<string, string | { readonly default: string; readonly types: string }>
>;

function ownExports(): Exports {
  return (requireFromKernel('./package.json') as { readonly exports: Exports }).exports;
}

/** Node names `tfjs-node` and `tfjs-node-gpu` are one API; we have the binding under the second. */
export function canonicalSpecifier(specifier: string): string {
  return specifier === '@tensorflow/tfjs-node' ? '@tensorflow/tfjs-node-gpu' : specifier;
}

function findPackageRoot(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (dirname(folder) === folder) throw new Error(`no package.json above ${from}`);
  }
}
