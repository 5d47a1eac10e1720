import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HalfnoteError } from '../../errors';
import { pythonIn } from '../../installation';
import { tensorflowInstall } from '../../remedies/remedies';

const HAS_TENSORFLOW =
  'import importlib.util as u; print("yes" if u.find_spec("tensorflow") else "no")';

/** Found by what was asked for: looking takes a process each. */
const found = new Map<string, string>();

/**
 * A Python in which TensorFlow is installed: `named` and no other, else the first of HALFNOTE_PYTHON,
 * the `.venv` of this package or the working folder, the active environment, `python3` and `python`.
 * @throws HalfnoteError `tflite-missing` with all that was tried.
 */
export async function findTensorflowPython(
  named?: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const candidates = named === undefined ? candidatesIn(env) : [named];
  const key = candidates.join('\n') + (env['PATH'] ?? '');
  const known = found.get(key);
  if (known !== undefined) return known;
  const tried: string[] = [];
  for (const command of candidates) {
    const answer = await ask(command, env);
    if (answer === 'yes') {
      found.set(key, command);
      return command;
    }
    tried.push(`${command} (${answer === 'no' ? 'without TensorFlow' : 'no Python'})`);
  }
  throw new HalfnoteError(
    'tflite-missing',
    `No Python with TensorFlow was found. Tried: ${tried.join(', ')}.`,
    'TensorFlow Lite files are written by TensorFlow itself. Install it, for example with ' +
      `\`${tensorflowInstall()}\`, and name that Python: the option \`python\`, or HALFNOTE_PYTHON.`,
  );
}

function candidatesIn(env: NodeJS.ProcessEnv): string[] {
  const active = env['VIRTUAL_ENV'];
  const all = [
    env['HALFNOTE_PYTHON'],
    environmentAbove(__dirname),
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
function ask(command: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(command, ['-c', HAS_TENSORFLOW], { env }, (error, stdout) => {
      resolve(error === null ? stdout.trim() : undefined);
    });
  });
}
