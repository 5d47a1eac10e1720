import type { Processes } from './process-search';

/** What a process that does Halfnote's work says of itself. */
export interface HelperUsage {
  readonly pid: number;
  /** CPU seconds, to the microsecond, by its last message. */
  readonly cpuS: number;
}

/**
 * The time of the processes that do Halfnote's work beside the kernel process, one after the other. What
 * they say is exact; what the system shows beyond it, in ticks, was used since.
 */
export class HelperTime {
  private pid: number | undefined;
  /** CPU seconds of the one that is there now. */
  private currentS = 0;
  /** CPU seconds of those before it. */
  private endedS = 0;

  /** `isGuessed`: whether some of it is taken from what the system shows. */
  read(
    helper: HelperUsage | undefined,
    processes: Processes,
  ): { readonly cpuS: number; readonly residentBytes: number; readonly isGuessed: boolean } {
    if (helper !== undefined && helper.pid !== this.pid) {
      this.endedS += this.currentS;
      this.currentS = 0;
      this.pid = helper.pid;
    }
    const stat = helper && processes.get(helper.pid);
    const toldS = helper?.cpuS ?? 0;
    this.currentS = Math.max(this.currentS, toldS, stat?.ownS ?? 0);
    return {
      cpuS: this.endedS + this.currentS,
      residentBytes: stat?.residentBytes ?? 0,
      isGuessed: helper !== undefined && this.currentS > toldS,
    };
  }

  /** CPU seconds of a helper that are in the accounts; undefined for other processes. */
  accountedS(pid: number): number | undefined {
    return pid === this.pid ? this.currentS : undefined;
  }
}
