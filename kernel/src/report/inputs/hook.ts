import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join, resolve, sep } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { onModuleFile } from '../../runtime/process/module-files';
import { INPUTS_VARIABLE, WatchedFiles } from './watched';

/**
 * Loaded into each Node.js process and thread of a report's run by `--require`. The process that runs the
 * cells watches, and what that starts: there, only what lies in the notebook's folder, because tools read
 * much for themselves. It changes `fs` before anything of the user's can have kept a function of it.
 */
const packageRoot = resolve(__dirname, '../../..');
const cells = join(packageRoot, 'dist', 'runtime', 'process', 'main.js');
const list = process.env[INPUTS_VARIABLE];
/** Set by the process that runs the cells for those that it starts: the notebook's folder. */
const FOLDER_VARIABLE = 'HALFNOTE_REPORT_INPUTS_FOLDER';
const folder = process.env[FOLDER_VARIABLE];

if (list !== undefined && isMainThread && process.argv[1] === cells) {
  process.env[FOLDER_VARIABLE] = process.cwd();
  const files = new WatchedFiles(list, packageRoot, fs.appendFileSync);
  onModuleFile((path) => {
    quietly(() => {
      files.read(path);
    });
  });
  watch(files);
} else if (list !== undefined && folder !== undefined) {
  watch(new WatchedFiles(list, packageRoot, fs.appendFileSync, join(folder, sep)));
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
  const copied = (source: unknown, target: unknown): void => {
    read(source);
    wrote(target);
  };
  const moved = (source: unknown, target: unknown): void => {
    read(source);
    wrote(source);
    wrote(target);
  };
  for (const owner of [fs, fs.promises]) {
    around(owner, ['readFile', 'readFileSync'], read);
    around(owner, ['open', 'openSync'], opened);
    around(owner, ['writeFile', 'writeFileSync', 'appendFile', 'appendFileSync'], wrote);
    around(owner, ['truncate', 'truncateSync', 'unlink', 'unlinkSync', 'rm', 'rmSync'], wrote);
    around(owner, ['copyFile', 'copyFileSync'], copied);
    around(owner, ['rename', 'renameSync'], moved);
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
      quietly(() => {
        heard(args[0], args[1]);
      });
      return original.apply(this, args);
    };
  }
}

/** A list that can't be written must not fail the user's read. */
function quietly(note: () => void): void {
  try {
    note();
  } catch {
    // What isn't in the list isn't in the report.
  }
}
