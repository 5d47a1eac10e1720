import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pythonIn } from '../installation';

/** Found by what was asked for: looking takes a process each. */
const found = new Map<string, string>();

export interface PythonSearch {
  /** The package as people call it. */
  readonly called: string;
  /** A folder of this package. */
  readonly from: string;
  /** This Python and no other. */
  readonly named?: string | undefined;
  readonly env?: NodeJS.ProcessEnv;
}

/** The Python that has the package, or each that was tried and why it isn't. */
export type SearchedPython =
  | { readonly python: string; readonly tried?: undefined }
  | { readonly python?: undefined; readonly tried: readonly string[] };

/**
 * Looks for a Python in which a package is installed: `named`, else the first of HALFNOTE_PYTHON, the `.venv` of
 * this package or the working folder, the active environment, `python3` and `python`.
 */
export async function searchPython(
  module: string,
  { called, from, named, env = process.env }: PythonSearch,
): Promise<SearchedPython> {
  const candidates = named === undefined ? candidatesIn(env, from) : [named];
  const key = [module, ...candidates, env['PATH'] ?? ''].join('\n');
  const known = found.get(key);
  if (known !== undefined) return { python: known };
  const tried: string[] = [];
  for (const command of candidates) {
    const answer = await ask(module, command, env);
    if (answer === 'yes') {
      found.set(key, command);
      return { python: command };
    }
    tried.push(`${command} (${answer === 'no' ? `without ${called}` : 'no Python'})`);
  }
  return { tried };
}

function candidatesIn(env: NodeJS.ProcessEnv, from: string): string[] {
  const active = env['VIRTUAL_ENV'];
  const all = [
    env['HALFNOTE_PYTHON'],
    environmentAbove(from),
    environmentAbove(process.cwd()),
    active === undefined ? undefined : pythonIn(active),
    'python3',
    'python',
  ];
  return [...new Set(all.filter((one) => one !== undefined && one !== ''))] as string[];
}

/** The Python of the `.venv` in a folder or the nearest above it. */
function environmentAbove(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const environment = join(folder, '.venv');
    if (existsSync(join(environment, 'pyvenv.cfg'))) return pythonIn(environment);
    if (dirname(folder) === folder) return undefined;
  }
}

/** `yes` or `no`; undefined where it is no Python that runs. */
function ask(module: string, command: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const code = `import importlib.util as u; print("yes" if u.find_spec("${module}") else "no")`;
  return new Promise((resolve) => {
    execFile(command, ['-c', code], { env }, (error, stdout) => {
      resolve(error === null ? stdout.trim() : undefined);
    });
  });
}
