import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, sep } from 'node:path';
import { homeFolder } from '../files/home-folder';

/** What of a package.json says where its modules lie. */
interface Manifest {
  readonly name?: string;
  readonly type?: string;
  readonly exports?: Target;
  readonly imports?: Readonly<Record<string, Target>>;
}

type Target = string | null | readonly Target[] | { readonly [condition: string]: Target };

/** Conditions that Node.js's `import` meets, besides `default`. */
export const IMPORT_CONDITIONS: readonly string[] = [
  'node',
  'import',
  'node-addons',
  ...((process.features as { readonly require_module?: boolean }).require_module === true
    ? ['module-sync']
    : []),
];

/** Folders in which Node.js looks for packages last: those of `NODE_PATH`, then two at home. */
export function globalFolders(env: NodeJS.ProcessEnv = process.env): string[] {
  const named = (env.NODE_PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...named, join(homeFolder(), '.node_modules'), join(homeFolder(), '.node_libraries')];
}

/** Whether a specifier names a package, or a part of one, rather than a file. */
export function isBare(specifier: string): boolean {
  return !/^(?:\.{0,2}\/|\.{1,2}$|[a-z]+:)/.test(specifier);
}

/**
 * The file that an `import` of a package leads to from the file `from`, as Node.js finds it. Where a
 * package says nothing of `import`, it is what `require` finds. Undefined when there is none.
 */
export function resolveImport(specifier: string, from: string): string | undefined {
  const file = specifier.startsWith('#')
    ? resolveInternal(specifier, from)
    : (resolveExported(specifier, from) ?? resolveRequired(specifier, from));
  return file !== undefined && isFile(file) ? realpathSync(file) : undefined;
}

/** Whether Node.js takes a file for an ES module. */
export function isEsModuleFile(file: string): boolean {
  if (file.endsWith('.mjs')) return true;
  if (!file.endsWith('.js')) return false;
  return scopeOf(file)?.manifest.type === 'module';
}

/** By the `exports` of the package itself, or of the nearest one of that name. */
function resolveExported(specifier: string, from: string): string | undefined {
  const [, name, rest] = /^((?:@[^/]+\/)?[^/]+)(\/.*)?$/.exec(specifier) ?? [];
  if (name === undefined) return undefined;
  const path = `.${rest ?? ''}`;
  const own = scopeOf(from);
  if (own?.manifest.name === name && own.manifest.exports !== undefined)
    return matched(exportsOf(own.manifest.exports), path, own.folder, from);
  for (const folder of packageFolders(from)) {
    const root = join(folder, name);
    const manifest = readManifest(root);
    if (manifest?.exports !== undefined && manifest.exports !== null)
      return matched(exportsOf(manifest.exports), path, root, from);
    if (existsSync(root)) return undefined;
  }
  return undefined;
}

function resolveInternal(specifier: string, from: string): string | undefined {
  const scope = scopeOf(from);
  const imports = scope?.manifest.imports;
  return scope && imports && matched(imports, specifier, scope.folder, from);
}

function resolveRequired(specifier: string, from: string): string | undefined {
  try {
    return createRequire(from).resolve(specifier);
  } catch {
    return undefined;
  }
}

/** `exports` in its long form: what is exported by its name. */
function exportsOf(exported: Target): Readonly<Record<string, Target>> {
  const isLong =
    typeof exported === 'object' &&
    exported !== null &&
    Object.keys(exported).every((key) => key.startsWith('.'));
  return isLong ? (exported as Readonly<Record<string, Target>>) : { '.': exported };
}

/** The file behind a name, or behind the longest pattern that fits it. */
function matched(
  entries: Readonly<Record<string, Target>>,
  name: string,
  root: string,
  from: string,
): string | undefined {
  const exact = entries[name];
  if (exact !== undefined && !name.includes('*')) return fileOf(exact, '', root, from) ?? undefined;
  let best: { readonly key: string; readonly match: string } | undefined;
  for (const key of Object.keys(entries)) {
    const [before = '', after, ...more] = key.split('*');
    if (after === undefined || more.length > 0) continue;
    if (!name.startsWith(before) || !name.endsWith(after) || name.length < key.length) continue;
    const bestBefore = best?.key.indexOf('*') ?? -1;
    if (before.length < bestBefore) continue;
    if (best && before.length === bestBefore && key.length < best.key.length) continue;
    best = { key, match: name.slice(before.length, name.length - after.length) };
  }
  const target = best && entries[best.key];
  return target === undefined || best === undefined
    ? undefined
    : (fileOf(target, best.match, root, from) ?? undefined);
}

/** Null where a package says that there is nothing; undefined where no condition is met. */
function fileOf(
  target: Target,
  match: string,
  root: string,
  from: string,
): string | null | undefined {
  if (target === null) return null;
  if (typeof target === 'string') {
    const named = target.replaceAll('*', match);
    return named.startsWith('./') ? join(root, named) : resolveImport(named, from);
  }
  const choices = Array.isArray(target)
    ? (target as readonly Target[])
    : Object.entries(target as Readonly<Record<string, Target>>).flatMap(([condition, choice]) =>
        condition === 'default' || IMPORT_CONDITIONS.includes(condition) ? [choice] : [],
      );
  for (const choice of choices) {
    const file = fileOf(choice, match, root, from);
    if (file !== undefined) return file;
  }
  return undefined;
}

function packageFolders(from: string): string[] {
  const folders: string[] = [];
  for (let folder = dirname(from); ; folder = dirname(folder)) {
    if (!folder.endsWith(`${sep}node_modules`)) folders.push(join(folder, 'node_modules'));
    if (dirname(folder) === folder) return [...folders, ...globalFolders()];
  }
}

/** The package that a file belongs to. */
function scopeOf(
  file: string,
): { readonly folder: string; readonly manifest: Manifest } | undefined {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    const manifest = readManifest(folder);
    if (manifest) return { folder, manifest };
    if (dirname(folder) === folder || folder.endsWith(`${sep}node_modules`)) return undefined;
  }
}

function readManifest(folder: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  } catch {
    return undefined;
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
