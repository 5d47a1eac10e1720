import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../packages';

const OWN = join(packageRoot, 'dist', '/');
/** Stands between a cell and what it calls: it loads modules and carries what others say. */
const RUNTIME = join(OWN, 'runtime', '/');
const ENGINE = '/node_modules/@tensorflow/';
const PACKAGE = '/node_modules/';
/** Deep enough for what a package of ours says while it is loaded. */
const MOST_FRAMES = 60;

/**
 * Whether the code that calls speaks for this package or its TensorFlow.js: the nearest on the stack that
 * is one of these, or else code of the user's. Other packages speak for whoever called them.
 */
export function speaksForUs(): boolean {
  for (const file of callers()) {
    if (file.startsWith(RUNTIME)) continue;
    if (file.startsWith(OWN) || file.includes(ENGINE)) return true;
    if (!file.includes(PACKAGE)) return false;
  }
  return false;
}

/** Files of the frames, the innermost first, without those of Node.js. */
function callers(): readonly string[] {
  const { stackTraceLimit } = Error;
  const prepare = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace') ?? {
    configurable: true,
    writable: true,
  };
  const probe: { stack?: unknown } = {};
  let files: unknown;
  Error.stackTraceLimit = MOST_FRAMES;
  Error.prepareStackTrace = (_, frames) => frames.map((frame) => frame.getFileName() ?? '');
  try {
    Error.captureStackTrace(probe, speaksForUs);
    // V8 prepares it when it is read.
    files = probe.stack;
  } finally {
    Object.defineProperty(Error, 'prepareStackTrace', prepare);
    Error.stackTraceLimit = stackTraceLimit;
  }
  if (!Array.isArray(files)) return [];
  return (files as string[]).map(pathOf).filter((file) => file !== '' && !file.startsWith('node:'));
}

/** ES modules are called by their URL, which code may also have made up. */
function pathOf(file: string): string {
  if (!file.startsWith('file://')) return file;
  try {
    return fileURLToPath(file);
  } catch {
    return file;
  }
}
