import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

export interface PythonEnvironment {
  readonly folder: string;
  readonly version: string;
  /** For example `tensorflow-cpu 2.21.0`. */
  readonly tensorflow: string | undefined;
}

/** The `.venv` beside this package or in a folder above it. */
export function findPython(from: string = __dirname): PythonEnvironment | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const configuration = join(folder, '.venv/pyvenv.cfg');
    if (existsSync(configuration)) return describe(join(folder, '.venv'), configuration);
    if (dirname(folder) === folder) return undefined;
  }
}

function describe(folder: string, configuration: string): PythonEnvironment {
  const version = /^version\s*=\s*(\S+)/m.exec(readFileSync(configuration, 'utf8'))?.[1];
  const lib = join(folder, 'lib');
  const packages = (existsSync(lib) ? readdirSync(lib) : [])
    .map((python) => join(lib, python, 'site-packages'))
    .filter((path) => existsSync(path))
    .flatMap((path) => readdirSync(path));
  const wheel = packages
    .map((name) => /^(tensorflow(?:_cpu)?)-([\w.]+)\.dist-info$/.exec(name))
    .find((match) => match !== null);
  return {
    folder,
    version: `Python ${version ?? 'of unknown version'}`,
    tensorflow: wheel && `${(wheel[1] ?? '').replace('_', '-')} ${wheel[2] ?? ''}`,
  };
}

/** The libtensorflow that this process has loaded, where the system tells (Linux). */
export function loadedLibrary(): string | undefined {
  try {
    const maps = readFileSync('/proc/self/maps', 'utf8');
    return /\s(\/\S*libtensorflow_cc\S*)$/m.exec(maps)?.[1];
  } catch {
    return undefined;
  }
}

/** The user's own Jupyter folder: as `jupyter --data-dir` prints it. */
export function jupyterDataFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env['JUPYTER_DATA_DIR']) return env['JUPYTER_DATA_DIR'];
  return process.platform === 'darwin'
    ? join(homedir(), 'Library/Jupyter')
    : join(env['XDG_DATA_HOME'] || join(homedir(), '.local/share'), 'jupyter');
}

/** Where Jupyter looks for kernels and extensions, nearest first. */
export function jupyterFolders(): string[] {
  const virtual = findPython()?.folder;
  return [
    ...(process.env['JUPYTER_PATH']?.split(delimiter) ?? []),
    ...(virtual === undefined ? [] : [join(virtual, 'share/jupyter')]),
    jupyterDataFolder(),
    '/usr/local/share/jupyter',
    '/usr/share/jupyter',
  ];
}

/** Our kernelspec and Lab extension in the first Jupyter folder that has each. */
export function findInstallations(
  exists: (path: string) => boolean,
  folders: readonly string[] = jupyterFolders(),
): { readonly kernelspec: string | undefined; readonly extension: string | undefined } {
  const first = (path: string, proof: string): string | undefined =>
    folders.map((folder) => join(folder, path)).find((folder) => exists(join(folder, proof)));
  return {
    kernelspec: first('kernels/halfnote', 'kernel.json'),
    extension: first('labextensions/halfnote-lab', 'package.json'),
  };
}
