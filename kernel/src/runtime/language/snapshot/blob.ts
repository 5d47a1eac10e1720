import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { cachedDataVersionTag } from 'node:v8';
import { packageRoot } from '../../packages';
import { codeCacheFolder } from '../code-cache';

/** `off`: the language runs in a thread of the kernel process, and no snapshot is made. */
const VARIABLE = 'HALFNOTE_SNAPSHOT';

/**
 * The heap's limits are those of the language's thread (`client.ts`). Not to hash all of its names anew
 * makes a seventh of the start; they are the user's own. V8 takes a snapshot only under the flags that it
 * was made under.
 */
const FLAGS = [
  '--max-semi-space-size=4',
  '--max-old-space-size=1536',
  '--no-rehash-snapshot',
] as const;

/** Where this folder's compiled modules lie. */
export const COMPILED: string = join(packageRoot, 'dist', 'runtime', 'language', 'snapshot');

/** Where the snapshot of this installation for this Node.js lies; undefined where none is used. */
export function snapshotFile(env: NodeJS.ProcessEnv = process.env): string | undefined {
  // What is set there may be of another meaning to a process that starts from a snapshot, or be refused.
  const isPlain = !env['NODE_OPTIONS'] && process.execArgv.length === 0;
  if (env[VARIABLE] === 'off' || !isPlain || process.platform === 'win32') return undefined;
  // When it was installed: another version may have come to the same place.
  const installed = statSync(join(packageRoot, 'package.json')).ctimeMs;
  const node = [process.execPath, process.version, cachedDataVersionTag()];
  const made = [packageRoot, installed, ...node].join('\n');
  const key = createHash('sha256').update(made).digest('hex').slice(0, 16);
  return join(codeCacheFolder(env), `language-${key}.blob`);
}

/** Arguments of Node.js to make a snapshot of what `entry` leaves behind. */
export function buildArguments(file: string, entry: string): string[] {
  return [...FLAGS, '--snapshot-blob', file, '--build-snapshot', entry];
}

/** Starts the language's process for notebooks in `cwd`. It talks on `LANGUAGE_FD`. */
export function spawnLanguage(file: string, cwd: string): ChildProcess {
  return spawn(process.execPath, [...FLAGS, '--snapshot-blob', file, 'language'], {
    cwd,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
}

/** Makes the snapshot in a process of its own, which outlives this one, for those that start later. */
export function makeSnapshotLater(): void {
  const builder = spawn(process.execPath, [join(COMPILED, 'build.js')], {
    stdio: 'ignore',
    detached: true,
  });
  builder.on('error', () => undefined);
  builder.unref();
}
