// Keeps a Python, hands it scripts and their input, and hands on what it answers; python.ts waits for it.
const { spawn } = require('node:child_process');
const { join } = require('node:path');
const { workerData } = require('node:worker_threads');

const { python, port, done } = workerData;
const child = spawn(python, [join(__dirname, 'serve_scripts.py')], { windowsHide: true });

/** A frame is a byte that says whether it went well, the length in 8 bytes, and as many bytes. */
const HEAD = 9;
let received = Buffer.alloc(0);
let complaints = '';
let isAsked = false;

child.stdout.on('data', (bytes) => {
  received = Buffer.concat([received, bytes]);
  if (received.length < HEAD) return;
  const end = HEAD + Number(received.readBigUInt64LE(1));
  if (received.length < end) return;
  const output = Uint8Array.from(received.subarray(HEAD, end));
  const wentWell = received[0] === 1;
  received = received.subarray(end);
  answer(wentWell ? { output } : { error: Buffer.from(output).toString() });
});
child.stderr.on('data', (bytes) => (complaints = `${complaints}${bytes}`.slice(-10_000)));
child.stdin.on('error', () => {});
child.on('error', (error) => fail(`Python can't be started: ${error.message}`));
child.on('close', (code, signal) => fail(`Python ended (${signal ?? code}):\n${complaints}`));

let failure;
function fail(error) {
  failure ??= error;
  if (isAsked) answer({ error });
}

function answer(message) {
  isAsked = false;
  port.postMessage(message);
  Atomics.store(done, 0, 1);
  Atomics.notify(done, 0);
}

port.on('message', ({ script, input }) => {
  isAsked = true;
  if (failure !== undefined) return answer({ error: failure });
  for (const part of [Buffer.from(script), Buffer.from(input)]) {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(part.length));
    child.stdin.write(length);
    child.stdin.write(part);
  }
});
