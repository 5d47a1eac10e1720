import process from 'node:process';
import { INTERRUPTED } from '../../host';
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
  /** The run that the last interrupt is meant for; it may not have begun yet. */
  target: 4,
  /** The run that has begun last. */
  run: 5,
  /** When it began, see {@link clockMs}. */
  begun: 6,
  /** The run whose child processes were interrupted last. */
  childrenTold: 7,
} as const;

export const PHASE = { idle: 0, synchronous: 1, asynchronous: 2 } as const;

/**
 * What the guard thread tells the main thread: that it hears interrupts; stop the cell; or, all of an
 * interrupt is behind you.
 */
export type GuardMessage = 'ready' | 'interrupt' | 'settled';

/** Milliseconds of this process's life, the same in all its threads. Wraps after weeks. */
export function clockMs(): number {
  return (process.uptime() * 1000) | 0;
}

/** A time that {@link clockMs} told, in milliseconds of this process's life that don't wrap. */
export function unwrapped(timeMs: number, nowMs = process.uptime() * 1000): number {
  return nowMs - (((nowMs | 0) - timeMs) | 0);
}

export function createInterruptState(): Int32Array {
  return new Int32Array(
    new SharedArrayBuffer(Object.keys(SLOT).length * Int32Array.BYTES_PER_ELEMENT),
  );
}

/** What stops a cell. Code can catch it, as it can a `KeyboardInterrupt` in Python. */
export class InterruptError extends Error {
  constructor() {
    super('The cell was interrupted. Variables are kept.');
    this.name = INTERRUPTED;
  }
}

/** The main thread's side of an interrupt. */
export class Interrupts {
  /** An interrupted cell left code behind that looks at the flag between two operations. */
  private abandoned = false;
  private wasStopped = false;
  /** What {@link SLOT.acknowledged} was when the run began. */
  private acknowledgedBefore = 0;
  private stop: ((error: InterruptError) => void) | undefined;

  constructor(
    private readonly state: Int32Array,
    private readonly cancelTimers: () => void,
  ) {}

  throwIfInterrupted(): void {
    Atomics.add(this.state, SLOT.polls, 1);
    this.throwIfWanted();
  }

  /** The same for a look that doesn't say whether the code goes on looking. */
  throwIfWanted(): void {
    if (Atomics.load(this.state, SLOT.wanted) === 0) return;
    this.acknowledge();
    throw new InterruptError();
  }

  /**
   * True: an interrupt has ended what the run had started, but has not reached the run itself, which
   * takes its children's end for theirs: on a busy machine a signal can be late.
   */
  get hasTakenChildren(): boolean {
    return (
      Atomics.load(this.state, SLOT.childrenTold) === Atomics.load(this.state, SLOT.run) &&
      Atomics.load(this.state, SLOT.acknowledged) === this.acknowledgedBefore
    );
  }

  throwIfChildrenTaken(): void {
    if (!this.hasTakenChildren) return;
    this.acknowledge();
    throw new InterruptError();
  }

  /** True: a run that was ended from the event loop has not ended, since a forced stop hit what would end it. */
  get isOverdue(): boolean {
    return this.wasStopped && this.stop !== undefined;
  }

  /**
   * Starts a run: forgets interrupts meant for earlier ones, but not one that came ahead of it. Returns
   * a promise that an interrupt rejects.
   */
  begin(run: number): Promise<never> {
    this.abandoned = false;
    this.wasStopped = false;
    this.acknowledgedBefore = Atomics.load(this.state, SLOT.acknowledged);
    Atomics.store(this.state, SLOT.wanted, 0);
    Atomics.store(this.state, SLOT.polls, 0);
    Atomics.store(this.state, SLOT.begun, clockMs());
    this.enter(PHASE.asynchronous);
    // The guard thread sets the target and then looks at the run: one of the two sees the other.
    Atomics.store(this.state, SLOT.run, run);
    if (Atomics.load(this.state, SLOT.target) === run) Atomics.store(this.state, SLOT.wanted, 1);
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
    Atomics.store(this.state, SLOT.polls, 0);
    if (!this.abandoned) Atomics.store(this.state, SLOT.wanted, 0);
    this.stop = undefined;
  }

  /** What the guard thread has posted: {@link interrupt}, unless the run that it is meant for is over. */
  heard(): void {
    const target = Atomics.load(this.state, SLOT.target);
    if (target === 0 || target >= Atomics.load(this.state, SLOT.run)) this.interrupt();
  }

  /** Ends the cell from the event loop, whatever it awaits, and the timers that would go on for it. */
  interrupt(): void {
    // A training loop that the cell awaited goes on by itself: its next operation is to throw.
    this.abandoned = Atomics.load(this.state, SLOT.polls) > 0;
    Atomics.add(this.state, SLOT.acknowledged, 1);
    if (this.abandoned) Atomics.store(this.state, SLOT.wanted, 1);
    this.wasStopped = true;
    this.cancelTimers();
    this.stop?.(new InterruptError());
  }

  private acknowledge(): void {
    this.abandoned = false;
    Atomics.store(this.state, SLOT.wanted, 0);
    Atomics.add(this.state, SLOT.acknowledged, 1);
  }
}
