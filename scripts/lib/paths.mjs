import { existsSync, mkdirSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const venv = join(root, '.venv');
export const venvPython = programOf(venv, 'python');
export const buildDir = join(root, 'build');

/** Where a Python environment has its programs. */
export function programsOf(environment, platform = process.platform) {
  return join(environment, platform === 'win32' ? 'Scripts' : 'bin');
}

/** A program of a Python environment, by its name. */
export function programOf(environment, name, platform = process.platform) {
  return join(programsOf(environment, platform), platform === 'win32' ? `${name}.exe` : name);
}

/**
 * Where a Python environment has its packages; undefined before it exists.
 * @param {(folder: string) => readonly string[]} [namesIn] lists a folder
 */
export function sitePackages(environment = venv, platform = process.platform, namesIn = list) {
  if (platform === 'win32') return join(environment, 'Lib', 'site-packages');
  const lib = join(environment, 'lib');
  const python = namesIn(lib).find((name) => name.startsWith('python3'));
  return python && join(lib, python, 'site-packages');
}

function list(folder) {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** Folders as an environment variable names them, those that are given. */
export function searchPath(folders, separator = delimiter) {
  return folders.filter(Boolean).join(separator);
}

/**
 * Whether the module with this `import.meta.url` is the program that was started.
 * @param {string | undefined} [started] the program's path, as it was typed
 */
export function isMain(url, started = process.argv[1]) {
  if (started === undefined || !existsSync(started)) return false;
  return realpathSync(started) === realpathSync(fileURLToPath(url));
}

/** The environment in which Jupyter finds our kernel and extension, and nothing of the user's. */
export function jupyterEnvironment(environment = venv) {
  const state = (name) => {
    const folder = join(buildDir, 'jupyter', name);
    mkdirSync(folder, { recursive: true });
    return folder;
  };
  return {
    ...process.env,
    PATH: searchPath([programsOf(environment), process.env.PATH]),
    VIRTUAL_ENV: environment,
    JUPYTER_CONFIG_DIR: state('config'),
    JUPYTER_DATA_DIR: state('data'),
    JUPYTER_RUNTIME_DIR: state('runtime'),
    IPYTHONDIR: state('ipython'),
  };
}
