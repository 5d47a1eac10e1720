/** Interrupts of cells of all kinds, many times in a row in one session. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRuntime } from '../../kernel/dist/runtime/runtime.js';
import { LIMIT_MS } from './limit.mjs';

const RUNNING = `console.log('running');`;
export const SESSION_CELLS = {
  'a loop': `${RUNNING}\nfor (;;);`,
  'a loop after an await': `await null;\n${RUNNING}\nfor (;;);`,
  'a loop of timers': `${RUNNING}\nfor (;;) await new Promise((next) => setTimeout(next, 1));`,
  'a promise that never settles': `${RUNNING}\nawait new Promise(() => {});`,
  'model.fit': `${RUNNING}\nawait model.fit(x, y, { epochs: 1e6, verbose: 0 });`,
  'a child that it waits for': `${RUNNING}\nrequire('child_process').execSync('sleep 30');`,
  'a child that it waits for after an await': `await null;\n${RUNNING}\nrequire('child_process').spawnSync('sleep', ['30']);`,
  'long native products': `${RUNNING}\nfor (;;) tf.tidy(() => tf.matMul(large, large));`,
};
const SETUP = `import * as tf from '@tensorflow/tfjs';
const kept = { value: 41 };
const x = tf.ones([64, 4]);
const y = tf.ones([64, 1]);
const large = tf.ones([2048, 2048]) as tf.Tensor2D;
const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [4] })] });
model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
await model.fit(x, y, { epochs: 1, verbose: 0 });`;
const CHECK = `[process.pid, kept.value + 1, tf.tidy(() => tf.ones([3]).sum().dataSync()[0])].join()`;

/**
 * Interrupts each kind of cell so many times, and checks that variables are kept and tfjs goes on. Prints
 * the latency of each kind.
 * @param {number} rounds
 * @param {readonly string[]} kinds of {@link SESSION_CELLS}
 * @returns {Promise<{passed: number, failed: number}>}
 */
export async function interruptInSession(rounds, kinds) {
  const session = await Session.open();
  let passed = 0;
  let failed = 0;
  try {
    for (const kind of kinds) {
      const latencies = [];
      const before = await session.state();
      for (let round = 0; round < rounds; round++) {
        try {
          latencies.push(await session.interrupt(SESSION_CELLS[kind]));
          const after = await session.state();
          if (after !== before) throw new Error(`before, the state was ${before}; now ${after}`);
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
    await session.close();
  }
  return { passed, failed };
}

class Session {
  #folder = mkdtempSync(join(tmpdir(), 'halfnote-interrupts-'));
  #runtime;
  #count = 0;
  #seen = '';
  #shown;

  static async open() {
    const session = new Session();
    session.#runtime = await createRuntime(
      { cwd: session.#folder, env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' } },
      {
        output(_requestId, output) {
          if (output.kind === 'stream') session.#seen += output.text;
          if (output.kind === 'result') session.#shown = output.data['text/plain'];
        },
        call: async () => undefined,
      },
    );
    const setup = await session.#execute(SETUP);
    if (setup.status !== 'ok') throw new Error(setup.error.evalue);
    return session;
  }

  /** What an interrupt must not change: the process, a variable, what tfjs computes. */
  async state() {
    const outcome = await this.#execute(CHECK);
    return outcome.status === 'ok'
      ? this.#shown
      : `${outcome.error.ename}: ${outcome.error.evalue}`;
  }

  /** Milliseconds from the interrupt to the end of the cell; throws if anything is not as it should be. */
  async interrupt(code) {
    let ended = false;
    const executed = this.#execute(code).finally(() => (ended = true));
    while (!this.#seen.includes('running') && !ended)
      await new Promise((wake) => setTimeout(wake, 2));
    await new Promise((wake) => setTimeout(wake, 20));
    const begin = performance.now();
    const settled = this.#runtime.interrupt();
    const outcome = await executed;
    const latency = performance.now() - begin;
    await settled;
    if (outcome.status !== 'error' || outcome.error.ename !== 'Interrupted')
      throw new Error(`it ended with ${JSON.stringify(outcome)}`);
    if (latency > LIMIT_MS) throw new Error(`it took ${latency.toFixed(0)} ms`);
    return latency;
  }

  async close() {
    await this.#runtime.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #execute(code) {
    this.#seen = '';
    this.#shown = undefined;
    const executionCount = ++this.#count;
    return this.#runtime.execute({ requestId: `request-${executionCount}`, code, executionCount });
  }
}
