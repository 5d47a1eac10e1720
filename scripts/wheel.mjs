#!/usr/bin/env node
/**
 * `npm run wheel`
 * Makes dist/halfnote-<version>-py3-none-<platform>.whl: kernel, library, command and Lab extension for
 * whoever has Python alone.
 */
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildDir, isMain, root, venvPython } from './lib/paths.mjs';
import { runPackageManager } from './lib/network.mjs';
import { here } from './packages/binaries.mjs';
import { buildBindings } from './packages/bindings.mjs';
import { copy, write, writeJson } from './packages/disk.mjs';
import { filesBelow } from './packages/files.mjs';
import { thirdPartyLicenses } from './packages/licenses.mjs';
import { platformTag } from './packages/platform-tag.mjs';
import { stage } from './packages/stage.mjs';
import { main, setup } from './setup.mjs';

const SOURCE = join(root, 'packaging/wheel');
const BINDING = 'node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8';

/** @returns {Promise<string>} the wheel's path */
export async function makeWheel({ log = () => {} } = {}) {
  const work = join(buildDir, 'wheel');
  const project = join(work, 'project');
  const staged = join(project, 'stage');
  rmSync(project, { recursive: true, force: true });
  cpSync(SOURCE, project, { recursive: true, filter: (path) => !path.endsWith('__pycache__') });
  const platform = here();
  const packages = stage({ root, to: staged, platform });
  for (const file of await buildBindings()) copy(file, join(staged, BINDING, basename(file)));
  const compiled = filesBelow(staged).filter((file) => /\.node$|\.so(?:\.\d+)*$/.test(file));
  await bringJupyter(staged);
  bringTexts(staged, packages);
  const tag = await platformTag(compiled, platform);
  const output = join(work, 'dist');
  rmSync(output, { recursive: true, force: true });
  await buildPackage(project, output, tag);
  return publish(output, log);
}

/** Kernelspec and Lab extension as in `share/jupyter`, and the Python that comes with the extension. */
async function bringJupyter(staged) {
  const { installKernelspec } = await compiledKernel('cli/kernelspec.js');
  const prefix = join(staged, 'prefix');
  // Jupyter puts its own Python in the place of this name.
  const command = ['python', '-m', 'halfnote'];
  installKernelspec({ kind: 'prefix', prefix }, 'halfnote', command);
  cpSync(join(prefix, 'share/jupyter'), join(staged, 'jupyter'), { recursive: true });
  rmSync(prefix, { recursive: true });
  const python = join(root, 'extension/halfnote_lab');
  const extension = join(staged, 'jupyter/labextensions/halfnote-lab');
  cpSync(join(python, 'labextension'), extension, {
    recursive: true,
    filter: (path) => !path.endsWith('.map'),
  });
  writeJson(join(extension, 'install.json'), {
    packageManager: 'python',
    packageName: 'halfnote',
    uninstallInstructions: 'Use your Python package manager to uninstall the package halfnote.',
  });
  cpSync(python, join(staged, 'halfnote_lab'), {
    recursive: true,
    filter: (path) => !/labextension$|__pycache__$/.test(path),
  });
}

function bringTexts(staged, packages) {
  for (const name of ['README.md', 'LICENSE', 'NOTICE'])
    cpSync(join(root, name), join(staged, name));
  write(join(staged, 'THIRD_PARTY_LICENSES.txt'), thirdPartyLicenses(packages));
  const { version } = JSON.parse(readFileSync(join(root, 'kernel/package.json'), 'utf8'));
  write(join(staged, 'version.py'), `__version__ = "${version}"\n`);
}

async function buildPackage(project, output, tag) {
  await runPackageManager(
    'Python package index',
    'pip config list',
    venvPython,
    [
      ...['-m', 'pip', 'wheel', '--quiet', '--disable-pip-version-check', '--no-deps'],
      ...['-w', output],
      project,
    ],
    { env: { ...process.env, HALFNOTE_WHEEL_PLATFORM: tag } },
  );
}

/** Puts the finished wheel in `dist`, in the place of older ones. */
function publish(output, log) {
  const [name] = readdirSync(output);
  const dist = join(root, 'dist');
  mkdirSync(dist, { recursive: true });
  for (const old of readdirSync(dist).filter((file) => /^halfnote-.*\.whl$/.test(file)))
    rmSync(join(dist, old));
  const wheel = join(dist, name);
  cpSync(join(output, name), wheel);
  log(`✓ ${relative(root, wheel)}  ${(statSync(wheel).size / 1e6).toFixed(1)} MB`);
  return wheel;
}

const compiledKernel = (path) => import(pathToFileURL(join(root, 'kernel/dist', path)).href);

if (isMain(import.meta.url)) {
  await main(async () => {
    await setup({ quiet: true });
    await makeWheel({ log: console.log });
  });
}
