import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { readBootId, readStat } from '../energy/accounts/proc';

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
  return [readBootId('/proc') ?? '', ownPidSpace()].join(' ');
}

function ownPidSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

/** In clock ticks since the boot; empty outside of Linux. */
function startOf(pid: number): string {
  return String(readStat('/proc', pid)?.startTicks ?? '');
}
