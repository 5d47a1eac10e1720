import type ts from 'typescript';

/** TypeScript's answer for a folder: its package.json, or that it has none. */
type PackageInfo = { readonly packageDirectory: string; readonly contents?: unknown };

/** The part of TypeScript's module resolution cache that making a program asks for. */
export interface PackageFormatCache {
  getPackageJsonInfo(path: string): PackageInfo | undefined;
  setPackageJsonInfo(path: string, info: PackageInfo): void;
  clear(): void;
  getInternalMap(): Map<string, PackageInfo>;
}

const FILE = '/package.json';

/**
 * Whose package a file belongs to, which TypeScript asks for every library file whenever a cell is
 * compiled. A folder without a package.json answers at once with that of the nearest folder above,
 * so that TypeScript need not walk there itself; this is half the time that a small cell takes.
 */
export function createPackageFormatCache(): PackageFormatCache {
  const known = new Map<string, PackageInfo>();
  const nearest = new Map<string, PackageInfo>();

  return {
    getPackageJsonInfo(path) {
      const remembered = nearest.get(path);
      if (remembered) return remembered;
      for (let file = path; ;) {
        const info = known.get(file);
        // Not looked at yet: TypeScript does, and tells.
        if (info === undefined) return known.get(path);
        if (info.contents !== undefined) {
          nearest.set(path, info);
          return info;
        }
        const folder = file.slice(0, -FILE.length);
        const slash = folder.lastIndexOf('/');
        if (slash <= 0) return info;
        file = folder.slice(0, slash) + FILE;
      }
    },
    setPackageJsonInfo(path, info) {
      known.set(path, info);
    },
    clear() {
      known.clear();
      nearest.clear();
    },
    getInternalMap: () => known,
  };
}

/** The cache in the shape in which a compiler host hands it over. */
export function withPackageFormats(
  cache: ts.ModuleResolutionCache,
  formats: PackageFormatCache,
): ts.ModuleResolutionCache {
  return Object.assign(Object.create(cache) as ts.ModuleResolutionCache, {
    getPackageJsonInfoCache: () => formats,
  });
}
