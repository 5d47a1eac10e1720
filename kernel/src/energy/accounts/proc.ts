import { closeSync, openSync, readdirSync, readSync } from 'node:fs';

/** A process as `/proc/PID/stat` tells it, see proc(5). */
export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly isZombie: boolean;
  /** CPU seconds of all its threads. */
  readonly ownS: number;
  /** CPU seconds of its children that have ended and that it has waited for, and of theirs. */
  readonly waitedS: number;
  /** When it started, in ticks since the machine did: tells it from a later process with its number. */
  readonly startTicks: number;
  readonly threads: number;
  readonly residentBytes: number;
}

/** Linux counts process times in hundredths of a second for programs, whatever the kernel's own tick. */
export const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;
const buffer = Buffer.alloc(16_384);

/** Undefined for a process that has ended: they do so at any time. */
export function readStat(proc: string, pid: number | 'self'): ProcessStat | undefined {
  const text = readSmall(`${proc}/${pid}/stat`);
  if (text === undefined) return undefined;
  // The second field is the name in brackets, and may hold blanks and brackets itself.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const at = (field: number): number => Number(fields[field - 3] ?? 0);
  return {
    pid: Number.parseInt(text, 10),
    parent: at(4),
    group: at(5),
    isZombie: fields[0] === 'Z' || fields[0] === 'X',
    ownS: (at(14) + at(15)) / TICKS_PER_SECOND,
    waitedS: (at(16) + at(17)) / TICKS_PER_SECOND,
    startTicks: at(22),
    threads: at(20),
    residentBytes: at(24) * PAGE_BYTES,
  };
}

/** Children of all threads: each may start processes. */
export function readChildren(proc: string, { pid, threads }: ProcessStat): readonly number[] {
  const ids = threads > 1 ? list(`${proc}/${pid}/task`) : [String(pid)];
  return ids.flatMap((id) => {
    const text = readSmall(`${proc}/${pid}/task/${id}/children`) ?? '';
    return text.split(' ').filter(Boolean).map(Number);
  });
}

/** The number of the process or thread that was started last on this machine; NaN where nobody tells. */
export function readLastPid(proc: string): number {
  return Number(readSmall(`${proc}/loadavg`)?.trim().split(' ')[4] ?? NaN);
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** A file of a few kilobytes, without what `readFileSync` does besides. */
function readSmall(file: string): string | undefined {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch {
    return undefined;
  }
  try {
    return buffer.toString('latin1', 0, readSync(fd, buffer, 0, buffer.length, 0));
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
}
