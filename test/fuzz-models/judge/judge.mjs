/** Asks the judge's thread, and remembers what it said of a model. */
import { Worker } from 'node:worker_threads';

/** Runs with roundings by chance; and as many more before a result is called wrong. */
const SAMPLES = 3;
const MORE_SAMPLES = 40;

export class Judge {
  #worker = new Worker(new URL('worker.mjs', import.meta.url));
  #waiting = new Map();
  #known = new Map();
  #count = 0;

  constructor() {
    this.#worker.unref();
    this.#worker.on('message', ({ id, answer, error }) => {
      const { resolve, reject } = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) resolve(answer);
      else reject(new JudgeError(error));
    });
    this.#worker.on('error', (error) => {
      for (const { reject } of this.#waiting.values()) reject(error);
    });
  }

  /**
   * Exact results, the largest magnitude on the way to them, and how far roundings of a format move them.
   * @param {'predict' | 'gradients'} task
   */
  async ask(spec, task, format, patient = false) {
    const key = `${JSON.stringify(spec)} ${task} ${format} ${patient}`;
    if (!this.#known.has(key)) {
      if (this.#known.size > 30) this.#known.clear();
      this.#known.set(
        key,
        this.#send({ spec, task, formats: [format], samples: patient ? MORE_SAMPLES : SAMPLES }),
      );
    }
    const { exact, peak, spreads } = await this.#known.get(key);
    return { exact, peak, spread: spreads[format] };
  }

  /** What stock tfjs makes of files. */
  load(path, spec) {
    return this.#send({ task: 'load', path, spec });
  }

  #send(request) {
    this.#worker.ref();
    return new Promise((resolve, reject) => {
      this.#waiting.set(++this.#count, { resolve, reject });
      this.#worker.postMessage({ id: this.#count, ...request });
    }).finally(() => {
      if (this.#waiting.size === 0) this.#worker.unref();
    });
  }

  close() {
    return this.#worker.terminate();
  }
}

/** Stock tfjs can't do it either: there is nothing to compare with. */
export class JudgeError extends Error {}
