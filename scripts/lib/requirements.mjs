import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { probe } from './process.mjs';
import { root, venvPython } from './paths.mjs';

/** What is missing on this machine, in one line with what to do; the set-up prints it and stops. */
export class Missing extends Error {}

/** The oldest Node.js: 20.12 has the import hook that cells need. */
const NODE = { major: 20, minor: 12 };
const PYTHON_MINOR = 10;
/** The newest Python for which TensorFlow 2.21 has a wheel. */
const TENSORFLOW_PYTHON_MINOR = 13;

export function checkNode(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major < NODE.major || (major === NODE.major && minor < NODE.minor)) {
    throw new Missing(
      `Node.js ${version} is too old: Halfnote needs ${NODE.major}.${NODE.minor} or newer. Install it from your package manager or nodejs.org.`,
    );
  }
}

/**
 * Finds a Python with venv, preferring one that TensorFlow has a wheel for.
 * @returns {Promise<{command: string, version: string}>}
 */
export async function findPython(env = process.env) {
  const named = env.HALFNOTE_PYTHON;
  const candidates = named
    ? [named]
    : ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];
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
