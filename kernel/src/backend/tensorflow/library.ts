import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findInstallation, type Installation } from '../../installation';

/** A libtensorflow on this machine. */
export interface TensorFlowLibrary {
  /** What the system's loader opens. */
  readonly file: string;
  /** By what it was found, as a person would say it: `HALFNOTE_TENSORFLOW`, `.venv`, `VIRTUAL_ENV`, ... */
  readonly foundBy: string;
}

/** The name that an addon linked against TensorFlow asks the loader for. */
export function libraryName(platform: NodeJS.Platform = process.platform): string {
  return platform === 'darwin' ? 'libtensorflow_cc.2.dylib' : 'libtensorflow_cc.so.2';
}

/**
 * The first libtensorflow of: the folder in HALFNOTE_TENSORFLOW (the launcher of the wheel sets it to what
 * its Python would import) and no other, the `.venv` of a checkout, the active environment. Undefined
 * without one: it may still lie where the system looks.
 * @throws Error where HALFNOTE_TENSORFLOW names a folder without it
 */
export function findTensorFlow(
  env: NodeJS.ProcessEnv = process.env,
  installation: Installation = findInstallation(env),
): TensorFlowLibrary | undefined {
  const named = env['HALFNOTE_TENSORFLOW'];
  if (named) {
    const file = join(named, libraryName());
    if (existsSync(file)) return { file, foundBy: 'HALFNOTE_TENSORFLOW' };
    throw new Error(`HALFNOTE_TENSORFLOW is ${named}, where there is no ${libraryName()}`);
  }
  // Its launcher has looked, by the rules of its Python.
  if (installation.kind === 'wheel') return undefined;
  const environments: [string, string | undefined][] = [
    ['.venv', installation.kind === 'checkout' ? installation.environment : undefined],
    ['VIRTUAL_ENV', env['VIRTUAL_ENV']],
    ['CONDA_PREFIX', env['CONDA_PREFIX']],
  ];
  for (const [foundBy, environment] of environments) {
    const file = environment && inEnvironment(environment);
    if (file) return { file, foundBy };
  }
  return undefined;
}

/** In pip's package, or where conda has its libraries. */
function inEnvironment(environment: string): string | undefined {
  const lib = join(environment, 'lib');
  const packages = (existsSync(lib) ? readdirSync(lib) : [])
    .filter((name) => name.startsWith('python3'))
    .map((python) => join(lib, python, 'site-packages/tensorflow'));
  return [...packages, lib].map((folder) => join(folder, libraryName())).find(existsSync);
}
