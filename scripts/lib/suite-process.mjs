import { spawn, spawnSync } from 'node:child_process';
import { root } from './paths.mjs';
import { treeKiller } from './programs.mjs';

/** Twice what the longest takes on two cores: what isn't done by then hangs, and is to be told before all must end. */
const LIMIT_MS = 70 * 60_000;

/**
 * A suite's program while it runs. It leads a process group, so that nothing of it stays when it is ended.
 */
export class SuiteProcess {
  /** What it has printed so far. */
  output = '';
  #child;
  #counted = '';

  /**
   * @param {readonly string[]} command
   * @param {{env?: NodeJS.ProcessEnv, onOutput?: (text: string) => void, limitMs?: number}} [options]
   */
  constructor([program, ...args], { env, onOutput = () => {}, limitMs = LIMIT_MS } = {}) {
    const start = performance.now();
    const say = (text) => {
      this.output += text;
      onOutput(text);
    };
    this.#child = spawn(program, args, {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A window of its own is what Windows would give it.
      detached: process.platform !== 'win32',
    });
    this.#child.stdout.setEncoding('utf8').on('data', (text) => {
      this.#counted += text;
      say(text);
    });
    this.#child.stderr.setEncoding('utf8').on('data', say);
    const limit = setTimeout(() => {
      say(`\nIt has not ended after ${limitMs / 1000} s and is stopped.\n`);
      this.kill();
    }, limitMs);
    /** @type {Promise<{counts: Counts, wallS: number}>} */
    this.ended = new Promise((resolve) => {
      this.#child.on('error', (error) => say(`${error.message}\n`));
      this.#child.on('close', (code) => {
        clearTimeout(limit);
        const wallS = (performance.now() - start) / 1000;
        resolve({ counts: countsOf(this.#counted, code === 0), wallS });
      });
    });
  }

  /** Ends the program and what it has started. */
  kill() {
    const { pid, stdout, stderr } = this.#child;
    if (pid === undefined) return;
    const killer = treeKiller(pid);
    try {
      if (killer === undefined) process.kill(-pid, 'SIGKILL');
      else spawnSync(killer[0], killer.slice(1), { stdio: 'ignore' });
    } catch {
      // It has ended by itself.
    }
    // What left the group may hold the pipes.
    stdout.destroy();
    stderr.destroy();
  }
}

/** @typedef {{passed: number, failed: number, skipped: number}} Counts */

/**
 * The last counts in a suite's output. One that exits non-zero, or says no counts, has failed even
 * when it counted no failure.
 * @returns {Counts}
 */
export function countsOf(output, isOk) {
  const last = [...output.matchAll(/(\d+) passed, (\d+) failed, (\d+) skipped/g)].at(-1);
  const [passed = 0, failed = 0, skipped = 0] = last?.slice(1).map(Number) ?? [];
  return { passed, failed: failed === 0 && (!isOk || !last) ? 1 : failed, skipped };
}

/** @param {readonly Counts[]} all @returns {Counts} */
export function sumOf(all) {
  const sum = (key) => all.reduce((total, counts) => total + counts[key], 0);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
}

/** @param {Counts} counts */
export function formatCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
