import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join, resolve } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { INPUTS_VARIABLE, WatchedFiles } from './watched';

/**
 * Loaded into each Node.js process of a report's run by `--require`; only the one that runs the cells
 * watches. It changes `fs` before anything of the user's can have kept a function of it.
 */
const packageRoot = resolve(__dirname, '../../..');
const cells = join(packageRoot, 'dist', 'runtime', 'process', 'main.js');
const list = process.env[INPUTS_VARIABLE];

if (list !== undefined && isMainThread && process.argv[1] === cells) {
  watch(new WatchedFiles(list, packageRoot, fs.appendFileSync));
}

type Call = (...args: unknown[]) => unknown;

function watch(files: WatchedFiles): void {
  const read = (target: unknown): void => {
    files.read(target);
  };
  const wrote = (target: unknown): void => {
    files.wrote(target);
  };
  const opened = (target: unknown, flags: unknown): void => {
    if (flags === undefined || typeof flags === 'function' || flags === 'r') read(target);
    else if (typeof flags === 'number' && (flags & 3) === fs.constants.O_RDONLY) read(target);
    else wrote(target);
  };
  const moved = (_: unknown, target: unknown): void => {
    wrote(target);
  };
  for (const owner of [fs, fs.promises]) {
    around(owner, ['readFile', 'readFileSync'], read);
    around(owner, ['open', 'openSync'], opened);
    around(owner, ['writeFile', 'writeFileSync', 'appendFile', 'appendFileSync'], wrote);
    around(owner, ['copyFile', 'copyFileSync', 'rename', 'renameSync'], moved);
  }
  syncBuiltinESMExports();
}

/** Tells `heard` the arguments of each call of these functions, as far as the owner has them. */
function around(
  owner: object,
  names: readonly string[],
  heard: (first: unknown, second: unknown) => void,
): void {
  const functions = owner as Record<string, Call>;
  for (const name of names) {
    const original = functions[name];
    if (original === undefined) continue;
    functions[name] = function (this: unknown, ...args: unknown[]): unknown {
      try {
        heard(args[0], args[1]);
      } catch {
        // A list that can't be written must not fail the user's read.
      }
      return original.apply(this, args);
    };
  }
}
