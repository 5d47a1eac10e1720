#!/usr/bin/env node
/**
 * Builds the native addon of @tensorflow/tfjs-node-gpu, from the C++ in the installed package and what
 * `kernel/native` adds to it, against the TensorFlow wheel in `.venv`. Plain Node.js without dependencies. Its run path is relative, so the checkout
 * can be moved; the finished file is renamed into place, so an interrupted build leaves no broken one.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sitePackages } from './lib/paths.mjs';

const PACKAGE = 'node_modules/@tensorflow/tfjs-node-gpu';
const OUTPUT = `${PACKAGE}/lib/napi-v8/tfjs_binding.node`;
/** Ours, which has the package's `tfjs_binding.cc` in it. */
const ADDED = 'kernel/native/functions.cc';
/** Kernels of our own, and what stands in for them where they can't be compiled. */
const FUSED = 'kernel/native/fused';
/**
 * Compiled for the instructions that TensorFlow's wheels are compiled for, as these decide how their
 * kernels round; apart from TensorFlow's own copies of Eigen's functions.
 */
const FUSED_FLAGS = {
  'op.cc': ['-DEIGEN_MAX_ALIGN_BYTES=64'],
  'tiles.cc': [
    '-ffp-contract=off',
    '-fvisibility=hidden',
    '-fvisibility-inlines-hidden',
    ...(process.arch === 'x64' ? ['-mavx', '-mf16c'] : []),
  ],
};
const NO_FUSED = 'absent.cc';
const MACOS = process.platform === 'darwin';
const LIBRARIES = MACOS
  ? ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib']
  : ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

/**
 * Builds the addon.
 * @param {object} options
 * @param {string} options.root  the checkout
 * @param {string} [options.output]  the file, if not the checkout's own; it has no run path: whoever loads
 *   it has loaded TensorFlow before
 * @param {boolean} [options.portable]  with TensorFlow's C interface alone, which all its versions have
 * @param {string} [options.compiler]
 * @param {(line: string) => void} [options.log]
 * @returns {Promise<{output: string, tensorflow: string, compiler: string}>} what was built against what
 * @throws one line: no compiler, no wheel, no npm package, or the compiler's first error
 */
export async function buildBinding({
  root,
  output = join(root, OUTPUT),
  portable = false,
  compiler = process.env.CXX || 'c++',
  log = () => {},
}) {
  const binding = join(root, PACKAGE, 'binding');
  const headers = join(root, 'node_modules/node-api-headers/include');
  for (const path of [binding, headers]) {
    if (!existsSync(path))
      throw new Error(`${relative(root, path)} is missing: run npm ci --ignore-scripts first.`);
  }
  const tensorflow = findTensorFlow(root);
  const isOwn = output === join(root, OUTPUT);
  mkdirSync(dirname(output), { recursive: true });
  const work = mkdtempSync(join(dirname(output), '.build-'));
  const unproven = `${output}.${process.pid}.node`;
  try {
    const include = [`-I${headers}`, `-I${binding}`, `-I${join(tensorflow, 'include')}`];
    const flags = ['-std=c++17', '-O2', '-fPIC', '-w', '-DNAPI_VERSION=8', ...include];
    const object = async (source, more = []) => {
      const file = join(work, basename(source).replace(/cc$/, 'o'));
      await compile(compiler, [...flags, ...more, '-c', source, '-o', file]);
      log(`compiled ${basename(source)}`);
      return file;
    };
    const [fused, ...others] = await Promise.all([
      fusedObjects((source, more) => object(join(root, FUSED, source), more), { portable, log }),
      object(join(binding, 'tfjs_backend.cc')),
      object(join(root, ADDED)),
    ]);
    const objects = [...fused, ...others];
    // Beside its place, for the run path is relative to it.
    await compile(compiler, [
      ...objects,
      ...linkFlags(tensorflow, isOwn ? relative(dirname(output), tensorflow) : undefined),
      '-o',
      unproven,
    ]);
    await prove(unproven, tensorflow);
    renameSync(unproven, output);
    log(`linked ${relative(root, output)}`);
    return { output, tensorflow, compiler };
  } finally {
    rmSync(work, { recursive: true, force: true });
    rmSync(unproven, { force: true });
  }
}

/** Steps run without fused kernels too, only slower: what hinders them is no error. */
async function fusedObjects(object, { portable, log }) {
  if (portable) return [await object(NO_FUSED)];
  try {
    return await Promise.all(
      Object.entries(FUSED_FLAGS).map(([source, more]) => object(source, more)),
    );
  } catch (error) {
    log(`without fused kernels: ${error.message}`);
    return [await object(NO_FUSED)];
  }
}

/** Loads the addon in a process of its own, so that one with missing symbols never takes its place. */
async function prove(addon, tensorflow) {
  const script = 'console.log(require(process.argv[1]).TF_Version)';
  const { code, errors } = await execute(process.execPath, ['-e', script, addon], {
    TF_CPP_MIN_LOG_LEVEL: '2',
    // For one without a run path.
    [MACOS ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH']: tensorflow,
  });
  if (code !== 0)
    throw new Error(`The native binding was built but can't be loaded: ${firstError(errors)}`);
}

/** @param {string | undefined} folder  TensorFlow's from the addon's, for the run path */
function linkFlags(tensorflow, folder) {
  const runPath = (origin) => (folder === undefined ? [] : [`-Wl,-rpath,${origin}/${folder}`]);
  return MACOS
    ? [
        '-bundle',
        '-undefined',
        'dynamic_lookup',
        ...LIBRARIES.map((name) => join(tensorflow, name)),
        ...runPath('@loader_path'),
      ]
    : [
        '-shared',
        `-L${tensorflow}`,
        ...LIBRARIES.map((name) => `-l:${name}`),
        // A function that this TensorFlow doesn't have shows when the addon is loaded, not when it is called.
        '-Wl,-z,now',
        ...runPath('$ORIGIN'),
      ];
}

function findTensorFlow(root) {
  const packages = sitePackages(join(root, '.venv'));
  const folder = packages && join(packages, 'tensorflow');
  if (!folder || !existsSync(join(folder, LIBRARIES[0])) || !existsSync(join(folder, 'include'))) {
    throw new Error(
      'No TensorFlow in .venv: run .venv/bin/python -m pip install tensorflow-cpu (or tensorflow[and-cuda]) first.',
    );
  }
  return folder;
}

async function compile(compiler, args) {
  const { code, errors } = await execute(compiler, args);
  if (code === undefined) {
    throw new Error(
      `No C++ compiler: ${compiler} can't be run. Install g++ or clang++, or name yours in CXX.`,
    );
  }
  if (code !== 0)
    throw new Error(`${compiler} could not build the native binding: ${firstError(errors)}`);
}

/** Runs a command; `code` is undefined when it can't be started. */
function execute(command, args, environment = {}) {
  return new Promise((done) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...environment },
    });
    let errors = '';
    child.stderr.on('data', (chunk) => (errors += chunk));
    child.on('error', () => done({ code: undefined, errors }));
    child.on('close', (code) => done({ code, errors }));
  });
}

function firstError(text) {
  const lines = text.trim().split('\n');
  return lines.find((line) => /error|cannot find|undefined/.test(line)) ?? lines[0];
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const started = Date.now();
  try {
    const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
    const { tensorflow } = await buildBinding({ root, log: (line) => console.log(line) });
    console.log(
      `built against ${relative(root, tensorflow)} in ${((Date.now() - started) / 1000).toFixed(1)} s`,
    );
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
