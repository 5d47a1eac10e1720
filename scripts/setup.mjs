#!/usr/bin/env node
/**
 * `npm run setup [-- --tests] [--force]`
 * Makes a fresh checkout ready: Python environment, npm packages, native binding, builds, kernelspec, extension.
 * Plain Node.js without dependencies, since it is what installs them. Everything is written into the checkout.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { environmentsOf, SUITES } from './lib/suites.mjs';
import { runPackageManager } from './lib/network.mjs';
import { buildDir, isMain, programOf, root, sitePackages, venv, venvPython } from './lib/paths.mjs';
import { run } from './lib/process.mjs';
import { commandFile, putCommand } from './lib/programs.mjs';
import {
  Missing,
  checkNode,
  findCompiler,
  findPython,
  hasNvidiaDriver,
  noteOnNode,
  tensorflowFor,
} from './lib/requirements.mjs';
import { removeStaleOutputs } from './lib/stale-outputs.mjs';
import { digest, runSteps, writeAtomically } from './lib/steps.mjs';

/** Carries the digits; installed, it would bring SciPy and 190 MB along. */
const SCIKIT_LEARN = 'scikit-learn>=1.5,<2';
const DIGITS = 'sklearn/datasets/data/digits.csv.gz';
const at = (...parts) => join(root, ...parts);
const commands = at('node_modules/.bin');
const cli = at('kernel/dist/cli/main.js');

/**
 * Sets everything up; `quiet` prints only the steps that did something, `tests` takes in the packages that
 * only tests and the bench import.
 */
export async function setup({ quiet = false, force = false, tests = false } = {}) {
  checkNode();
  mkdirSync(buildDir, { recursive: true });
  const python = await findPython();
  const { platform, arch } = process;
  const tensorflow = tensorflowFor({
    platform,
    arch,
    python: python.version,
    hasNvidia: hasNvidiaDriver(),
  });
  // Only what TensorFlow is called by has to be compiled.
  const compiler = tensorflow.package === undefined ? undefined : await findCompiler();
  // Where something is missing, that is all that is said.
  const note = noteOnNode();
  if (note !== undefined && !quiet) console.log(`· ${note}`);
  const all = steps({ python, compiler, tensorflow }, { tests });
  await runSteps(all, { stamps: at('.setup'), quiet, force });
}

/** The steps for what was found here, in their order. */
export function steps({ python, compiler, tensorflow }, { tests }) {
  const node = process.versions.node;
  return [
    {
      name: 'Python environment',
      key: () => digest([python.version, python.command]),
      outputs: [venvPython],
      run: async () => {
        await run(python.command, ['-m', 'venv', '--clear', venv]);
        // What was installed went with it; two steps have no output that tells.
        for (const stamp of ['TensorFlow', 'Python-package'])
          rmSync(at('.setup', stamp), { force: true });
        return `Python ${python.version}`;
      },
    },
    {
      name: 'Jupyter',
      key: () => digest([python.version, readFileSync(at('requirements.txt'), 'utf8')]),
      outputs: [programOf(venv, 'jupyter')],
      run: () => pip(['-r', at('requirements.txt')]),
    },
    {
      name: 'TensorFlow',
      key: () => digest([python.version, tensorflow.package ?? tensorflow.reason]),
      outputs: [],
      run: () => installTensorFlow(tensorflow),
    },
    ...(tests ? [testPackages(python)] : []),
    {
      name: 'npm packages',
      key: () => digest([node.split('.')[0]], [at('package-lock.json'), at('package.json')]),
      outputs: [at('node_modules/tslab'), at('node_modules/@tensorflow/tfjs')],
      run: installPackages,
    },
    {
      name: 'native binding',
      key: () =>
        digest(
          // Node-API: one build serves every Node.js.
          [compiler?.version ?? 'none', tensorflowVersion() ?? 'none'],
          [
            at('scripts/build-binding.mjs'),
            at('kernel/native'),
            at('node_modules/@tensorflow/tfjs-node-gpu/binding'),
          ],
        ),
      outputs:
        compiler !== undefined && tensorflowVersion()
          ? [at('node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8/tfjs_binding.node')]
          : [],
      run: async () => {
        if (compiler === undefined || !tensorflowVersion())
          return 'left out: without TensorFlow the wasm backend serves, and every format is simulated';
        const { buildBinding } = await import('./build-binding.mjs');
        await buildBinding({ root, compiler: compiler.command });
        return `against TensorFlow ${tensorflowVersion()}`;
      },
    },
    {
      name: 'kernel',
      key: () =>
        digest(
          [node],
          [
            at('kernel/src'),
            at('kernel/tsconfig.json'),
            at('tsconfig.base.json'),
            at('package-lock.json'),
          ],
        ),
      outputs: [cli, commandFile(commands, 'halfnote', cli).file],
      run: async () => {
        await node_('node_modules/typescript/bin/tsc', '-b', 'kernel');
        removeStaleOutputs(at('kernel/src'), at('kernel/dist'));
        putCommand(commands, 'halfnote', cli);
      },
    },
    {
      name: 'Lab extension',
      key: () =>
        digest(
          [node],
          [
            at('extension/src'),
            at('extension/style'),
            at('extension/schema'),
            at('extension/tsconfig.json'),
            at('extension/package.json'),
            at('extension/rspack.config.js'),
            at('extension/scripts'),
            // What `halfnote/mime` is made of, and says it exports.
            at('kernel/package.json'),
            at('kernel/src/payloads'),
            at('kernel/src/magic-lines'),
            at('kernel/src/display'),
            at('kernel/src/formats'),
            at('kernel/src/quantities'),
            at('package-lock.json'),
          ],
        ),
      outputs: [at('extension/halfnote_lab/labextension/package.json')],
      run: async () => {
        const { buildExtension } = await import(
          pathToFileURL(at('extension/scripts/build.mjs')).href
        );
        await buildExtension({ root });
      },
    },
    {
      name: 'Python package',
      key: () => digest([python.version], [at('pyproject.toml')]),
      outputs: [],
      // What it has of the built extension goes with it, and is put in place by the next step.
      run: () => pip(['--no-deps', '--editable', root]),
    },
    {
      name: 'kernelspec and extension',
      key: () =>
        digest(
          [root, process.execPath],
          [
            ...[at('.setup/kernel'), at('.setup/Lab-extension'), at('.setup/Python-environment')],
            at('.setup/Python-package'),
          ],
        ),
      outputs: [
        join(venv, 'share/jupyter/kernels/halfnote/kernel.json'),
        join(venv, 'share/jupyter/labextensions/halfnote-lab/package.json'),
      ],
      run: async () => {
        await node_('kernel/dist/cli/main.js', 'install', '--prefix', venv);
        const { installExtension } = await import(
          pathToFileURL(at('extension/scripts/build.mjs')).href
        );
        await installExtension({ root, prefix: venv });
      },
    },
    {
      name: 'data: handwritten digits',
      key: () => digest(['digits', SCIKIT_LEARN]),
      outputs: [at('notebooks/data/digits.csv.gz')],
      run: async () => {
        const target = at('notebooks/data/digits.csv.gz');
        mkdirSync(at('notebooks/data'), { recursive: true });
        writeAtomically(target, await fileOfWheel(SCIKIT_LEARN, DIGITS));
        return '1,797 images, from scikit-learn';
      },
    },
    {
      name: 'data: English text',
      key: () => digest(['text'], [at('.setup/Python-environment')]),
      outputs: [at('notebooks/data/text.txt.gz')],
      run: async () => {
        const target = at('notebooks/data/text.txt.gz');
        const topics = await run(venvPython, [
          '-c',
          'from pydoc_data.topics import topics; print("\\n\\n".join(topics[name] for name in sorted(topics)))',
        ]);
        writeAtomically(target, gzipSync(topics, { level: 9 }));
        return `${Math.round(topics.length / 1000)},000 characters, from Python's own documentation`;
      },
    },
  ];
}

