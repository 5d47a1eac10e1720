import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';
import { probe } from './process.mjs';

const git = async (...args) => (await probe('git', ['-C', root, ...args])) ?? '';

/**
 * What somebody who works here has changed: what isn't committed yet; when all is, what this branch adds
 * to main; on main itself, the last commit.
 * @returns {Promise<{since: string, files: string[]}>} files that still exist, from the root
 */
export async function changedFiles() {
  const uncommitted = [
    await git('diff', '--name-only', 'HEAD'),
    await git('ls-files', '--others', '--exclude-standard'),
  ];
  if (uncommitted.some((text) => text !== '')) return changes('the last commit', uncommitted);
  for (const main of ['origin/main', 'main']) {
    const base = await git('merge-base', main, 'HEAD');
    const added = base && (await git('diff', '--name-only', base, 'HEAD'));
    if (added) return changes(main, [added]);
  }
  return changes('the commit before', [await git('diff', '--name-only', 'HEAD~1', 'HEAD')]);
}

function changes(since, texts) {
  const files = texts.flatMap((text) => text.split('\n')).filter((file) => file !== '');
  return { since, files: files.filter((file) => existsSync(join(root, file))) };
}
