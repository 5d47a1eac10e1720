/** Why a turn ended before its code ran. */
export class TurnInterrupted extends Error {}

/**
 * A cell or an expression while the runtime works on it: it waits, is compiled, waits for the cell
 * process, runs. An interrupt ends it wherever it stands.
 */
export class Turn {
  /** Its number in the cell process, once it was sent there. */
  run: number | undefined;
  private readonly interrupted: Promise<never>;
  private reject: ((reason: TurnInterrupted) => void) | undefined;

  constructor() {
    this.interrupted = new Promise((_, reject) => {
      this.reject = reject;
    });
    this.interrupted.catch(() => undefined);
  }

  /** What `work` gives; rejects with {@link TurnInterrupted} when an interrupt comes first. */
  until<T>(work: T | Promise<T>): Promise<T> {
    return Promise.race([this.interrupted, work]);
  }

  /** Ends what hasn't been sent to the cell process yet; the work that it waits for goes on unheard. */
  interrupt(): void {
    this.reject?.(new TurnInterrupted());
  }
}

/** Cells and expressions, one after the other. */
export class Turns {
  private readonly waiting: Turn[] = [];
  private last: Promise<unknown> = Promise.resolve();

  /** What is worked on. */
  get current(): Turn | undefined {
    return this.waiting[0];
  }

  /** What `task` gives when its turn has come, or `whenInterrupted` after {@link Turn.interrupt}. */
  add<T>(task: (turn: Turn) => Promise<T>, whenInterrupted: () => T): Promise<T> {
    const turn = new Turn();
    this.waiting.push(turn);
    const result = this.last
      .then(() => task(turn))
      .catch((error: unknown) => {
        if (!(error instanceof TurnInterrupted)) throw error;
        return whenInterrupted();
      })
      .finally(() => this.waiting.shift());
    this.last = result.catch(() => undefined);
    return result;
  }
}
