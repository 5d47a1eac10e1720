import { existsSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import type ts from 'typescript';
import { globalFolders, IMPORT_CONDITIONS, isBare } from '../node-resolution';
import {
  canonicalSpecifier,
  moduleOwner,
  ownExport,
  packageRoot,
  requireFromKernel,
} from '../packages';
import type { TypeScript } from './typescript';

/** Resolves an import to its types; undefined when there is none. */
export type ModuleResolver = (
  specifier: string,
  containingFile: string,
  mode: ts.ResolutionMode,
) => ts.ResolvedModuleWithFailedLookupLocations;

/**
 * Resolves as the cell process does at run time (`process/modules.ts`): `halfnote` and tfjs are
 * ours, a package beside the notebook comes first for everything else, then our dependencies.
 */
export function createModuleResolver(
  typescript: TypeScript,
  options: ts.CompilerOptions,
  host: ts.ModuleResolutionHost,
  cache: ts.ModuleResolutionCache,
): ModuleResolver {
  const ours = join(packageRoot, 'package.json');
  const folders = globalFolders().filter((folder) => existsSync(folder));
  const resolve = (specifier: string, from: string, mode: ts.ResolutionMode) =>
    typescript.resolveModuleName(specifier, from, options, host, cache, undefined, mode);

  return (specifier, containingFile, mode) => {
    // Declared by `@types/node` as ambient modules: to look for them on the disk takes a tenth of a second.
    if (isBuiltin(specifier)) return { resolvedModule: undefined };
    const inGlobalFolders = folders.map(
      (folder) => () => resolveIn(typescript, folder, specifier, options, host, mode),
    );
    switch (moduleOwner(specifier)) {
      case 'self':
        return {
          resolvedModule: ownModule(typescript, specifier),
        };
      case 'ours':
        return firstResolved(
          () => resolve(canonicalSpecifier(specifier), ours, mode),
          () => resolve(specifier, containingFile, mode),
        );
      case 'beside-notebook':
        return firstResolved(
          () => withLocalSources(resolve(specifier, containingFile, mode)),
          ...(isBare(specifier) ? [...inGlobalFolders, () => resolve(specifier, ours, mode)] : []),
        );
    }
  };
}

/** `node_modules/@types` folders: the notebook's, else the one our `@types/node` lies in. */
export function typeRoots(cwd: string): string[] {
  const roots: string[] = [];
  for (let folder = cwd; ; folder = dirname(folder)) {
    const root = join(folder, 'node_modules', '@types');
    if (existsSync(join(root, 'node', 'package.json'))) roots.push(root);
    if (dirname(folder) === folder) break;
  }
  for (const from of [
    requireFromKernel.resolve('typescript'),
    requireFromKernel.resolve('tslab'),
  ]) {
    for (let folder = dirname(from); dirname(folder) !== folder; folder = dirname(folder)) {
      const root = join(folder, 'node_modules', '@types');
      if (existsSync(join(root, 'node', 'package.json'))) roots.push(root);
    }
  }
  return [...new Set(roots)];
}

function firstResolved(
  ...attempts: (() => ts.ResolvedModuleWithFailedLookupLocations)[]
): ts.ResolvedModuleWithFailedLookupLocations {
  let last: ts.ResolvedModuleWithFailedLookupLocations = { resolvedModule: undefined };
  for (const attempt of attempts) {
    last = attempt();
    if (last.resolvedModule !== undefined) return last;
  }
  return last;
}

function ownModule(typescript: TypeScript, specifier: string): ts.ResolvedModuleFull | undefined {
  const file = ownExport(specifier)?.types;
  if (file === undefined || !existsSync(file)) return undefined;
  return {
    resolvedFileName: file,
    extension: typescript.Extension.Dts,
    isExternalLibraryImport: true,
  };
}

/**
 * TypeScript that a package consists of, as in a workspace, is compiled like any beside the notebook:
 * there is nothing else to load.
 */
function withLocalSources(
  found: ts.ResolvedModuleWithFailedLookupLocations,
): ts.ResolvedModuleWithFailedLookupLocations {
  const { resolvedModule } = found;
  if (resolvedModule?.isExternalLibraryImport !== true) return found;
  const { resolvedFileName } = resolvedModule;
  if (!/\.[cm]?tsx?$/.test(resolvedFileName) || /\.d\.[cm]?ts$/.test(resolvedFileName))
    return found;
  return { resolvedModule: { ...resolvedModule, isExternalLibraryImport: false } };
}

/** A package in a folder that holds packages without being called `node_modules`. */
function resolveIn(
  typescript: TypeScript,
  folder: string,
  specifier: string,
  options: ts.CompilerOptions,
  host: ts.ModuleResolutionHost,
  mode: ts.ResolutionMode,
): ts.ResolvedModuleWithFailedLookupLocations {
  const seen = join(folder, 'node_modules');
  const real = (path: string): string =>
    path === seen || path.startsWith(`${seen}/`) ? folder + path.slice(seen.length) : path;
  const renamed: ts.ModuleResolutionHost = {
    fileExists: (path) => host.fileExists(real(path)),
    readFile: (path) => host.readFile(real(path)),
    directoryExists: (path) => host.directoryExists?.(real(path)) ?? true,
    realpath: (path) => host.realpath?.(real(path)) ?? real(path),
  };
  const from = join(folder, 'any.ts');
  return withLocalSources(
    typescript.resolveModuleName(specifier, from, options, renamed, undefined, undefined, mode),
  );
}

/** Conditions of packages that Node.js meets and bundlers need not. */
export const NODE_CONDITIONS: string[] = IMPORT_CONDITIONS.filter((name) => name !== 'import');
