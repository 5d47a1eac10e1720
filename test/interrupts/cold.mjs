/** Interrupts of the first cell of a fresh kernel, at a moment counted from the kernel's start. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findKernel, startProcess } from '../../kernel/dist/cli/run/kernel-process.js';
import { addressOf } from '../../kernel/dist/jupyter/transport/connection.js';
import { Signer } from '../../kernel/dist/jupyter/transport/signature.js';
import { decode, Encoder } from '../../kernel/dist/jupyter/transport/wire.js';

const require = createRequire(new URL('../../kernel/package.json', import.meta.url));
const { Dealer } = require('zeromq');

/** What a fresh kernel is given to do; none of it would end within the test. */
export const COLD_CELLS = {
  'a loop': `for (;;);`,
  'a promise that never settles': `await new Promise(() => {});`,
  'a child that it waits for': `require('child_process').execSync('sleep 30');`,
  'a loop of timers': `for (;;) await new Promise((next) => setTimeout(next, 1));`,
  'modules and training': `import * as tf from '@tensorflow/tfjs';
const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [4] })] });
model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
await model.fit(tf.ones([64, 4]), tf.ones([64, 1]), { epochs: 1e6, verbose: 0 });`,
};

const GIVE_UP_MS = 20_000;

/**
 * Starts a kernel, sends a cell at once, and interrupts it after `momentMs`.
 * @returns {Promise<{latencyMs: number, problem: string | undefined}>} from the interrupt to the reply, or
 * from when the kernel listens if the interrupt was sent before
 */
export async function interruptCold(code, momentMs) {
  const folder = mkdtempSync(join(tmpdir(), 'halfnote-interrupts-'));
  const spec = findKernel();
  const env = { ...spec.env, HALFNOTE_HISTORY: 'off', TF_CPP_MIN_LOG_LEVEL: '2' };
  const kernel = await startProcess({ ...spec, env }, folder);
  const begin = performance.now();
  const client = new Client(kernel.connection);
  try {
    client.send('shell', 'kernel_info_request', {});
    const cell = client.send('shell', 'execute_request', { code });
    await sleep(begin + momentMs - performance.now());
    const sent = performance.now();
    client.send('control', 'interrupt_request', {});
    const reply = await client.reply(cell);
    const latencyMs = performance.now() - Math.max(sent, await client.listening);
    const next = await client.reply(
      client.send('shell', 'execute_request', {
        code: '',
        user_expressions: { answer: '6 * 7' },
      }),
    );
    return { latencyMs, problem: problemOf(reply) ?? problemAfter(next) };
  } catch (error) {
    return { latencyMs: NaN, problem: error.message };
  } finally {
    const ended = new Promise((resolve) => kernel.child.once('exit', resolve));
    kernel.child.kill('SIGTERM');
    await Promise.race([ended, sleep(5000).then(() => kernel.child.kill('SIGKILL'))]);
    client.close();
    kernel.cleanUp();
    rmSync(folder, { recursive: true, force: true });
  }
}

function problemOf({ status, ename, evalue, traceback }) {
  if (status !== 'error') return `it ended with status ${status}`;
  if (ename !== 'Interrupted') return `it ended with ${ename}: ${evalue}`;
  return traceback.length === 1 ? undefined : `it printed ${traceback.length} lines`;
}

/** The interrupt neither hits the next cell nor breaks it. */
function problemAfter({ status, user_expressions: values, ename, evalue }) {
  if (status !== 'ok') return `the next cell ended with ${ename}: ${evalue}`;
  const { answer } = values;
  if (answer.status !== 'ok') return `the next expression ended with ${answer.ename}`;
  return answer.data['text/plain'] === '42' ? undefined : 'the next expression has another value';
}

/** A front end that knows two sockets. */
class Client {
  #sockets = { shell: new Dealer({ linger: 0 }), control: new Dealer({ linger: 0 }) };
  #encoder;
  #signer;
  #replies = new Map();
  #waiting = new Map();
  /** When the kernel answered on both sockets' ports. */
  listening;

  constructor(connection) {
    this.#signer = new Signer(connection.key, connection.hash);
    this.#encoder = new Encoder(this.#signer);
    const handshakes = Object.entries(this.#sockets).map(([name, socket]) => {
      const done = new Promise((resolve) => {
        socket.events.on('handshake', () => resolve(performance.now()));
      });
      socket.connect(addressOf(connection, name));
      return done;
    });
    this.listening = Promise.all(handshakes).then((times) => Math.max(...times));
    void this.#receive();
  }

  send(channel, type, content) {
    const id = randomUUID();
    const frames = this.#encoder.encode([], { type, content, parent: undefined }, id);
    this.#sockets[channel].send(frames).catch(() => undefined);
    return id;
  }

  reply(id) {
    return new Promise((resolve, reject) => {
      const timeout = setTimeout(
        () => reject(new Error(`no reply within ${GIVE_UP_MS / 1000} s`)),
        GIVE_UP_MS,
      );
      const settle = (content) => {
        clearTimeout(timeout);
        resolve(content);
      };
      const come = this.#replies.get(id);
      if (come) settle(come);
      else this.#waiting.set(id, settle);
    });
  }

  close() {
    for (const socket of Object.values(this.#sockets)) socket.close();
  }

  async #receive() {
    for await (const frames of this.#sockets.shell) {
      const message = decode(frames, 'shell', this.#signer);
      if (typeof message === 'string') throw new Error(`a ${message} message`);
      const id = message.parentHeader.msg_id;
      this.#replies.set(id, message.content);
      this.#waiting.get(id)?.(message.content);
    }
  }
}

function sleep(milliseconds) {
  return new Promise((wake) => setTimeout(wake, milliseconds));
}
