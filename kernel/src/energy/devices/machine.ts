import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

/** What the whole machine has worked so far, and what it has. */
export interface Machine {
  /** CPU seconds of all threads since the start: neither idle, nor waiting, nor stolen by a hypervisor. */
  readonly busyS: number;
  /** Hardware threads that are online. */
  readonly threads: number;
  /** Memory that the system can use. */
  readonly memoryBytes: number;
}

/** Linux counts times in hundredths of a second for programs, whatever the kernel's own tick. */
const TICKS_PER_SECOND = 100;

/**
 * Reads {@link Machine} from `proc`, elsewhere than on Linux from the system's own calls.
 * It costs a few tens of microseconds. Throws an error that names the file when it can't be read, or
 * holds no times, as in some sandboxes.
 */
export function readMachine(proc = '/proc'): Machine {
  if (process.platform !== 'linux' && proc === '/proc') return askSystem();
  const { busyS, threads } = readStat(`${proc}/stat`);
  return { busyS, threads, memoryBytes: readMemory(`${proc}/meminfo`) };
}

function readStat(file: string): Pick<Machine, 'busyS' | 'threads'> {
  const text = readFileSync(file, 'utf8');
  const fields = /^cpu +(.*)$/m.exec(text)?.[1]?.trim().split(/ +/).map(Number) ?? [];
  // Time of guests is within user and nice already, and is not added again.
  const [user = NaN, nice = NaN, system = NaN, idle = NaN, , irq = 0, softirq = 0] = fields;
  const ticks = user + nice + system + irq + softirq;
  if (!(ticks + idle > 0)) throw new Error(`${file} holds no CPU times`);
  const threads = text.match(/^cpu\d+ /gm)?.length ?? 1;
  return { busyS: ticks / TICKS_PER_SECOND, threads };
}

function readMemory(file: string): number {
  const kilobytes = Number(/^MemTotal: +(\d+) kB$/m.exec(readFileSync(file, 'utf8'))?.[1]);
  if (!(kilobytes > 0)) throw new Error(`${file} holds no MemTotal`);
  return kilobytes * 1024;
}

function askSystem(): Machine {
  const threads = cpus();
  const milliseconds = threads.reduce(
    (sum, { times }) => sum + times.user + times.nice + times.sys + times.irq,
    0,
  );
  return { busyS: milliseconds / 1000, threads: threads.length, memoryBytes: totalmem() };
}
