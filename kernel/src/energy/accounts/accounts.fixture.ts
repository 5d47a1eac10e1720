import type { Accounts, Usage } from './usage';

/** Accounts that a test turns; two threads, 8 GB. */
export class FakeAccounts implements Accounts {
  userCpuS = 0;
  halfnoteCpuS = 0;
  othersCpuS = 0;
  userWallS = 0;
  userBytes = 0;
  halfnoteBytes = 0;
  readonly left = new Map<number, number>();
  readonly background = new Set<number>();
  readonly problems: string[] = [];
  readonly calls: string[] = [];

  read(): Usage {
    const { userCpuS, halfnoteCpuS, othersCpuS, userWallS, userBytes, halfnoteBytes } = this;
    const left = [...this.left.values()].reduce((sum, cpuS) => sum + cpuS, 0);
    return {
      userCpuS,
      backgroundCpuS: new Map(this.left),
      halfnoteCpuS,
      userWallS,
      userBytes,
      halfnoteBytes,
      machine: {
        busyS: userCpuS + halfnoteCpuS + othersCpuS + left,
        threads: 2,
        memoryBytes: 8e9,
      },
      problems: [...this.problems],
    };
  }

  openCell(window: number): void {
    this.calls.push(`open ${window}`);
  }

  closeCell(window: number): void {
    this.calls.push(`close ${window}`);
  }

  own<T>(work: () => T): T {
    return work();
  }
}
