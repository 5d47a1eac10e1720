import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { buildBinding } from '../../../scripts/build-binding.mjs';
import { buildDir, root, venvPython } from '../../../scripts/lib/paths.mjs';
import { run } from '../../../scripts/lib/process.mjs';
import { Missing } from '../../../scripts/lib/requirements.mjs';
import { sumOf } from '../../../scripts/lib/suite-process.mjs';
import { runMeasured } from './case-runner.mjs';

const TFJS_NODE = '@tensorflow/tfjs-node-gpu';
const LIBRARY = 'libtensorflow_cc.so.2';
/** What CUDA's build has in it and the one for CPUs has not. */
const CUDA_SYMBOL = 'cuda_executor';

/**
 * Links the addon against a wheel of TensorFlow for CUDA and runs the checks on it, on the CPU: CUDA's libraries are
 * packages of their own, and are opened only where there is a driver.
 * @param {string} given the wheel, or the folder that it was unpacked to
 * @param {(where: {kernel: string, env: Record<string, string>}) => Promise<object>} runChecks
 */
export async function checkCudaWheel(given, runChecks) {
  const packages = await unpacked(resolve(given));
  const tensorflow = join(packages, 'tensorflow');
  const checkout = layOut(packages);
  try {
    let linked = false;
    const counts = await runMeasured(
      {
        'the wheel is that of CUDA': () => isOfCuda(packages),
        'the binding links against it and loads': async () => {
          const { output } = await buildBinding({ root: checkout });
          linked = true;
          return kibibytes(output);
        },
        'the binding for every TensorFlow links against it and loads': async () => {
          const output = join(checkout, 'portable.node');
          await buildBinding({ root: checkout, output, portable: true });
          return kibibytes(output);
        },
      },
      {},
    );
    const own = { ...counts, skipped: 0 };
    if (!linked) return own;
    const env = { HALFNOTE_TENSORFLOW: tensorflow };
    return sumOf([own, await runChecks({ kernel: join(checkout, 'kernel/dist'), env })]);
  } finally {
    rmSync(checkout, { recursive: true, force: true });
  }
}

const kibibytes = (file) => `${(statSync(file).size / 1024).toFixed(0)} KiB`;

/** The folder with `tensorflow` in it; a wheel is unpacked beside itself. */
async function unpacked(path) {
  if (!existsSync(path)) throw new Missing(`--cuda-wheel ${path} is not there: ${howTo()}`);
  if (existsSync(join(path, 'tensorflow', LIBRARY))) return path;
  if (!path.endsWith('.whl'))
    throw new Missing(
      `--cuda-wheel ${path} is no wheel, and has no tensorflow/${LIBRARY}: ${howTo()}`,
    );
  const folder = join(dirname(path), basename(path, '.whl'));
  if (!existsSync(join(folder, 'tensorflow', LIBRARY)))
    await run(venvPython, ['-m', 'zipfile', '-e', path, folder]);
  return folder;
}

const howTo = () =>
  'pip download --no-deps --only-binary :all: -d build tensorflow==<that of .venv> fetches one.';

async function isOfCuda(packages) {
  const [info] = readdirSync(packages).filter((name) => /^tensorflow-.*\.dist-info$/.test(name));
  assert.ok(info !== undefined, 'it is no package called tensorflow');
  const framework = join(packages, 'tensorflow/libtensorflow_framework.so.2');
  await run('grep', ['-q', CUDA_SYMBOL, framework]).catch(() => {
    throw new Error(`${info}: no ${CUDA_SYMBOL} in its library`);
  });
  return info.replace('.dist-info', '');
}

/** A checkout with this one's kernel and packages, and the wheel in place of what is in `.venv`. */
function layOut(packages) {
  mkdirSync(buildDir, { recursive: true });
  const checkout = mkdtempSync(join(buildDir, 'cuda-'));
  const link = (from, to) => {
    mkdirSync(dirname(join(checkout, to)), { recursive: true });
    symlinkSync(from, join(checkout, to));
  };
  link(packages, '.venv/lib/python3/site-packages');
  link(join(root, 'kernel/native'), 'kernel/native');
  for (const part of ['dist', 'package.json'])
    cpSync(join(root, 'kernel', part), join(checkout, 'kernel', part), { recursive: true });
  const others = (folder, left) =>
    readdirSync(join(root, folder)).filter((name) => !left.includes(name));
  for (const name of others('node_modules', ['@tensorflow', 'halfnote']))
    link(join(root, 'node_modules', name), join('node_modules', name));
  for (const name of others('node_modules/@tensorflow', [basename(TFJS_NODE)]))
    link(join(root, 'node_modules/@tensorflow', name), join('node_modules/@tensorflow', name));
  // What loads an addon is found from where it lies itself, so it is copied.
  cpSync(join(root, 'node_modules', TFJS_NODE), join(checkout, 'node_modules', TFJS_NODE), {
    recursive: true,
    filter: (source) => !source.endsWith('.node') && basename(source) !== 'deps',
  });
  return checkout;
}
