import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sight } from './check';

/** The machine itself, or a tree of files that stands for it. */
export function sightOf(root = '/'): Sight {
  return {
    read: (path) => attempt(() => readFileSync(join(root, path), 'utf8').trim()),
    list: (path) => attempt(() => readdirSync(join(root, path)).sort()) ?? [],
    monotonicS: () => Number(process.hrtime.bigint()) / 1e9,
    wallS: () => Date.now() / 1000,
  };
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
