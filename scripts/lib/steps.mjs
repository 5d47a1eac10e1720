import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/**
 * A set-up step: skipped when its stamp matches its inputs and its outputs are there.
 * The stamp is removed before the step runs and written after it, so an interrupted step runs again.
 * @typedef {object} Step
 * @property {string} name
 * @property {() => string} key       digest of everything the result depends on
 * @property {readonly string[]} outputs   paths that exist when the step is done
 * @property {() => Promise<string | void>} run   may return a remark for the step's line
 */

/**
 * Runs the steps in order and prints one line for each.
 * @param {readonly Step[]} steps
 * @param {{stamps: string, force?: boolean, quiet?: boolean, log?: (line: string) => void}} options
 */
export async function runSteps(steps, { stamps, force = false, quiet = false, log = console.log }) {
  mkdirSync(stamps, { recursive: true });
  for (const step of steps) {
    const stamp = join(stamps, step.name.replace(/\W+/g, '-'));
    const key = step.key();
    if (!force && isCurrent(stamp, key) && step.outputs.every((path) => existsSync(path))) {
      if (!quiet) log(line('✓', step.name, 'up to date'));
      continue;
    }
    rmSync(stamp, { force: true });
    const start = performance.now();
    const remark = await step.run();
    // The key again: a step may write one of its own inputs' versions (pip, npm).
    writeAtomically(stamp, step.key());
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    log(line('✓', step.name, `${seconds} s${remark ? `  ${remark}` : ''}`));
  }
}

function line(mark, name, text) {
  return `${mark} ${name.padEnd(28)} ${text}`;
}

function isCurrent(stamp, key) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === key;
}

/** Writes a file so that a reader sees the old text or the new one, never half of it. */
export function writeAtomically(path, text) {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text);
  renameSync(temporary, path);
}

/** A digest of strings and of the contents of files and folders (missing ones count as empty). */
export function digest(strings, paths = []) {
  const hash = createHash('sha256');
  for (const text of strings) hash.update(`${text}\0`);
  for (const path of paths)
    for (const file of filesUnder(path)) hash.update(`${file}\0`).update(readFileSync(file));
  return hash.digest('hex');
}

function filesUnder(path) {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !['node_modules', 'dist', 'lib', '__pycache__'].includes(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => filesUnder(join(path, entry.name)));
}