/** Resolved with what is there, so that nothing of it is moved out of its range. */
function testPackages(python) {
  const files = [at('requirements.txt'), at('test/requirements.txt')];
  return {
    name: 'what the tests need',
    key: () => digest([python.version], files),
    outputs: [programOf(venv, 'codecarbon')],
    run: () => pip(files.flatMap((file) => ['-r', file])),
  };
}

const node_ = (script, ...args) => run(process.execPath, [at(script), ...args], { cwd: root });

/** What it prints where all is well (warnings of mirrors and the like) is nobody's business. */
const pip = async (packages) => void (await runPip(['install', ...packages]));

const runPip = ([command, ...args]) =>
  runPackageManager('Python package index', 'pip config list', venvPython, [
    ...['-m', 'pip', command, '--quiet', '--disable-pip-version-check'],
    ...args,
  ]);

/** The bytes of one file in a package's wheel, which is fetched and not installed. */
async function fileOfWheel(requirement, name) {
  const folder = mkdtempSync(join(buildDir, 'wheel-'));
  try {
    await runPip(['download', '--no-deps', '--only-binary', ':all:', '-d', folder, requirement]);
    const [wheel] = readdirSync(folder);
    await run(venvPython, ['-m', 'zipfile', '-e', join(folder, wheel), join(folder, 'content')]);
    return readFileSync(join(folder, 'content', name));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Puts TensorFlow into `.venv`, or says why there is none and what serves in its place. */
async function installTensorFlow({ package: name, reason }) {
  const without = (why) => `${why}: the wasm backend serves, and every format is simulated`;
  if (name === undefined) return without(reason);
  try {
    await pip([name]);
    return name;
  } catch (error) {
    if (/No matching distribution|not a supported wheel/.test(error.message))
      return without(`no wheel of ${name} for this machine`);
    throw error;
  }
}

/** The installed TensorFlow's version, read from its metadata; undefined without one. */
export function tensorflowVersion() {
  const packages = sitePackages();
  const names = packages && existsSync(packages) ? readdirSync(packages) : [];
  return names
    .map((name) => /^tensorflow(?:_cpu)?-([\d.]+)\.dist-info$/.exec(name)?.[1])
    .find(Boolean);
}

async function installPackages() {
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  await runPackageManager('npm registry', 'npm config list', 'npm', args, { cwd: root });
  // The packages' compiled outputs went with node_modules.
  for (const stamp of ['native-binding', 'kernel', 'Lab-extension'])
    rmSync(at('.setup', stamp), { force: true });
}

/** Runs a command's main function after set-up, and turns a known problem into one line. */
export async function main(action) {
  try {
    await action();
  } catch (error) {
    console.error(`✗ ${error instanceof Missing ? error.message : (error.stack ?? error)}`);
    process.exitCode = 1;
  }
}

if (isMain(import.meta.url)) {
  const has = (option) => process.argv.includes(option);
  await main(async () => {
    await setup({ force: has('--force'), tests: has('--tests') });
    if (has('--tests'))
      for (const environment of environmentsOf(SUITES)) await environment.setUp({ quiet: false });
  });
}
