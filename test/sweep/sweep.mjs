import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../../scripts/lib/paths.mjs';

export const COMMAND = [process.execPath, join(root, 'kernel/dist/cli/main.js')];

/** Longer than any of these commands takes, on a slow machine too. */
const LIMIT_MS = 300_000;

/**
 * Starts `halfnote sweep ...`; `done` tells how it ended.
 * @param {readonly string[]} args
 * @param {{env?: NodeJS.ProcessEnv, onLine?: (line: string) => void}} [options] `onLine` hears of each line of progress
 */
export function startSweep(args, options) {
  return startCommand(['sweep', ...args], options);
}

/** The same of any command. */
export function startCommand(args, { env = {}, onLine = () => undefined } = {}) {
  const [node, main] = COMMAND;
  const child = spawn(node, [main, ...args], { env: { ...process.env, ...env } });
  let [stdout, stderr, rest] = ['', '', ''];
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => {
    stderr += text;
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    lines.forEach(onLine);
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  const done = once(child, 'close').then(([code, signal]) => {
    clearTimeout(timer);
    return { code, signal, stdout, stderr };
  });
  return { child, done };
}

/** @param {readonly string[]} args */
export function sweep(...args) {
  return startSweep(args).done;
}

/** The points of a sweep and their states, as `status --json` tells them. */
export async function statusOf(folder) {
  const { stdout, stderr } = await sweep('status', folder, '--json');
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout).points;
}

/** Text that a finished point has put out. */
export function outputOf(folder, { key }) {
  const { cells } = JSON.parse(readFileSync(join(folder, 'points', `${key}.ipynb`), 'utf8'));
  return cells
    .flatMap(({ outputs = [] }) => outputs)
    .flatMap(({ text = [] }) => text)
    .join('');
}

/** What points have noted at their begin, in the order in which they did. */
export function begunIn(log) {
  if (!existsSync(log)) return [];
  return readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => {
      const [seed, cells, kernel] = line.split(' ').map(Number);
      return { seed, cells, kernel };
    });
}

/** Waits until something holds; fails when it never does. */
export async function until(what, condition, limitMs = 120_000) {
  const end = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`Waited in vain until ${what}`);
    await sleep(50);
  }
}

/** Whether a process is there, other than as a zombie. */
export function isThere(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z';
  } catch {
    return false;
  }
}

/** Waits until none of these processes is there any more. */
export function untilGone(pids) {
  return until(`these processes are gone: ${pids.filter(isThere)}`, () => !pids.some(isThere));
}

/** The processes that a process has started and that are there. */
export function childrenOf(pid) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => {
      try {
        const stat = readFileSync(`/proc/${candidate}/stat`, 'latin1');
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return Number(parent) === pid && state !== 'Z';
      } catch {
        return false;
      }
    });
}
