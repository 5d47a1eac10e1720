import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runPackageManager } from '../lib/network.mjs';
import { jupyterEnvironment, programOf, programsOf, root, searchPath } from '../lib/paths.mjs';
import { run } from '../lib/process.mjs';
import { findPython } from '../lib/requirements.mjs';
import { digest, runSteps } from '../lib/steps.mjs';

/** Apart from `.venv`: nbgrader and jupytext bring extensions of JupyterLab along. */
const courseVenv = join(root, '.venv-course');
export const courseBin = (name) => programOf(courseVenv, name);

const requirements = join(root, 'notebooks/course/requirements.txt');

/** Where nbgrader finds its own programs and our kernel, and nothing of the user's. */
export function courseEnvironment() {
  const env = jupyterEnvironment();
  const path = searchPath([programsOf(courseVenv), env.PATH]);
  return { ...env, PATH: path, VIRTUAL_ENV: courseVenv };
}

/** Makes the environment of jupytext and nbgrader, with our kernel in it. */
export async function setUpCourse({ quiet = true } = {}) {
  const python = await findPython();
  await runSteps(courseSteps(python), { stamps: join(root, '.setup'), quiet });
}

/** The steps, for what was found here. */
function courseSteps(python) {
  return [
    {
      name: 'course environment',
      key: () => digest([python.version, python.command]),
      outputs: [courseBin('python')],
      run: async () => {
        await run(python.command, ['-m', 'venv', '--clear', courseVenv]);
        for (const stamp of ['nbgrader-and-jupytext', 'kernel-of-the-course'])
          rmSync(join(root, '.setup', stamp), { force: true });
      },
    },
    {
      name: 'nbgrader and jupytext',
      key: () => digest([python.version, readFileSync(requirements, 'utf8')]),
      outputs: [courseBin('nbgrader'), courseBin('jupytext')],
      run: async () => {
        await runPackageManager('Python package index', 'pip config list', courseBin('python'), [
          ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'],
          ...['-r', requirements],
        ]);
      },
    },
    {
      name: 'kernel of the course',
      key: () => digest([root, process.execPath, courseVenv]),
      outputs: [join(courseVenv, 'share/jupyter/kernels/halfnote/kernel.json')],
      run: async () => {
        const cli = join(root, 'kernel/dist/cli/main.js');
        await run(process.execPath, [cli, 'install', '--prefix', courseVenv]);
      },
    },
  ];
}
