/**
 * Throws messages with mutated frames at every socket of a live kernel, 100,000 unless an argument says
 * another number. The kernel has to stay alive, right and of the same size. HALFNOTE_FUZZ_SEED repeats a run.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCases } from '../lib/cases.mjs';
import { Client } from './client.mjs';
import { KEY, startKernel } from './kernel.mjs';
import { Mutator } from './mutate.mjs';

const FRAMES = Number(process.argv[2] ?? 100_000);
/** By then the kernel has taken what it needs: from there on its size goes up and down with its garbage. */
const WARM_UP = Math.ceil(FRAMES / 2);
const GROWTH = 0.1;
/** Frames between two questions whether the kernel is still there, so that it can keep up. */
const BATCH = 500;
/** Heartbeats and subscriptions too, but most goes where messages are read. */
const SOCKETS = ['shell', 'shell', 'shell', 'control', 'control', 'stdin', 'iopub', 'hb'];

const seed = Number(process.env['HALFNOTE_FUZZ_SEED'] ?? Date.now() % 2 ** 31);
console.log(`Seed ${seed}`);
const kernel = await startKernel();
const client = new Client(kernel.ports);
const mutator = new Mutator(seed, KEY);

const alive = async () => {
  const reply = await client.ask(mutator.valid('kernel_info_request', {}), 'kernel_info_reply');
  assert.equal(reply.implementation, 'halfnote');
};
const calculate = async () => {
  const content = { code: '1 + 1', silent: false };
  assert.equal(await client.result(() => mutator.valid('execute_request', content)), '2');
};

async function bombard(frames) {
  for (let sent = 0; sent < frames;) {
    const until = Math.min(frames, sent + BATCH);
    while (sent < until) {
      const message = mutator.next();
      await client.send(mutator.pick(SOCKETS), message);
      sent++;
    }
    await client.raw(mutator.pick(SOCKETS), Buffer.concat(mutator.next()));
    await alive();
  }
}

/** The smallest of a few samples: what is garbage when the last frame comes isn't kept. */
async function settledMemory() {
  await calculate();
  const samples = [];
  for (let i = 0; i < 10; i++) {
    samples.push(kernel.memory());
    await sleep(500);
  }
  return Math.min(...samples);
}

const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

try {
  await calculate();
  await bombard(WARM_UP);
  const before = await settledMemory();
  const start = performance.now();
  await runCases({
    [`survives ${FRAMES} mutated frames`]: async () => {
      await bombard(FRAMES);
      assert.ok(kernel.isAlive, kernel.errors.join(''));
      console.log(`  ${((performance.now() - start) / 1000).toFixed(1)} s`);
    },
    'answers kernel_info': alive,
    'adds one and one': calculate,
    completes: async () => {
      const content = { code: 'Math.ab', cursor_pos: 7 };
      const request = mutator.valid('complete_request', content);
      assert.deepEqual((await client.ask(request, 'complete_reply')).matches, ['abs']);
    },
    'says nothing of errors of its own': () => assert.equal(kernel.errors.join(''), ''),
    [`takes no more memory than before, but for ${GROWTH * 100} %`]: async () => {
      const after = await settledMemory();
      console.log(`  ${mib(before)} before, ${mib(after)} after`);
      assert.ok(after <= before * (1 + GROWTH), `${mib(before)} became ${mib(after)}`);
    },
  });
} finally {
  client.close();
  await kernel.stop();
}
process.exit();
