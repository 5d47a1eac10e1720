import assert from 'node:assert/strict';
import { existsSync, writeFileSync, chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { root, venvPython } from '../../scripts/lib/paths.mjs';
import { run } from '../../scripts/lib/process.mjs';
import { checkNode } from '../../scripts/lib/requirements.mjs';
import { lastOf } from './lib/dockerfile.mjs';
import { gitFiles, readText, requirements } from './lib/sources.mjs';

/** The environments of conda, the dev container and Binder: what they ask for is said in one place. */
export function environmentCases({ stages, packageJson, python }) {
  const conda = parse(readText('environment.yml'));
  const wanted = requirements(conda.dependencies.join('\n'));
  const imageOf = (stage) => /^(\w+):([\d.]+)-/.exec(stage.image)?.slice(1) ?? [];
  const [[node, nodeVersion], [pythonImage, pythonVersion]] = [stages[0], stages.at(-1)].map(
    imageOf,
  );
  return {
    'environment.yml asks of Jupyter what requirements.txt asks': () => {
      const ours = requirements(readText('requirements.txt'));
      assert.ok(ours.size >= 4);
      assert.deepEqual(
        [...ours].filter(([name, range]) => wanted.get(name) !== range),
        [],
      );
      assert.deepEqual(conda.channels, ['conda-forge']);
    },
    'environment.yml has what the set-up asks for': () => {
      for (const name of ['nodejs', 'cxx-compiler', 'python', 'pip'])
        assert.ok(wanted.has(name), `it lacks ${name}`);
    },
    'all take the same Node.js, which the set-up takes': () => {
      assert.equal(node, 'node');
      assert.equal(wanted.get('nodejs'), `=${nodeVersion}`);
      checkNode(`${nodeVersion}.0.0`);
      const [, oldest] = /^>=(\d+)/.exec(packageJson.engines.node);
      assert.ok(Number(nodeVersion) >= Number(oldest));
    },
    'all take a Python that the set-up and TensorFlow take': () => {
      const text = readText('scripts/lib/requirements.mjs');
      const minor = (name) => Number(new RegExp(`const ${name} = (\\d+);`).exec(text)?.[1]);
      const [oldest, newest] = [minor('PYTHON_MINOR'), minor('TENSORFLOW_PYTHON_MINOR')];
      assert.ok(oldest >= 10 && newest >= oldest, `3.${oldest} to 3.${newest}`);
      assert.equal(wanted.get('python'), `>=3.${oldest},<3.${newest + 1}`);
      assert.equal(pythonImage, 'python');
      const [major, ours] = pythonVersion.split('.').map(Number);
      assert.ok(major === 3 && ours >= oldest && ours <= newest, pythonVersion);
    },
    'no channel names a version of TensorFlow: it comes with the wheel': () => {
      for (const file of ['Dockerfile', 'environment.yml', '.devcontainer/devcontainer.json'])
        assert.doesNotMatch(readText(file), /tensorflow\S*[=<>]/i);
    },
    'the dev container is what the Dev Containers CLI reads': async () => {
      const config = await devContainer();
      const { build, forwardPorts, postCreateCommand, remoteUser } = config;
      const folder = join(root, '.devcontainer');
      assert.ok(existsSync(join(folder, build.dockerfile)), build.dockerfile);
      assert.equal(join(folder, build.context), root);
      const stage = stages.find(({ name }) => name === build.target);
      assert.ok(stage !== undefined, `the Dockerfile has no stage ${build.target}`);
      // The image of Node.js has a user of that name.
      assert.deepEqual([imageOf(stage)[0], remoteUser], ['node', 'node']);
      assert.deepEqual(forwardPorts.map(String), lastOf(stages.at(-1), 'EXPOSE').words);
      const [, script] = /^npm run (\S+)/.exec(postCreateCommand);
      assert.ok(script in packageJson.scripts, `package.json has no script ${script}`);
      const { settings } = config.customizations.vscode;
      assert.ok(existsSync(join(root, settings['typescript.tsdk'], 'tsserver.js')));
      assert.ok(settings['python.defaultInterpreterPath'].endsWith('/.venv/bin/python'));
    },
    'Binder has nothing that hides the Dockerfile from it': () => {
      const hiding = gitFiles().filter((file) => /^\.?binder\//.test(file));
      assert.deepEqual(hiding, []);
      // It hands over its user by these.
      const args = stages
        .at(-1)
        .steps.filter(({ keyword }) => keyword === 'ARG')
        .map(({ text }) => text.split('=')[0]);
      assert.ok(
        ['NB_USER', 'NB_UID'].every((name) => args.includes(name)),
        args.join(', '),
      );
    },
    ...(python === undefined
      ? {}
      : {
          "Binder's own builder takes the Dockerfile": async () => {
            const script = join(root, 'test/channels/binder.py');
            const output = await run(python, [script, root]);
            assert.equal(output.trim().split('\n').at(-1), 'DockerBuildPack Dockerfile');
          },
        }),
  };
}

/** The configuration as the CLI prints it; it asks docker for containers, and there are none. */
async function devContainer() {
  const folder = mkdtempSync(join(tmpdir(), 'halfnote-devcontainer-'));
  try {
    const docker = join(folder, 'docker');
    writeFileSync(docker, '#!/bin/sh\nexit 0\n');
    chmodSync(docker, 0o755);
    const cli = join(root, 'node_modules/@devcontainers/cli/devcontainer.js');
    const args = ['read-configuration', '--workspace-folder', root, '--docker-path', docker];
    const output = await run(process.execPath, [cli, ...args]);
    const line = output.split('\n').find((one) => one.startsWith('{"configuration"'));
    return JSON.parse(line).configuration;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A Python with this module; undefined where `.venv` has none. */
export async function pythonWith(module, named) {
  const command = named ?? venvPython;
  try {
    await run(command, ['-c', `import ${module}`]);
    return command;
  } catch {
    return undefined;
  }
}

/** The linter of Dockerfiles, of that Python's environment. */
export function linterOf(python) {
  const linter = join(dirname(python), 'hadolint');
  return existsSync(linter) ? linter : undefined;
}
