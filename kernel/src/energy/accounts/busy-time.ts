import { availableParallelism, totalmem } from 'node:os';
import { MachineReader } from '../devices/machine';
import type { Machine } from '../devices/machine';

/**
 * The machine's CPU time, without its steps: the system counts it in hundredths of a second for each
 * thread, and processes far finer. What is known to have worked is counted at once; the system's count
 * has to catch up before it moves the total again. So neither runs ahead of the other for long.
 */
export class BusyTime {
  /** Why the machine can't be read, if it can't: then only what is known has worked. */
  problem: string | undefined;
  private busyS: number | undefined;
  private knownS = 0;

  constructor(
    private readonly reader: Pick<MachineReader, 'read' | 'close'> = new MachineReader(),
  ) {}

  /** `knownS`: CPU seconds of all accounts so far. */
  update(knownS: number): Machine {
    const known = Math.max(0, knownS - this.knownS);
    this.knownS = Math.max(knownS, this.knownS);
    const machine = this.counted();
    this.busyS = Math.max(machine.busyS, (this.busyS ?? 0) + known);
    return { ...machine, busyS: this.busyS };
  }

  /** Lets the files go. */
  close(): void {
    this.reader.close();
  }

  private counted(): Machine {
    try {
      const machine = this.reader.read();
      this.problem = undefined;
      return machine;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.problem = `what else the machine does can't be told: ${reason}`;
      return { busyS: 0, threads: availableParallelism(), memoryBytes: totalmem() };
    }
  }
}
