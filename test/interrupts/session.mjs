#!/usr/bin/env node
/**
 * `node test/interrupts/run.mjs [rounds] [kind]`: interrupts each kind of cell (or the one named) so
 * many times in a row, in one session, and checks that variables are kept and tfjs goes on. Prints the latency of each kind and
 * `N passed, N failed, N skipped`. Needs `npm run build`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRuntime } from '../../kernel/dist/runtime/runtime.js';

const rounds = Number(process.argv[2] ?? 5);
if (!Number.isInteger(rounds) || rounds < 1) {
  console.error(`The number of rounds is a whole number from 1, not ${process.argv[2]}`);
  process.exit(2);
}
const only = process.argv[3];
/** The promise of the design: a second, from the request to the cell's end. */
const LIMIT_MS = 1000;

const RUNNING = `console.log('running');`;
const KINDS = {
  'a loop': `${RUNNING}\nfor (;;);`,
  'a loop after an await': `await null;\n${RUNNING}\nfor (;;);`,
  'a loop of timers': `${RUNNING}\nfor (;;) await new Promise((next) => setTimeout(next, 1));`,
  'a promise that never settles': `${RUNNING}\nawait new Promise(() => {});`,
  'model.fit': `${RUNNING}\nawait model.fit(x, y, { epochs: 1e6, verbose: 0 });`,
  'long native products': `${RUNNING}\nfor (;;) tf.tidy(() => tf.matMul(large, large));`,
};
if (only !== undefined && !(only in KINDS)) {
  console.error(`The kinds are ${Object.keys(KINDS).join(', ')}, not ${only}`);
  process.exit(2);
}
const chosen = Object.entries(KINDS).filter(([kind]) => only === undefined || kind === only);

const SETUP = `import * as tf from '@tensorflow/tfjs';
const kept = { value: 41 };
const x = tf.ones([64, 4]);
const y = tf.ones([64, 1]);
const large = tf.ones([2048, 2048]) as tf.Tensor2D;
const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [4] })] });
model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
await model.fit(x, y, { epochs: 1, verbose: 0 });`;
const CHECK = `[kept.value + 1, tf.tidy(() => tf.ones([3]).sum().dataSync()[0]), tf.memory().numTensors].join()`;

const folder = mkdtempSync(join(tmpdir(), 'halfnote-interrupts-'));
let count = 0;
let seen = '';
let shown;
const runtime = await createRuntime(
  { cwd: folder, env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' } },
  {
    output(_requestId, output) {
      if (output.kind === 'stream') seen += output.text;
      if (output.kind === 'result') shown = output.data['text/plain'];
    },
    call: async () => undefined,
  },
);

function execute(code) {
  seen = '';
  shown = undefined;
  const executionCount = ++count;
  return runtime.execute({ requestId: `request-${executionCount}`, code, executionCount });
}

async function processId() {
  return (await runtime.evaluate('process.pid')).data?.['text/plain'];
}

async function check() {
  const outcome = await execute(CHECK);
  return outcome.status === 'ok' ? shown : `${outcome.error.ename}: ${outcome.error.evalue}`;
}

/** Milliseconds from the interrupt to the end of the cell; throws if anything is not as it should be. */
async function interrupt(code) {
  let ended = false;
  const executed = execute(code).finally(() => (ended = true));
  while (!seen.includes('running') && !ended) await new Promise((wake) => setTimeout(wake, 2));
  await new Promise((wake) => setTimeout(wake, 20));
  const begin = performance.now();
  const settled = runtime.interrupt();
  const outcome = await executed;
  const latency = performance.now() - begin;
  await settled;
  if (outcome.status !== 'error' || outcome.error.ename !== 'Interrupted')
    throw new Error(`it ended with ${JSON.stringify(outcome)}`);
  if (latency > LIMIT_MS) throw new Error(`it took ${latency.toFixed(0)} ms`);
  return latency;
}

let passed = 0;
let failed = 0;
try {
  const setup = await execute(SETUP);
  if (setup.status !== 'ok') throw new Error(setup.error.evalue);
  const pid = await processId();
  for (const [kind, code] of chosen) {
    const latencies = [];
    const [value, sum] = (await check()).replaceAll("'", '').split(',');
    for (let round = 0; round < rounds; round++) {
      try {
        latencies.push(await interrupt(code));
        const [nowValue, nowSum] = (await check()).replaceAll("'", '').split(',');
        if (nowValue !== '42' || nowSum !== '3' || value !== nowValue || sum !== nowSum)
          throw new Error(`afterwards the check gives ${nowValue},${nowSum}`);
        if ((await processId()) !== pid) throw new Error('the cell process was replaced');
        passed++;
      } catch (error) {
        failed++;
        console.log(`  ${kind}, round ${round + 1}: ${error.message}`);
      }
    }
    latencies.sort((a, b) => a - b);
    const at = (q) => (latencies[Math.ceil(q * latencies.length) - 1] ?? NaN).toFixed(0);
    console.log(`${kind}: median ${at(0.5)} ms, p95 ${at(0.95)} ms, max ${at(1)} ms`);
  }
} finally {
  await runtime.close();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exit(failed > 0 ? 1 : 0);
