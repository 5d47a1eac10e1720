/** Processes that try models side by side. One that dies or hangs costs the model that it was at. */
import { fork } from 'node:child_process';

const MODEL_MS = 180_000;
/** TensorFlow's own memory grows by what it keeps for later. */
const MODELS_EACH = 250;

export class Workers {
  #jobs;
  #only;

  constructor(jobs, only) {
    this.#jobs = jobs;
    this.#only = only;
  }

  /** Hands out the models, and what came of each as soon as it is known. */
  async run(models, done) {
    const queue = [...models];
    await Promise.all(
      Array.from({ length: Math.min(this.#jobs, queue.length) }, async () => {
        while (queue.length > 0) await this.#oneProcess(queue, done);
      }),
    );
  }

  #oneProcess(queue, done) {
    return new Promise((resolve) => {
      const child = fork(new URL('worker.mjs', import.meta.url), {
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      });
      let errors = '';
      child.stderr
        .setEncoding('utf8')
        .on('data', (text) => (errors = (errors + text).slice(-2000)));
      let current;
      let doing;
      let tried = 0;
      let timer;
      const next = () => {
        clearTimeout(timer);
        current = tried++ < MODELS_EACH ? queue.shift() : undefined;
        child.send(current === undefined ? {} : { ...current, only: this.#only });
        if (current === undefined) return;
        timer = setTimeout(() => child.kill('SIGKILL'), MODEL_MS);
      };
      child.on('message', (message) => {
        if (message.doing !== undefined) doing = message.doing;
        if (message.ready !== undefined) next();
        if (message.outcomes === undefined) return;
        done(message.number, message.outcomes);
        next();
      });
      child.on('exit', (code, signal) => {
        clearTimeout(timer);
        if (current !== undefined) {
          const how =
            signal === 'SIGKILL'
              ? `hangs for ${MODEL_MS / 1000} s`
              : `ends the process with ${signal ?? code}`;
          done(current.number, [
            { check: doing ?? 'start', status: 'failed', detail: `${how}\n${errors}` },
          ]);
        } else if (tried === 0) {
          done(0, [{ check: 'start', status: 'failed', detail: errors }]);
          queue.length = 0;
        }
        resolve();
      });
    });
  }
}
