import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { HeldFile } from '../devices/held-file';

/** A process as `/proc/PID/stat` tells it, see proc(5). */
export interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly isZombie: boolean;
  /** Whether it uses a processor, or waits for one. */
  readonly isRunnable: boolean;
  /** Whether the number is that of a thread, which `/proc` has too, though it doesn't list it. */
  readonly isThread: boolean;
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
  return parsed(readSmall(statOf(proc, pid)));
}

/** What one process has used, read again and again. */
export class HeldStat {
  private readonly file: HeldFile;

  constructor(proc: string, pid: number) {
    this.file = new HeldFile(statOf(proc, pid));
  }

  /** Undefined once it has ended. */
  read(): ProcessStat | undefined {
    try {
      return parsed(this.file.read());
    } catch {
      return undefined;
    }
  }

  close(): void {
    this.file.close();
  }
}

function statOf(proc: string, pid: number | 'self'): string {
  return `${proc}/${pid}/stat`;
}

function parsed(text: string | undefined): ProcessStat | undefined {
  if (text === undefined || text === '') return undefined;
  // The second field is the name in brackets, and may hold blanks and brackets itself.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const at = (field: number): number => Number(fields[field - 3] ?? 0);
  return {
    pid: Number.parseInt(text, 10),
    parent: at(4),
    group: at(5),
    isZombie: fields[0] === 'Z' || fields[0] === 'X',
    isRunnable: fields[0] === 'R',
    // Its end sends no signal to its parent.
    isThread: at(38) === -1,
    ownS: (at(14) + at(15)) / TICKS_PER_SECOND,
    waitedS: (at(16) + at(17)) / TICKS_PER_SECOND,
    startTicks: at(22),
    threads: at(20),
    residentBytes: at(24) * PAGE_BYTES,
  };
}

/** Tells one boot of the machine from others; undefined where nothing does. */
export function readBootId(proc: string): string | undefined {
  return readSmall(`${proc}/sys/kernel/random/boot_id`)?.trim();
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
export class LastPid {
  private readonly file: HeldFile;

  constructor(proc: string) {
    this.file = new HeldFile(`${proc}/loadavg`);
  }

  read(): number {
    try {
      return Number(this.file.read().trim().split(' ')[4] ?? NaN);
    } catch {
      return NaN;
    }
  }

  close(): void {
    this.file.close();
  }
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
