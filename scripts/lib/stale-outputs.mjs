import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** What the compiler makes of one source. */
const OUTPUT = /\.(d\.ts|d\.ts\.map|js|js\.map)$/;

/**
 * Removes what the compiler once made of sources that are gone: it doesn't do so itself, and `require` finds a
 * file of old before the folder that took its place.
 * @returns the paths that were removed
 */
export function removeStaleOutputs(sources, outputs) {
  if (!existsSync(outputs)) return [];
  return readdirSync(outputs, { withFileTypes: true }).flatMap((entry) => {
    const path = join(outputs, entry.name);
    if (entry.isDirectory()) return removeStaleOutputs(join(sources, entry.name), path);
    const name = entry.name.replace(OUTPUT, '');
    const isOutput = name !== entry.name;
    if (
      !isOutput ||
      ['.ts', '.tsx', '.cts', '.mts'].some((end) => existsSync(join(sources, name + end)))
    )
      return [];
    rmSync(path);
    return [path];
  });
}
