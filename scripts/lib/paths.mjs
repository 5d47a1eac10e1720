import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const venv = join(root, '.venv');
export const venvBin = join(venv, 'bin');
export const venvPython = join(venvBin, 'python');
export const buildDir = join(root, 'build');

/** The `site-packages` folder of `.venv`, or undefined before it exists. */
export function sitePackages() {
  const lib = join(venv, 'lib');
  if (!existsSync(lib)) return undefined;
  const python = readdirSync(lib).find((name) => name.startsWith('python3'));
  return python && join(lib, python, 'site-packages');
}

/** The environment in which Jupyter finds our kernel and extension, and nothing of the user's. */
export function jupyterEnvironment() {
  const state = (name) => {
    const folder = join(buildDir, 'jupyter', name);
    mkdirSync(folder, { recursive: true });
    return folder;
  };
  return {
    ...process.env,
    PATH: `${venvBin}:${process.env.PATH}`,
    VIRTUAL_ENV: venv,
    JUPYTER_CONFIG_DIR: state('config'),
    JUPYTER_DATA_DIR: state('data'),
    JUPYTER_RUNTIME_DIR: state('runtime'),
    IPYTHONDIR: state('ipython'),
  };
}
