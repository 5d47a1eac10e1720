import { readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runPackageManager } from './network.mjs';
import { jupyterEnvironment, programOf, programsOf, root, searchPath } from './paths.mjs';
import { run } from './process.mjs';
import { findPython } from './requirements.mjs';
import { digest, runSteps } from './steps.mjs';

/**
 * A Python environment beside `.venv`, for what would change JupyterLab or its packages there:
 * `.venv-<name>`, with our kernel in it and what a file of requirements asks for.
 */
export class SideEnvironment {
  /**
   * @param {{name: string, requirements: string, programs: readonly string[], withLab?: boolean}} options
   *   `programs`: what the requirements bring; `withLab`: our Python package is there too
   */
  constructor({ name, requirements, programs, withLab = false }) {
    this.name = name;
    this.folder = join(root, `.venv-${name}`);
    this.requirements = requirements;
    this.programs = programs;
    this.withLab = withLab;
  }

  program(name) {
    return programOf(this.folder, name);
  }

  /** Where its programs are found first, and nothing of the user's. */
  variables() {
    const env = jupyterEnvironment();
    const path = searchPath([programsOf(this.folder), env.PATH]);
    return { ...env, PATH: path, VIRTUAL_ENV: this.folder };
  }

  async setUp({ quiet = true } = {}) {
    const python = await findPython();
    await runSteps(this.steps(python), { stamps: join(root, '.setup'), quiet });
  }

  steps(python) {
    const kernel = `kernel of ${basename(this.folder)}`;
    const packages = `packages of ${basename(this.folder)}`;
    const lab = `Python package of ${basename(this.folder)}`;
    return [
      {
        name: `environment ${basename(this.folder)}`,
        key: () => digest([python.version, python.command]),
        outputs: [this.program('python')],
        run: async () => {
          await run(python.command, ['-m', 'venv', '--clear', this.folder]);
          for (const step of [kernel, packages, lab])
            rmSync(join(root, '.setup', step.replace(/\W+/g, '-')), { force: true });
        },
      },
      {
        name: packages,
        key: () => digest([python.version, readFileSync(this.requirements, 'utf8')]),
        outputs: this.programs.map((name) => this.program(name)),
        run: async () => {
          await this.pip('-r', this.requirements);
        },
      },
      ...(this.withLab
        ? [
            {
              name: lab,
              key: () => digest([root, this.folder], [join(root, 'pyproject.toml')]),
              outputs: [],
              run: async () => {
                await this.pip('--no-deps', '--editable', root);
              },
            },
          ]
        : []),
      {
        name: kernel,
        key: () => digest([root, process.execPath, this.folder]),
        outputs: [join(this.folder, 'share/jupyter/kernels/halfnote/kernel.json')],
        run: async () => {
          const cli = join(root, 'kernel/dist/cli/main.js');
          await run(process.execPath, [cli, 'install', '--prefix', this.folder]);
        },
      },
    ];
  }

  async pip(...packages) {
    await runPackageManager('Python package index', 'pip config list', this.program('python'), [
      ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'],
      ...packages,
    ]);
  }
}
