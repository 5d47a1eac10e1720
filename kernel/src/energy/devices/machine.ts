import { readFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { performance } from 'node:perf_hooks';
import { HeldFile } from './held-file';

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

/** So long the number of threads and the memory are taken for what they were: both change by hotplug only. */
const EXTENT_S = 10;

/**
 * Reads {@link Machine} from `proc`, elsewhere than on Linux from the system's own calls.
 * It costs a few tens of microseconds. Throws an error that names the file when it can't be read, or
 * holds no times, as in some sandboxes.
 */
export function readMachine(proc = '/proc'): Machine {
  if (isElsewhere(proc)) return askSystem();
  const file = `${proc}/stat`;
  const busyS = busySeconds(readFileSync(file, 'utf8'), file);
  return { busyS, ...readExtent(proc) };
}

/** Reads {@link Machine} again and again, as {@link readMachine} does, for a tenth of what that costs. */
export class MachineReader {
  private readonly stat: HeldFile;
  private extent: Omit<Machine, 'busyS'> | undefined;
  private extentAtS = 0;

  /** `now`: a monotonic clock in seconds. */
  constructor(
    private readonly proc = '/proc',
    private readonly now = () => performance.now() / 1000,
  ) {
    this.stat = new HeldFile(`${proc}/stat`);
  }

  /** @throws as {@link readMachine}. */
  read(): Machine {
    if (isElsewhere(this.proc)) return askSystem();
    const busyS = busySeconds(this.stat.read(), `${this.proc}/stat`);
    const nowS = this.now();
    if (this.extent === undefined || nowS - this.extentAtS >= EXTENT_S) {
      this.extent = readExtent(this.proc);
      this.extentAtS = nowS;
    }
    return { busyS, ...this.extent };
  }

  /** Lets the files go. */
  close(): void {
    this.stat.close();
  }
}

function isElsewhere(proc: string): boolean {
  return process.platform !== 'linux' && proc === '/proc';
}

/** Of all threads together, by the first line of `/proc/stat`. */
function busySeconds(text: string, file: string): number {
  const fields = text.startsWith('cpu ') ? text.slice(4, text.indexOf('\n')).trim().split(' ') : [];
  // Time of guests is within user and nice already, and is not added again.
  const [user = NaN, nice = NaN, system = NaN, idle = NaN, , irq = 0, softirq = 0] =
    fields.map(Number);
  const ticks = user + nice + system + irq + softirq;
  if (!(ticks + idle > 0)) throw new Error(`${file} holds no CPU times`);
  return ticks / TICKS_PER_SECOND;
}

function readExtent(proc: string): Omit<Machine, 'busyS'> {
  const threads = readFileSync(`${proc}/stat`, 'utf8').match(/^cpu\d+ /gm)?.length ?? 1;
  return { threads, memoryBytes: readMemory(`${proc}/meminfo`) };
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
