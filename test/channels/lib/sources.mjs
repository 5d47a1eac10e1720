import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../../scripts/lib/paths.mjs';

/** A file of the checkout. */
export const readText = (path) => readFileSync(join(root, path), 'utf8');

/** The files that belong to the checkout. */
export function gitFiles() {
  const output = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' });
  return output.split('\0').filter((file) => file !== '' && existsSync(join(root, file)));
}

/** Those of these paths that git ignores, which must be all: an example that it takes shows nothing. */
export function ignoredByGit(paths) {
  // Where none of them is there: git looks into no folder that is a link.
  const folder = mkdtempSync(join(tmpdir(), 'halfnote-ignore-'));
  try {
    execFileSync('git', ['init', '--quiet'], { cwd: folder });
    copyFileSync(join(root, '.gitignore'), join(folder, '.gitignore'));
    const { stdout } = spawnSync('git', ['check-ignore', ...paths], {
      cwd: folder,
      encoding: 'utf8',
    });
    const ignored = stdout.trim().split('\n');
    const taken = paths.filter((path) => !ignored.includes(path));
    if (taken.length > 0) throw new Error(`git does not ignore ${taken.join(', ')}`);
    return ignored;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `a>=1,<2` lines of a file of requirements, by name. */
export function requirements(text) {
  const lines = text.split('\n').map((line) => line.replace(/#.*/, '').trim());
  return new Map(
    lines
      .filter((line) => line !== '')
      .map((line) => {
        const [, name, range] = /^([\w.-]+)\s*(.*)$/.exec(line);
        return [name, range];
      }),
  );
}
