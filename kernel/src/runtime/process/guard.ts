import process from 'node:process';
import { Session } from 'node:inspector';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { LineReader } from '../lines';
import { INSPECTOR_FD, INTERRUPT_FD } from '../messages';
import { killGroup } from '../process-group';
import { foreground, listProcesses, signalAll } from './children';
import { InspectorRelay } from './inspector-relay';
import { PHASE, SLOT, unwrapped, type GuardMessage } from './interrupts';

/**
 * Thread entry. Hears the kernel's interrupts while the main thread is busy, and stops it by the
 * gentlest means that works: the flag that code between two operations reads, a signal for the
 * synchronous part of a cell, a message for what awaits, and a forced stop for everything else. What
 * the cell waits for in other processes is interrupted with it.
 */
const state = workerData as Int32Array;

const POLL_MS = 5;
/** Long enough for one operation of a model that is being trained. */
const COOPERATIVE_MS = 250;
const FIRST_LOOK_MS = 20;
const SIGNAL_MS = 100;
const MESSAGE_MS = 100;
/** Until Node.js's own thread has heard a signal. */
const SIGNAL_HEARD_MS = 20;
/** From the interrupt on; the user is promised a second. */
const STUCK_MS = 800;
/** What a child gets that the signal before didn't end, and how long after it. */
const HARDER = [
  { signal: 'SIGTERM', afterMs: 200 },
  { signal: 'SIGKILL', afterMs: 150 },
] as const;

/** Code that runs, or what earlier code left behind, and the interrupt meant for it. */
class Interrupt {
  private readonly before = Atomics.load(state, SLOT.acknowledged);
  private begunMs = this.readBegun();
  private areChildrenTold = false;

  /** `run` is 0 for what earlier runs left behind. */
  constructor(private readonly run: number) {}

  /** Milliseconds of this process's life; undefined for a run that has not begun, and for none. */
  private readBegun(): number | undefined {
    const isBegun = this.run !== 0 && Atomics.load(state, SLOT.run) === this.run;
    return isBegun ? unwrapped(Atomics.load(state, SLOT.begun)) : undefined;
  }

  async act(): Promise<void> {
    Atomics.store(state, SLOT.target, this.run);
    const polls = Atomics.load(state, SLOT.polls);
    if (this.isCurrent && !isIdle()) Atomics.store(state, SLOT.wanted, 1);
    const late = setTimeout(() => {
      if (!this.isOver()) socket.write(`${this.run}\n`);
    }, STUCK_MS);
    try {
      await this.stopMainThread(polls);
    } finally {
      clearTimeout(late);
      this.tellChildren();
    }
  }

  private get isCurrent(): boolean {
    return this.run === 0 || Atomics.load(state, SLOT.run) === this.run;
  }

  private readonly isOver = (): boolean => {
    if (Atomics.load(state, SLOT.acknowledged) !== this.before) return true;
    const begun = Atomics.load(state, SLOT.run);
    return this.run !== 0 && (begun > this.run || (begun === this.run && isIdle()));
  };

  private async stopMainThread(pollsBefore: number): Promise<void> {
    if (await within(FIRST_LOOK_MS, this.isOver)) return;
    const looks = pollsBefore > 0 || Atomics.load(state, SLOT.polls) !== pollsBefore;
    if (looks && (await within(COOPERATIVE_MS, this.isOver))) return;
    while (!this.isOver()) {
      if (isSynchronous()) {
        process.kill(process.pid, 'SIGINT');
        this.tellChildren();
        await letGo();
        await within(SIGNAL_MS, () => this.isOver() || !isSynchronous());
      } else {
        post('interrupt');
        if (await within(MESSAGE_MS, this.isOver)) return;
        await this.terminate();
        await within(MESSAGE_MS, this.isOver);
      }
    }
  }

  /**
   * Ends the JavaScript that is on the main thread's stack. If there is none, V8 ends what runs next:
   * so this waits until it has happened, with messages that it can happen to.
   */
  private async terminate(): Promise<void> {
    const inspector = new Session();
    // Attached only now: an attached inspector slows the main thread down and keeps it from exiting.
    inspector.connectToMainThread();
    try {
      let answered = false;
      inspector.post('Runtime.terminateExecution', () => {
        answered = true;
      });
      this.tellChildren();
      await letGo();
      while (!(await within(MESSAGE_MS, () => answered))) post('interrupt');
    } finally {
      inspector.disconnect();
    }
  }

  /** After what stops the cell itself, which could go on with a child's end otherwise. */
  private tellChildren(): void {
    if (this.areChildrenTold) return;
    this.areChildrenTold = true;
    this.begunMs ??= this.readBegun();
    // What earlier cells have started hears the signal, as from a terminal, and may go on.
    const { group, recent } = foreground(listProcesses(), process.pid, this.begunMs);
    if (recent.length > 0) Atomics.store(state, SLOT.childrenTold, this.run);
    signalAll(group, 'SIGINT');
    if (recent.length > 0) void this.endChildren(recent);
  }

  /** While the cell waits for its children, also those are ended that have left its process group. */
  private async endChildren(children: ReturnType<typeof foreground>['recent']): Promise<void> {
    for (const { signal, afterMs } of HARDER) {
      await sleep(afterMs);
      const left = new Set(listProcesses().map(({ pid }) => pid));
      const isOver = this.isOver();
      signalAll(
        children.filter(({ pid, group }) => left.has(pid) && (group === process.pid || !isOver)),
        signal,
      );
    }
  }
}

/** What stands at a breakpoint is ended only when it goes on: what is to end it is on its way. */
async function letGo(): Promise<void> {
  if (!relay.isPaused) return;
  await sleep(SIGNAL_HEARD_MS);
  relay.letGo();
}

let isBusy = false;

async function interrupt(run: number): Promise<void> {
  if (isBusy) return;
  isBusy = true;
  try {
    await new Interrupt(run).act();
  } finally {
    isBusy = false;
    relay.stopAgain();
    // Everything posted before is handled by then, so the next cell cannot be hit by this interrupt.
    post('settled');
  }
}

function isIdle(): boolean {
  return Atomics.load(state, SLOT.phase) === PHASE.idle;
}

function isSynchronous(): boolean {
  return Atomics.load(state, SLOT.phase) === PHASE.synchronous;
}

function post(message: GuardMessage): void {
  parentPort?.postMessage(message);
}

async function within(milliseconds: number, condition: () => boolean): Promise<boolean> {
  const end = performance.now() + milliseconds;
  while (performance.now() < end) {
    if (condition()) return true;
    await sleep(POLL_MS);
  }
  return condition();
}

/** The kernel is gone, and the main thread may be in a loop that never sees its channel close. */
function end(): void {
  // With what it has started: whoever ended the kernel's process group meant that too.
  killGroup(process.pid);
}

const debugged = new Socket({ fd: INSPECTOR_FD, readable: true, writable: true });
const relay = new InspectorRelay((line) => {
  debugged.write(line);
});
const asked = new LineReader();
debugged.on('data', (chunk) => {
  for (const line of asked.push(chunk)) relay.hear(line);
});
// The kernel's end is told by the other socket.
debugged.on('error', () => undefined);

const socket = new Socket({ fd: INTERRUPT_FD, readable: true, writable: true });
const lines = new LineReader();
socket.on('data', (chunk) => {
  for (const run of lines.push(chunk)) void interrupt(Number(run));
});
socket.on('close', end);
socket.on('error', end);
post('ready');
