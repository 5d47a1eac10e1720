import process from 'node:process';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** A process of this machine. */
export interface OtherProcess {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** Milliseconds of this process's life, negative for those that were there before it. */
  readonly startedMs: number;
}

/** What this process has started and what these have, as far as an interrupt is for them. */
export interface Foreground {
  /** Its process group, like that of a terminal's foreground job; what was detached isn't in it. */
  readonly group: readonly OtherProcess[];
  /** What was started since, and all that came of it. */
  readonly recent: readonly OtherProcess[];
}

/** Starts are known to a hundredth of a second on Linux, elsewhere to a second. */
const START_ERROR_MS = process.platform === 'linux' ? 20 : 1000;
/** Of the system's clock ticks, which `/proc` counts in. */
const TICK_MS = 10;
/** Where `stat` tells when a process started, counted from its state on. */
const START = 19;

/** At `begunMs` something began; what has started since was started by it, and nothing where that is unknown. */
export function foreground(
  processes: readonly OtherProcess[],
  self: number,
  begunMs = Infinity,
): Foreground {
  const group = processes.filter((other) => other.group === self && other.pid !== self);
  const recent = group.filter(
    ({ parent, startedMs }) => parent === self && startedMs >= begunMs - START_ERROR_MS,
  );
  for (const ancestor of recent)
    recent.push(...processes.filter(({ parent }) => parent === ancestor.pid));
  return { group, recent };
}

/** All processes; none where the system doesn't tell. */
export function listProcesses(): OtherProcess[] {
  try {
    return process.platform === 'linux' ? fromProc() : fromPs();
  } catch {
    return [];
  }
}

/** Sends a signal to those that are still there. */
export function signalAll(processes: readonly OtherProcess[], signal: NodeJS.Signals): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended meanwhile, or runs as somebody else.
    }
  }
}

function fromProc(): OtherProcess[] {
  // By this process's own start: `/proc/uptime` may be a container's, and a look at a clock between two
  // others would come late on a busy machine, which makes all look older.
  const ownStart = readStat('self')[START] ?? 0;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readStat(name);
        const [, parent = 0, group = 0] = stat;
        const start = stat[START] ?? 0;
        return [{ pid: Number(name), parent, group, startedMs: (start - ownStart) * TICK_MS }];
      } catch {
        return [];
      }
    });
}

/** What stands behind a process's name, which is in parentheses and may hold anything. */
function readStat(name: string): number[] {
  const stat = readFileSync(`/proc/${name}/stat`, 'latin1').split(') ').at(-1) ?? '';
  return stat.split(' ').map(Number);
}

function fromPs(): OtherProcess[] {
  const text = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,pgid=,etime='], { encoding: 'utf8' });
  const nowMs = process.uptime() * 1000;
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [pid, parent, group, age = ''] = line.trim().split(/\s+/);
      const startedMs = nowMs - ageOf(age);
      return { pid: Number(pid), parent: Number(parent), group: Number(group), startedMs };
    });
}

/** `[[days-]hours:]minutes:seconds` in milliseconds. */
function ageOf(text: string): number {
  const parts = text.split(/[-:]/).map(Number).reverse();
  const seconds = [1, 60, 3600, 86_400].map((unit, i) => unit * (parts[i] ?? 0));
  return 1000 * seconds.reduce((sum, part) => sum + part, 0);
}
