// Keeps a Python, hands it scripts and their input, and hands on what it answers; python.ts waits for it.
const { spawn } = require('node:child_process');
const { join } = require('node:path');
const { workerData } = require('node:worker_threads');

const { python, port, done } = workerData;
const child = spawn(python, [join(__dirname, 'serve_scripts.py')], { windowsHide: true });

/** A frame is a byte that says whether it went well, the length in 4 bytes, and as many bytes. */
const HEAD = 5;
let head = null;
let complaints = '';
let isAsked = false;

child.stdout.on('readable', () => {
  head ??= child.stdout.read(HEAD);
  // Less than is asked for comes only from a Python that has ended.
  if (head === null || head.length < HEAD) return;
  const length = head.readUInt32LE(1);
  const output = length === 0 ? Buffer.alloc(0) : child.stdout.read(length);
  if (output === null || output.length < length) return;
  const wentWell = head[0] === 1;
  head = null;
  answer(wentWell ? { output: new Uint8Array(output) } : { error: output.toString() });
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
    const length = Buffer.alloc(4);
    length.writeUInt32LE(part.length);
    child.stdin.write(length);
    child.stdin.write(part);
  }
});
