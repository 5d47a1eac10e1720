import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { venvPython } from '../../../scripts/lib/paths.mjs';

const READER = join(dirname(dirname(fileURLToPath(import.meta.url))), 'codecarbon_reader.py');
/** The version whose results are in the table. */
export const VERSION = '3.3.2';

/** CodeCarbon in a process of its own, asked a line at a time. */
export class CodeCarbon {
  #process;
  #lines;

  /** Undefined where the interpreter has no CodeCarbon of {@link VERSION}. */
  static async start(python = process.env.CODECARBON_PYTHON ?? venvPython) {
    if (!existsSync(python)) return undefined;
    const judge = new CodeCarbon(python);
    const { value } = await judge.#lines.next();
    if (value !== undefined && JSON.parse(value).version === VERSION) return judge;
    judge.end();
    return undefined;
  }

  constructor(python) {
    this.#process = spawn(python, [READER], { stdio: ['pipe', 'pipe', 'ignore'] });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /** Joules so far. */
  async ask(request) {
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    const { value } = await this.#lines.next();
    if (value === undefined) throw new Error('CodeCarbon ended');
    return JSON.parse(value);
  }

  end() {
    this.#process.stdin.end();
  }
}
