/** An interrupt of the cell process until it has had all its effect. */
export class Interruption {
  /** What was sent to the process before could be hit by it. */
  readonly settled: Promise<void>;
  /** The run has ended, or is told to have: native code goes on without being heard. */
  readonly answered: Promise<void>;
  /** True: native code goes on. */
  isStuck = false;
  /** True: the process was ended for whoever waited for that native code. */
  isEnded = false;
  private resolveSettled: (() => void) | undefined;
  private resolveAnswered: (() => void) | undefined;

  /** `run` is the one it is meant for. */
  constructor(readonly run: number) {
    this.settled = new Promise((resolve) => {
      this.resolveSettled = resolve;
    });
    this.answered = new Promise((resolve) => {
      this.resolveAnswered = resolve;
    });
  }

  settle(): void {
    this.resolveSettled?.();
    this.resolveAnswered?.();
  }

  stick(): void {
    this.isStuck = true;
    this.resolveAnswered?.();
  }
}
