import type { Request } from '../protocol/message';
import { RunningRequest } from './running-request';
import { SentBefore } from './sent-before';

/** A cell that has run but isn't answered yet. */
export interface Finished {
  /** True: requests that wait behind it are aborted. */
  readonly stop: boolean;
  answer(): void;
}

/**
 * Runs execute requests one after the other. One that fails aborts those that wait behind it, and so
 * does an interrupt that comes when its code has just ended.
 */
export class ExecuteQueue {
  private readonly waiting: RunningRequest[] = [];
  private current: RunningRequest | undefined;
  /** The last answer that aborts what was sent before it. */
  private stopped: SentBefore | undefined;

  constructor(
    /** Never rejects. */
    private readonly run: (running: RunningRequest) => Promise<Finished>,
    private readonly abort: (request: Request) => void,
  ) {}

  /** The request that runs now. */
  get running(): RunningRequest | undefined {
    return this.current;
  }

  /** `isInterrupted`: an interrupt that is meant for it came ahead of it. */
  add(request: Request, isInterrupted = false): void {
    const running = new RunningRequest(request);
    if (isInterrupted) running.interrupt();
    this.waiting.push(running);
    if (this.current === undefined) void this.work();
  }

  private async work(): Promise<void> {
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
      this.current = next;
      if (this.stopped?.has(next) === true) {
        this.abort(next.request);
        continue;
      }
      const finished = await this.run(next);
      // Requests are aborted that were sent before the front end could know of the error: so those
      // still in the sockets are read first, and the error is answered only then.
      const stops = finished.stop || next.isMissed;
      if (stops) await socketsRead();
      const doomed = stops ? this.waiting.splice(0) : [];
      // What a busy front end sent before, and is only on its way. Made first: the next request may be sent while
      // this process, in the midst of answering, waits for a processor.
      this.stopped = stops ? new SentBefore(next) : undefined;
      finished.answer();
      for (const { request } of doomed) this.abort(request);
    }
    this.current = undefined;
  }
}

/** Sockets are read between turns of the event loop. */
export async function socketsRead(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
