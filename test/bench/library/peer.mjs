import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A worker process (see worker.mjs, workers/*.py) that times cases on request. */
export class Peer {
  #child;
  #waiting = [];

  /** @param {string} name as in the tables  @param {readonly string[]} command */
  constructor(name, [command, ...args], env = {}) {
    this.name = name;
    this.#child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', ...env },
    });
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      if (line.startsWith('@')) this.#waiting.shift()?.resolve(JSON.parse(line.slice(1)));
    });
    this.#child.on('close', (code) =>
      this.#waiting.forEach(({ reject }) => reject(new Error(`${name} ended with ${code}`))),
    );
  }

  /** `{secondsEach, facts}`: seconds of each repetition, and what the worker tells of the case; rejects with its error. */
  async time(name, parameters, repetitions) {
    const reply = await new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin.write(`${JSON.stringify({ name, parameters, repetitions })}\n`);
    });
    if (reply.error) throw new Error(`${this.name}, ${name}: ${reply.error}`);
    return reply;
  }

  close() {
    this.#child.stdin.end();
  }
}
