import type { Request } from '../protocol/message';

/** A cell that has run but isn't answered yet. */
export interface Finished {
  /** True: requests that wait behind it are aborted. */
  readonly stop: boolean;
  answer(): void;
}

/** Runs execute requests one after the other; a failing one aborts those that wait behind it. */
export class ExecuteQueue {
  private readonly waiting: Request[] = [];
  private current: Request | undefined;

  constructor(
    /** Never rejects. */
    private readonly run: (request: Request) => Promise<Finished>,
    private readonly abort: (request: Request) => void,
  ) {}

  /** The request that runs now. */
  get running(): Request | undefined {
    return this.current;
  }

  add(request: Request): void {
    this.waiting.push(request);
    if (this.current === undefined) void this.work();
  }

  private async work(): Promise<void> {
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
      this.current = next;
      const finished = await this.run(next);
      // Requests are aborted that were sent before the front end could know of the error: so those
      // still in the sockets are read first, and the error is answered only then.
      if (finished.stop) await socketsRead();
      const doomed = finished.stop ? this.waiting.splice(0) : [];
      finished.answer();
      doomed.forEach(this.abort);
    }
    this.current = undefined;
  }
}

/** Sockets are read between turns of the event loop. */
async function socketsRead(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
