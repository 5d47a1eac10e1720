import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Which process holds something, so that others can tell whether it still lives. */
export interface Holder {
  readonly host: string;
  /** Where process ids are counted: a boot of a machine, a container. */
  readonly space: string;
  readonly pid: number;
  /** When the process started, by the system's count: a pid is given again. Empty where it can't be told. */
  readonly started: string;
}

/** This process. */
export function thisProcess(): Holder {
  return {
    host: hostname(),
    space: processSpace(),
    pid: process.pid,
    started: startOf(process.pid),
  };
}

/** Undefined where it can't be told from here: it is, or was, on another machine. */
export function isAlive(holder: Holder): boolean | undefined {
  if (holder.host !== hostname() || holder.space !== processSpace()) return undefined;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return startOf(holder.pid) === holder.started;
}

function processSpace(): string {
  return [
    attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    attempt(() => readlinkSync('/proc/self/ns/pid')),
  ].join(' ');
}

/** In clock ticks since the boot; empty outside of Linux. */
function startOf(pid: number): string {
  // The name of the program stands in parentheses and may hold anything.
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
