import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { probe } from './process.mjs';
import { root, venvPython } from './paths.mjs';

/** What is missing on this machine, in one line with what to do; the set-up prints it and stops. */
export class Missing extends Error {}

/** The oldest Node.js: 20.12 has the import hook that cells need. */
const OLDEST_NODE = { major: 20, minor: 12 };
/** What the tests run in beside the oldest, and what is still looked after. */
const SUPPORTED_NODES = [22, 24];

const TENSORFLOW = '2.21.0';
const PYTHON_MINOR = 10;
/** The newest Python for which TensorFlow has a wheel. */
const TENSORFLOW_PYTHON_MINOR = 13;

/** @throws Missing where this Node.js is too old for us */
export function checkNode(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  const { major: oldest, minor: least } = OLDEST_NODE;
  if (major < oldest || (major === oldest && minor < least)) {
    throw new Missing(
      `Node.js ${version} is too old: Halfnote needs ${oldest}.${least} or newer, best ${SUPPORTED_NODES.join(' or ')}. Install it from your package manager or nodejs.org.`,
    );
  }
}

/** What is to be said of a Node.js that Halfnote runs in and that nobody supports; undefined of the others. */
export function noteOnNode(version = process.versions.node) {
  const major = Number(version.split('.')[0]);
  if (SUPPORTED_NODES.includes(major)) return undefined;
  const better = `Supported are ${SUPPORTED_NODES.join(' and ')}.`;
  // Odd ones live for half a year.
  return major < Math.max(...SUPPORTED_NODES) || major % 2 === 1
    ? `Node.js ${version} is past its end of life: Halfnote still runs in it. ${better}`
    : `Node.js ${version} is newer than what Halfnote is tested in. ${better}`;
}

/**
 * The TensorFlow that a machine gets from the Python package index, or why it gets none.
 * @param {{platform: NodeJS.Platform, arch: string, python: string, hasNvidia: boolean}} machine `python`: its
 * version
 * @returns {{package: string} | {package: undefined, reason: string}}
 */
export function tensorflowFor({ platform, arch, python, hasNvidia }) {
  const none = (reason) => ({ package: undefined, reason });
  const minor = Number(python.split('.')[1]);
  if (platform === 'win32') return none('the native binding is not built on Windows');
  if (minor > TENSORFLOW_PYTHON_MINOR)
    return none(
      `TensorFlow ${TENSORFLOW} has no wheel for Python 3.${minor}; with 3.${PYTHON_MINOR} to 3.${TENSORFLOW_PYTHON_MINOR} (name one in HALFNOTE_PYTHON) it would be used`,
    );
  const name = TENSORFLOW_PACKAGES[`${platform} ${arch}`];
  if (name === undefined) {
    const machine = { darwin: 'macOS' }[platform] ?? platform;
    return none(`TensorFlow ${TENSORFLOW} has no wheel for ${machine} on ${arch}`);
  }
  const chosen = hasNvidia && name.cuda !== undefined ? name.cuda : name.cpu;
  return { package: `${chosen}==${TENSORFLOW}` };
}

/** `tensorflow` for Linux on x64 is built for GPUs and three times as large; elsewhere there is no other. */
const TENSORFLOW_PACKAGES = {
  'linux x64': { cpu: 'tensorflow-cpu', cuda: 'tensorflow[and-cuda]' },
  'linux arm64': { cpu: 'tensorflow' },
  'darwin arm64': { cpu: 'tensorflow' },
};

/** Names of Python to look for, the best first. */
export function pythonNames(platform = process.platform) {
  const numbered = [13, 12, 11, 10].map((minor) => `python3.${minor}`);
  return platform === 'win32' ? ['python', 'python3'] : ['python3', ...numbered];
}

/**
 * Finds a Python with venv, preferring one that TensorFlow has a wheel for.
 * @returns {Promise<{command: string, version: string}>}
 */
export async function findPython(env = process.env) {
  const named = env.HALFNOTE_PYTHON;
  const candidates = named ? [named] : pythonNames();
  const found = [];
  for (const command of candidates) {
    const version = await probe(command, [
      '-c',
      'import sys; print("%d.%d.%d" % sys.version_info[:3])',
    ]);
    if (version === undefined) continue;
    const [major, minor] = version.split('.').map(Number);
    if (major === 3 && minor >= PYTHON_MINOR) found.push({ command, version, minor });
  }
  const best = found.find(({ minor }) => minor <= TENSORFLOW_PYTHON_MINOR) ?? found[0];
  if (!best) {
    throw new Missing(
      named
        ? `HALFNOTE_PYTHON is ${named}, which is not Python 3.${PYTHON_MINOR} or newer.`
        : `No Python 3.${PYTHON_MINOR} or newer was found. Install python3 (3.${PYTHON_MINOR} to 3.${TENSORFLOW_PYTHON_MINOR}), or name one in HALFNOTE_PYTHON.`,
    );
  }
  if ((await probe(best.command, ['-c', 'import venv, ensurepip'])) === undefined) {
    throw new Missing(
      `${best.command} has no venv module. On Debian and Ubuntu: apt-get install python3-venv.`,
    );
  }
  return best;
}

/** @returns {Promise<{command: string, version: string}>} the C++ compiler: CXX, g++, c++ or clang++ */
export async function findCompiler(env = process.env) {
  const candidates = env.CXX ? [env.CXX] : ['g++', 'c++', 'clang++'];
  for (const command of candidates) {
    const version = await probe(command, ['--version']);
    if (version !== undefined) return { command, version: version.split('\n')[0] };
  }
  throw new Missing(
    `No C++ compiler was found (tried ${candidates.join(', ')}). On Debian and Ubuntu: apt-get install g++; or name one in CXX.`,
  );
}

/** True where an NVIDIA driver is loaded, so that TensorFlow's CUDA build is worth its size. */
export function hasNvidiaDriver() {
  return existsSync('/proc/driver/nvidia/version') || existsSync('/dev/nvidiactl');
}

/** Refuses to run a command whose parts aren't set up. */
export function requireSetup() {
  const missing = [venvPython, join(root, 'kernel/dist/index.js')].filter(
    (path) => !existsSync(path),
  );
  if (missing.length > 0) throw new Missing('Halfnote is not set up here yet. Run: npm run setup');
}
