import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { constants, setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { buildArguments, COMPILED, snapshotFile } from './blob';
import { startLanguageProcess } from './process';

const MOST_MS = 60_000;
/** So long a build that has failed is not tried again. */
const AGAIN_AFTER_MS = 24 * 3600_000;
/** Snapshots and compiled code of installations that are gone are removed when nobody has read them for so long. */
const UNUSED_MS = 30 * 24 * 3600_000;

/**
 * Makes the snapshot that the language starts from, tries it, and puts it in place. Returns whether there
 * is one now: it only saves time, so whatever keeps it from being made is no error.
 */
export async function makeSnapshot(file = snapshotFile()): Promise<boolean> {
  if (file === undefined) return false;
  const lock = `${file}.making`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    if (ageMs(`${file}.failed`) < AGAIN_AFTER_MS) return false;
    if (ageMs(lock) > MOST_MS) rmSync(lock, { recursive: true, force: true });
    // One at a time: whoever makes the folder makes the snapshot.
    mkdirSync(lock, { mode: 0o700 });
  } catch {
    return false;
  }
  try {
    setPriority(constants.priority.PRIORITY_LOW);
    const partial = join(lock, 'blob');
    const isMade = (await build(partial, lock)) && (await answers(partial, lock));
    if (isMade) renameSync(partial, file);
    else writeFileSync(`${file}.failed`, '', { mode: 0o600 });
    removeUnused(dirname(file));
    return isMade;
  } catch {
    return false;
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

async function build(file: string, folder: string): Promise<boolean> {
  const entry = join(folder, 'entry.js');
  const loader = readFileSync(join(COMPILED, 'load-module.js'), 'utf8');
  const main = JSON.stringify(join(COMPILED, 'main.js'));
  // Node.js evaluates it as one file that is no module.
  const text = `const exports = {};\n${loader}\nexports.loadModule(${main});\n`;
  writeFileSync(entry, text, { mode: 0o600 });
  const builder = spawn(process.execPath, buildArguments(file, entry), {
    cwd: folder,
    stdio: 'ignore',
    timeout: MOST_MS,
  });
  const [code] = (await once(builder, 'exit')) as [number | null];
  return code === 0;
}

/** Whether a process that is started from the snapshot compiles a cell. */
async function answers(file: string, cwd: string): Promise<boolean> {
  let tell: (isGood: boolean) => void = () => undefined;
  const answered = new Promise<boolean>((resolve) => (tell = resolve));
  const timer = setTimeout(tell, MOST_MS, false);
  const host = startLanguageProcess(file, cwd, {
    responses: ([response]) => {
      const value = response?.ok === true ? (response.value as { status?: string }) : undefined;
      tell(value?.status === 'ok');
    },
    ended: () => {
      tell(false);
    },
  });
  host.send([{ id: 1, method: 'compile', args: ['const one: number = 1; one + 1', 1] }]);
  const isGood = await answered;
  clearTimeout(timer);
  await host.close();
  return isGood;
}

function ageMs(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat ? Date.now() - stat.mtimeMs : Infinity;
}

function removeUnused(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (!/^(?:language-[0-9a-f]{16}\.blob|typescript-.*\.cache)/.test(name)) continue;
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat && Date.now() - Math.max(stat.atimeMs, stat.mtimeMs) > UNUSED_MS)
      rmSync(path, { recursive: true, force: true });
  }
}
