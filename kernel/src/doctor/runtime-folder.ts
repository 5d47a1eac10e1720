import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from './view';
import { runtimeFolder } from './places';

const NAME = 'connection files';
/** Permissions of the group and of everybody else. */
const OTHERS = 0o077;

/**
 * Whether others on this machine may look into the folder of Jupyter's connection files, or into one of
 * them. Nothing where permissions aren't told by a mode (Windows).
 */
export function connectionFiles(folder: string = runtimeFolder()): Finding[] {
  if (process.platform === 'win32') return [];
  const mode = modeOf(folder);
  if (mode === undefined) {
    return [{ name: NAME, value: `none yet: ${folder} is not there`, state: 'ok' }];
  }
  if ((mode & OTHERS) === 0) {
    return [{ name: NAME, value: `in ${folder}, for its owner only`, state: 'ok' }];
  }
  const open = openFiles(folder);
  const files = open.length === 0 ? '' : `, as are ${open.length} of its files (${open[0] ?? ''})`;
  return [
    {
      name: NAME,
      value: `${folder} is open to others, mode ${octal(mode)}${files}`,
      state: 'note',
      hint:
        'Who reads a connection file can run code as you, with its key: ' +
        `chmod 700 ${folder}${open.length === 0 ? '' : ` && chmod 600 ${folder}/*.json`}`,
    },
  ];
}

/** Kernels' and servers' files that others may read, with their modes. */
function openFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /^(?:kernel|jpserver|nbserver)-.*\.json$/.test(name))
    .flatMap((name) => {
      const mode = modeOf(join(folder, name));
      return mode === undefined || (mode & OTHERS) === 0 ? [] : [`${name}, mode ${octal(mode)}`];
    });
}

/** The permission bits; undefined where there is nothing. */
function modeOf(path: string): number | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats && stats.mode & 0o777;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(3, '0');
}
