import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { pythonIn } from '../../kernel/src/installation';

/** The checkout's Python, which has what the tests compare with. */
const PYTHON = pythonIn(resolve(__dirname, '../../.venv'));

/** Longer than any script takes: a hang is an error, not a test that never ends. */
const LIMIT_MS = 120_000;

type Answer = { readonly output: Uint8Array } | { readonly error: string };

let ask: ((script: string, input: Uint8Array) => Answer) | undefined;

/**
 * Runs a script in the checkout's Python, waits, and gives what it wrote to standard output. One
 * interpreter serves all scripts of a process: what they import is loaded once. Each has names of its
 * own, and reads `input` from standard input.
 * @throws Error with Python's traceback, or with what ended Python
 */
export function runPython(
  script: string,
  input: NodeJS.ArrayBufferView = new Uint8Array(),
): Buffer {
  ask ??= start();
  const { buffer, byteOffset, byteLength } = input;
  const answer = ask(script, new Uint8Array(buffer, byteOffset, byteLength));
  if ('error' in answer) throw new Error(answer.error);
  return Buffer.from(answer.output);
}

function start(): (script: string, input: Uint8Array) => Answer {
  if (!existsSync(PYTHON)) throw new Error(`${PYTHON} is missing: run npm run setup -- --tests`);
  const { port1: ours, port2: theirs } = new MessageChannel();
  const done = new Int32Array(new SharedArrayBuffer(4));
  // Node.js can't wait for a process without going on with other work, but it can for a thread.
  const worker = new Worker(join(__dirname, 'python-thread.cjs'), {
    workerData: { python: PYTHON, port: theirs, done },
    transferList: [theirs],
    execArgv: [],
  });
  worker.unref();
  ours.unref();
  return (script, input) => {
    Atomics.store(done, 0, 0);
    ours.postMessage({ script, input });
    if (Atomics.wait(done, 0, 0, LIMIT_MS) === 'timed-out') {
      return { error: `Python hasn't answered within ${LIMIT_MS / 1000} s:\n${script}` };
    }
    return receiveMessageOnPort(ours)?.message as Answer;
  };
}
