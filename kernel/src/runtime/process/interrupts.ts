import { OwnPromise } from './intrinsics';

/** Where the interrupt flag and its companions lie in the buffer shared with the guard thread. */
export const SLOT = {
  /** 1: the user wants the running cell stopped. */
  wanted: 0,
  /** What the main thread is doing, see {@link PHASE}. */
  phase: 1,
  /** Counts interrupts that the main thread has acted on. */
  acknowledged: 2,
  /** Counts looks at `wanted` by code that stops by itself between two operations. */
  polls: 3,
} as const;

export const PHASE = { idle: 0, synchronous: 1, asynchronous: 2 } as const;

/** What the guard thread tells the main thread: stop the cell; or, all of an interrupt is behind you. */
export type GuardMessage = 'interrupt' | 'settled';

export function createInterruptState(): Int32Array {
  return new Int32Array(
    new SharedArrayBuffer(Object.keys(SLOT).length * Int32Array.BYTES_PER_ELEMENT),
  );
}

/** What stops a cell. Code can catch it, as it can a `KeyboardInterrupt` in Python. */
export class InterruptError extends Error {
  constructor() {
    super('The cell was interrupted. Variables are kept.');
    this.name = 'Interrupted';
  }
}

/** The main thread's side of an interrupt. */
export class Interrupts {
  /** An interrupted cell left code behind that looks at the flag between two operations. */
  private abandoned = false;
  private stop: ((error: InterruptError) => void) | undefined;

  constructor(
    private readonly state: Int32Array,
    private readonly cancelTimers: () => void,
  ) {}

  throwIfInterrupted(): void {
    Atomics.add(this.state, SLOT.polls, 1);
    if (Atomics.load(this.state, SLOT.wanted) === 0) return;
    this.acknowledge();
    throw new InterruptError();
  }

  /** Starts a cell: forgets interrupts meant for earlier ones. Returns a promise that an interrupt rejects. */
  begin(): Promise<never> {
    this.abandoned = false;
    Atomics.store(this.state, SLOT.wanted, 0);
    Atomics.store(this.state, SLOT.polls, 0);
    const interrupted = new OwnPromise<never>((_, reject) => {
      this.stop = reject;
    });
    interrupted.catch(() => undefined);
    return interrupted;
  }

  enter(phase: (typeof PHASE)[keyof typeof PHASE]): void {
    Atomics.store(this.state, SLOT.phase, phase);
  }

  end(): void {
    this.enter(PHASE.idle);
    if (!this.abandoned) Atomics.store(this.state, SLOT.wanted, 0);
    this.stop = undefined;
  }

  /** Ends the cell from the event loop, whatever it awaits, and the timers that would go on for it. */
  interrupt(): void {
    // A training loop that the cell awaited goes on by itself: its next operation is to throw.
    this.abandoned = Atomics.load(this.state, SLOT.polls) > 0;
    Atomics.add(this.state, SLOT.acknowledged, 1);
    if (this.abandoned) Atomics.store(this.state, SLOT.wanted, 1);
    this.cancelTimers();
    this.stop?.(new InterruptError());
  }

  private acknowledge(): void {
    this.abandoned = false;
    Atomics.store(this.state, SLOT.wanted, 0);
    Atomics.add(this.state, SLOT.acknowledged, 1);
  }
}
