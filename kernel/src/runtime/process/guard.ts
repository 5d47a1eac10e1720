import process from 'node:process';
import { Session } from 'node:inspector';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { INTERRUPT_FD } from '../messages';
import { PHASE, SLOT, type GuardMessage } from './interrupts';

/**
 * Thread entry. Hears the kernel's interrupts while the main thread is busy, and stops it by the
 * gentlest means that works: the flag that code between two operations reads, a signal for the
 * synchronous part of a cell, a message for what awaits, and a forced stop for everything else.
 */
const state = workerData as Int32Array;

const POLL_MS = 5;
/** Long enough for one operation of a model that is being trained. */
const COOPERATIVE_MS = 300;
const FIRST_LOOK_MS = 20;
const SIGNAL_MS = 250;
const MESSAGE_MS = 100;
const STOP_MS = 1500;
const ATTEMPTS = 3;

let busy = false;

async function interrupt(): Promise<void> {
  if (busy) return;
  busy = true;
  try {
    await stopMainThread();
  } finally {
    busy = false;
    // Everything posted before is handled by then, so the next cell cannot be hit by this interrupt.
    post('settled');
  }
}

async function stopMainThread(): Promise<void> {
  const before = Atomics.load(state, SLOT.acknowledged);
  const pollsBefore = Atomics.load(state, SLOT.polls);
  const done = (): boolean => Atomics.load(state, SLOT.acknowledged) !== before;
  const isSynchronous = (): boolean => Atomics.load(state, SLOT.phase) === PHASE.synchronous;
  if (Atomics.load(state, SLOT.phase) !== PHASE.idle) {
    Atomics.store(state, SLOT.wanted, 1);
    if (await within(FIRST_LOOK_MS, done)) return;
    const polls = pollsBefore > 0 || Atomics.load(state, SLOT.polls) !== pollsBefore;
    if (polls && (await within(COOPERATIVE_MS, done))) return;
  }
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (isSynchronous()) {
      process.kill(process.pid, 'SIGINT');
      await within(SIGNAL_MS, () => done() || !isSynchronous());
      if (done() || Atomics.load(state, SLOT.phase) === PHASE.idle) return;
    } else {
      post('interrupt');
      if (await within(MESSAGE_MS, done)) return;
      await terminate();
      if (await within(MESSAGE_MS, done)) return;
    }
  }
}

/**
 * Ends the JavaScript that is on the main thread's stack. If there is none, V8 ends what runs next:
 * so this waits until it has happened, with messages that it can happen to.
 */
async function terminate(): Promise<void> {
  const inspector = new Session();
  // Attached only now: an attached inspector slows the main thread down and keeps it from exiting.
  inspector.connectToMainThread();
  try {
    let answered = false;
    inspector.post('Runtime.terminateExecution', () => {
      answered = true;
    });
    const end = performance.now() + STOP_MS;
    while (!(await within(MESSAGE_MS, () => answered)) && performance.now() < end)
      post('interrupt');
  } finally {
    inspector.disconnect();
  }
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

const socket = new Socket({ fd: INTERRUPT_FD, readable: true, writable: false });
socket.on('data', () => void interrupt());
// The kernel is gone, and the main thread may be in a loop that never sees its channel close.
socket.on('close', () => process.kill(process.pid, 'SIGKILL'));
socket.on('error', () => process.kill(process.pid, 'SIGKILL'));
