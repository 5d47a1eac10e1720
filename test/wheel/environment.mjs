import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { buildDir, venvPython } from '../../scripts/lib/paths.mjs';
import { notebookOf, textsOf } from '../lib/notebook.mjs';

/** Programs that a venv's own scripts, Jupyter and TensorFlow may call; neither Node.js nor a compiler. */
const PROGRAMS = ['sh', 'env', 'uname', 'cat', 'ldconfig'];

/**
 * A machine as that of somebody who has Python alone: a fresh virtual environment, an empty home, and a
 * PATH without Node.js and compilers. What pip downloads is kept between runs.
 */
export function freshMachine() {
  const folder = mkdtempSync(join(tmpdir(), 'halfnote-wheel-'));
  const at = (...parts) => join(folder, ...parts);
  for (const name of ['home', 'bin', 'work']) mkdirSync(at(name));
  // Kernels are asked through files, not ports: other suites ask the system for free ports meanwhile.
  mkdirSync(at('home/.jupyter'));
  const transport = 'c.KernelManager.transport = "ipc"\n';
  writeFileSync(at('home/.jupyter/jupyter_nbconvert_config.py'), transport);
  for (const program of PROGRAMS) {
    const { stdout } = spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' });
    if (stdout.trim() !== '') symlinkSync(stdout.trim(), at('bin', program));
  }
  const environment = at('env');
  const env = {
    HOME: at('home'),
    PATH: `${join(environment, 'bin')}:${at('bin')}`,
    LANG: 'C.UTF-8',
    PIP_CACHE_DIR: join(buildDir, 'wheel/pip'),
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    // Where pip looks is the machine's business.
    ...Object.fromEntries(
      Object.entries(process.env).filter(([name]) => /^(?:PIP_|SSL_|\w+_PROXY$)/i.test(name)),
    ),
  };
  const made = spawnSync(venvPython, ['-m', 'venv', environment], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`venv: ${made.stderr}`);
  return {
    folder,
    environment,
    /** Runs a program of the environment, or by its path; throws with its output where it fails, unless told not to. */
    run(program, args, { more = {}, mayFail = false, cwd = at('work') } = {}) {
      const result = spawnSync(resolve(environment, 'bin', program), args, {
        cwd,
        env: { ...env, ...more },
        encoding: 'utf8',
        maxBuffer: 64 * 2 ** 20,
        timeout: 900_000,
      });
      const output = `${result.stdout ?? ''}${result.stderr ?? ''}`;
      if (result.status !== 0 && !mayFail)
        throw new Error(
          `${program} ${args.join(' ')} ended with ${result.status ?? result.signal}\n${output}`,
        );
      return { code: result.status, stdout: result.stdout, output };
    },
    /** Writes a file beside the notebooks. */
    write(path, text) {
      mkdirSync(dirname(at('work', path)), { recursive: true });
      writeFileSync(at('work', path), text);
    },
    /** Runs a notebook of these cells, and returns the outputs of each as text. */
    runNotebook(name, cells, options) {
      writeFileSync(at('work', `${name}.ipynb`), JSON.stringify(notebookOf(cells)));
      const target = `${name}-run`;
      const args = [
        'nbconvert',
        '--to',
        'notebook',
        '--execute',
        '--output',
        target,
        `${name}.ipynb`,
      ];
      this.run('jupyter', args, options);
      const made = JSON.parse(readFileSync(at('work', `${target}.ipynb`), 'utf8'));
      return textsOf(made);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
