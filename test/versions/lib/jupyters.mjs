import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { installExtension } from '../../../extension/scripts/build.mjs';
import { programOf, root, venv, venvPython } from '../../../scripts/lib/paths.mjs';
import { run } from '../../../scripts/lib/process.mjs';
import { kept, pip } from './nodes.mjs';

/** The oldest and the newest pair of JupyterLab 4 and Notebook 7 that the extension is for. */
export const JUPYTERS = [
  { lab: '4.2', notebook: '7.2' },
  { lab: '4.6', notebook: '7.6' },
];

/** What set-up puts into `.venv`. */
export const OWN = JUPYTERS.at(-1);

/**
 * An environment with this JupyterLab and Notebook: `.venv`, or one of its own.
 * @returns {Promise<{environment: string, lab: string, notebook: string}>} with the versions that it has
 */
export async function jupyterOf(pair) {
  const { lab, notebook } = pair;
  const environment = pair === OWN ? venv : join(kept, `lab-${lab}`);
  if (!existsSync(environment)) await makeEnvironment(environment, lab, notebook);
  const script = `from importlib.metadata import version
print(version("jupyterlab"), version("notebook"))`;
  const versions = (await run(programOf(environment, 'python'), ['-c', script])).trim().split(' ');
  return { environment, lab: versions[0], notebook: versions[1] };
}

/** A folder by which any Jupyter finds the kernel and the extension as they are built here. */
export async function builtParts() {
  const prefix = join(kept, 'parts');
  mkdirSync(prefix, { recursive: true });
  await run(process.execPath, [
    ...[join(root, 'kernel/dist/cli/main.js'), 'install'],
    ...['--prefix', prefix],
  ]);
  installExtension({ root, prefix });
  return { JUPYTER_PATH: join(prefix, 'share', 'jupyter') };
}

/** Its programs name their Python by its path: what did not become whole is removed, not moved. */
async function makeEnvironment(environment, lab, notebook) {
  const done = `${environment}.${process.pid}`;
  try {
    await run(venvPython, ['-m', 'venv', environment]);
    const packages = [`jupyterlab==${lab}.*`, `notebook==${notebook}.*`];
    await pip(packages, programOf(environment, 'python'));
  } catch (error) {
    // Out of the way first: a half of it would be taken for the whole.
    if (existsSync(environment)) renameSync(environment, done);
    throw error;
  } finally {
    rmSync(done, { recursive: true, force: true });
  }
}
