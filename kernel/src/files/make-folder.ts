import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and those above it that lack. Node.js's own `recursive` tries for ever where the system
 * denies that a folder is there, as it does for one that is to be made below /proc.
 * @throws the system's error.
 */
export async function makeFolder(path: string): Promise<void> {
  const lacking: string[] = [];
  let folder = resolve(path);
  while (!(await isThere(folder))) {
    lacking.unshift(folder);
    folder = dirname(folder);
  }
  for (const each of lacking) await mkdir(each).catch(unlessMade);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === 'ENOENT') return false;
      throw error;
    },
  );
}

/** By somebody else meanwhile. */
function unlessMade(error: unknown): void {
  if (codeOf(error) !== 'EEXIST') throw error;
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
