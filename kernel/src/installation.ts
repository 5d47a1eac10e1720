import { existsSync } from 'node:fs';
import { dirname, join, posix, win32 } from 'node:path';

/**
 * How this package came here: a checkout that `npm run setup` made ready, a wheel whose launcher
 * (`python -m halfnote`) started this process, or a package beside the code that imports it.
 */
export type Installation =
  | { readonly kind: 'checkout'; readonly folder: string; readonly environment: string }
  | { readonly kind: 'wheel'; readonly python: string; readonly prefix: string }
  | { readonly kind: 'npm' };

/** Where the wheel has its packages of Node.js. */
const IN_WHEEL = join('halfnote', '_node', 'node_modules');

/**
 * In a wheel, what the launcher says of the Python that started it, in HALFNOTE_PYTHON and HALFNOTE_PREFIX
 * (`sys.executable`, `sys.prefix`), holds: these variables reach what a cell starts too, which may be
 * another. A checkout is known by its set-up.
 */
export function findInstallation(
  env: NodeJS.ProcessEnv = process.env,
  from: string = __dirname,
): Installation {
  const { HALFNOTE_PYTHON: python, HALFNOTE_PREFIX: prefix } = env;
  if (python && prefix && from.includes(IN_WHEEL)) return { kind: 'wheel', python, prefix };
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'scripts/setup.mjs')) && existsSync(join(folder, 'kernel')))
      return { kind: 'checkout', folder, environment: join(folder, '.venv') };
    if (dirname(folder) === folder) return { kind: 'npm' };
  }
}

/** The Python of an environment, where venv puts it. */
export function pythonIn(
  environment: string,
  platform: NodeJS.Platform = process.platform,
): string {
  return platform === 'win32'
    ? win32.join(environment, 'Scripts', 'python.exe')
    : posix.join(environment, 'bin', 'python');
}

/** Our command, compiled. */
export const MAIN: string = join(__dirname, '..', 'dist', 'cli', 'main.js');

/** What starts our command: a wheel's launcher, which finds Node.js and TensorFlow; else Node.js itself. */
export function ownCommand(
  installation: Installation = findInstallation(),
  main: string = MAIN,
): readonly string[] {
  return installation.kind === 'wheel'
    ? [installation.python, '-m', 'halfnote']
    : [process.execPath, main];
}
