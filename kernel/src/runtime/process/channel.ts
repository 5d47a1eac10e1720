import process from 'node:process';
import { writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { encodeFrame, FrameReader } from '../frames';
import { HEARD_FD, SPOKEN_FD, type FromCell, type ToCell } from '../messages';

/** Taken before a cell's interrupts cancel what is set with it. */
const later = setImmediate;

/** Hears the kernel process; `closed` when it is gone. */
export function listen(heard: (message: ToCell) => void, closed: () => void): void {
  const reader = new FrameReader();
  // Not Node's own channel: that goes through `process`, which is the user's to patch.
  const socket = new Socket({ fd: HEARD_FD, readable: true, writable: false });
  socket.on('data', (chunk) => {
    // One after the other: a forced stop of what one has started must not lose those behind it.
    for (const message of reader.push(chunk)) later(heard, message as ToCell);
  });
  socket.on('error', closed);
  socket.on('close', closed);
}

const pause = new Int32Array(new SharedArrayBuffer(4));

/**
 * Sends a message to the kernel process and returns when the system has it. Synchronous on purpose:
 * outputs keep their order, a loop that never yields still shows what it printed, and nothing is
 * lost when the process dies right after.
 */
export function send(message: FromCell): void {
  const frame = encodeFrame(message);
  let written = 0;
  while (written < frame.length) {
    try {
      written += writeSync(SPOKEN_FD, frame, written);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') {
        // The kernel is gone: there is nobody left to work for.
        process.reallyExit(1);
      }
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- only so can an interface of @types/node be added to
  namespace NodeJS {
    interface Process {
      /** Ends the process at once, without `exit` listeners; `process.exit` itself ends in it. */
      reallyExit(code?: number): never;
    }
  }
}
