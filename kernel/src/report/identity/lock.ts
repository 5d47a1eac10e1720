import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { hashFile, type Sha256 } from '../../hashing/canonical';
import type { ReportedCell } from './cells';

const LOCKS = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'pnpm-lock.yaml',
  'yarn.lock',
  'bun.lock',
];

/** The hash of the nearest lock file in the folder or above it; null where there is none. */
export async function lockHash(folder: string): Promise<Sha256 | null> {
  for (let at = folder; ; at = dirname(at)) {
    const file = LOCKS.map((name) => join(at, name)).find(isFile);
    if (file !== undefined) return hashFile(file);
    if (dirname(at) === at) return null;
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** `from 'x'`, `import 'x'`, `import('x')`, `require('x')`. */
const IMPORT = /(?:\bfrom|\bimport|\bimport\s*\(|\brequire\s*\()\s*(['"])([^'"\n]+)\1/g;

/** The packages that the cells import, each with the version that is installed for the notebook. */
export function packageVersions(
  cells: readonly ReportedCell[],
  folder: string,
): Record<string, string> {
  const sources = cells.filter(({ type }) => type === 'code').map(({ source }) => source);
  const names = sources.flatMap((source) =>
    [...source.matchAll(IMPORT)].flatMap((match) => packageName(match[2] ?? '') ?? []),
  );
  const versions = [...new Set(names)]
    .sort()
    .map((name) => [name, installedVersion(name, folder)] as const);
  return Object.fromEntries(
    versions.flatMap(([name, version]) => (version === undefined ? [] : [[name, version]])),
  );
}

function packageName(specifier: string): string | undefined {
  return /^(@[\w.-]+\/[\w.-]+|[\w][\w.-]*)(\/|$)/.exec(specifier)?.[1];
}

/** By its package.json in the folders that Node.js looks through: many don't export it. */
export function installedVersion(name: string, folder: string): string | undefined {
  const places = createRequire(join(folder, 'notebook.js')).resolve.paths(name) ?? [];
  const file = places.map((place) => join(place, name, 'package.json')).find(existsSync);
  if (file === undefined) return undefined;
  const content = JSON.parse(readFileSync(file, 'utf8')) as { readonly version?: unknown };
  return typeof content.version === 'string' ? content.version : undefined;
}
