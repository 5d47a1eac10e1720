import { existsSync, readFileSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import { homeFolder } from '../files/home-folder';
import { findInstallation, type Installation } from '../installation';

/** The libtensorflow that this process has loaded, where the system tells (Linux). */
export function loadedLibrary(): string | undefined {
  try {
    const maps = readFileSync('/proc/self/maps', 'utf8');
    return /\s(\/\S*libtensorflow_cc\S*)$/m.exec(maps)?.[1];
  } catch {
    return undefined;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The Python environment that belongs to this package, or else the active one. */
export function environmentFolder(
  env: Environment = process.env,
  installation: Installation = findInstallation(env),
): string | undefined {
  const active = env['VIRTUAL_ENV'] || env['CONDA_PREFIX'] || undefined;
  switch (installation.kind) {
    case 'checkout':
      return existsSync(installation.environment) ? installation.environment : active;
    case 'wheel':
      return installation.prefix;
    case 'npm':
      return active;
  }
}

/** The user's own Jupyter folder: as `jupyter --data-dir` prints it. */
export function jupyterDataFolder(
  env: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const paths = pathsOf(platform);
  if (env['JUPYTER_DATA_DIR']) return env['JUPYTER_DATA_DIR'];
  if (platform === 'darwin') return paths.join(homeFolder(), 'Library', 'Jupyter');
  if (platform === 'win32')
    return paths.join(env['APPDATA'] || paths.join(homeFolder(), 'AppData', 'Roaming'), 'jupyter');
  return paths.join(env['XDG_DATA_HOME'] || paths.join(homeFolder(), '.local', 'share'), 'jupyter');
}

/** Where Jupyter keeps connection files: as `jupyter --runtime-dir` prints it. */
export function runtimeFolder(
  env: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  return (
    env['JUPYTER_RUNTIME_DIR'] ||
    pathsOf(platform).join(jupyterDataFolder(env, platform), 'runtime')
  );
}

/** Where Jupyter looks for kernels and extensions, nearest first. */
export function jupyterFolders(
  env: Environment = process.env,
  installation: Installation = findInstallation(env),
  platform: NodeJS.Platform = process.platform,
): string[] {
  const environment = environmentFolder(env, installation);
  const { delimiter } = pathsOf(platform);
  return [
    ...(env['JUPYTER_PATH']?.split(delimiter).filter((folder) => folder !== '') ?? []),
    ...(environment === undefined ? [] : [sharedFolder(environment, platform)]),
    jupyterDataFolder(env, platform),
    ...systemFolders(env, platform),
  ];
}

/** Jupyter's folder in an environment. */
export function sharedFolder(
  environment: string,
  platform: NodeJS.Platform = process.platform,
): string {
  return pathsOf(platform).join(environment, 'share', 'jupyter');
}

function systemFolders(env: Environment, platform: NodeJS.Platform): string[] {
  if (platform !== 'win32') return ['/usr/local/share/jupyter', '/usr/share/jupyter'];
  return env['PROGRAMDATA'] ? [win32.join(env['PROGRAMDATA'], 'jupyter')] : [];
}

function pathsOf(platform: NodeJS.Platform): typeof posix {
  return platform === 'win32' ? win32 : posix;
}
