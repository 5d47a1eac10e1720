import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  CellOutcome,
  CellOutput,
  CellSource,
  Runtime,
} from '../../kernel/src/runtime/contract';
import { createRuntime } from '../../kernel/src/runtime/runtime';
import { buildIfStale } from './built-kernel';

export interface Executed {
  readonly outcome: CellOutcome;
  readonly outputs: readonly CellOutput[];
  readonly stdout: string;
  readonly stderr: string;
  /** The result's plain text; undefined when the cell showed none. */
  readonly result: string | undefined;
}

/** A runtime with a folder of its own, and what its cells put out. */
export class TestNotebook {
  readonly outputs = new Map<string, CellOutput[]>();
  readonly calls: { method: string; params: unknown }[] = [];
  private count = 0;

  private constructor(
    readonly cwd: string,
    readonly runtime: Runtime,
    private readonly top: string,
  ) {}

  /** `folder`: where in the prepared folder the notebook lies. */
  static async open(
    prepare?: (cwd: string) => void,
    env: NodeJS.ProcessEnv = {},
    folder = '.',
  ): Promise<TestNotebook> {
    buildIfStale();
    const top = mkdtempSync(join(tmpdir(), 'halfnote-runtime-'));
    prepare?.(top);
    const cwd = join(top, folder);
    const late: { notebook?: TestNotebook } = {};
    const runtime = await createRuntime(
      { cwd, env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2', ...env } },
      {
        output: (requestId, output) => late.notebook?.record(requestId, output),
        call: (_requestId, method, params) => {
          late.notebook?.calls.push({ method, params });
          if (method === 'fail') return Promise.reject(new RangeError('refused'));
          return Promise.resolve({ echoed: params });
        },
      },
    );
    late.notebook = new TestNotebook(cwd, runtime, top);
    return late.notebook;
  }

  /** Number of the last cell, as in `cell[3]`. */
  get lastCount(): number {
    return this.count;
  }

  /** `source`: what the user wrote, where `code` is its expansion. */
  async run(code: string, source?: CellSource): Promise<Executed> {
    const executionCount = ++this.count;
    const requestId = `request-${executionCount}`;
    const cell = { requestId, code, executionCount, ...(source && { source }) };
    const outcome = await this.runtime.execute(cell);
    return { outcome, ...this.seen(executionCount) };
  }

  /** Runs a cell and interrupts it once it has printed `running`. */
  async interruptWhenRunning(code: string): Promise<Executed> {
    const executed = this.run(code);
    const count = this.count;
    let ended = false;
    void executed.then(() => (ended = true));
    await this.until(() => ended || this.seen(count).stdout.includes('running'));
    await this.runtime.interrupt();
    return executed;
  }

  seen(executionCount: number): Omit<Executed, 'outcome'> {
    const outputs = this.outputs.get(`request-${executionCount}`) ?? [];
    const text = (name: 'stdout' | 'stderr'): string =>
      outputs
        .map((output) => (output.kind === 'stream' && output.name === name ? output.text : ''))
        .join('');
    const result = outputs.find((output) => output.kind === 'result');
    return {
      outputs,
      stdout: text('stdout'),
      stderr: text('stderr'),
      result: result?.data['text/plain'] as string | undefined,
    };
  }

  async until(condition: () => boolean): Promise<void> {
    const end = Date.now() + 20_000;
    while (!condition()) {
      if (Date.now() > end) throw new Error('what the test waits for did not happen');
      await new Promise((wake) => setTimeout(wake, 5));
    }
  }

  async close(): Promise<void> {
    await this.runtime.close();
    rmSync(this.top, { recursive: true, force: true });
  }

  private record(requestId: string, output: CellOutput): void {
    const outputs = this.outputs.get(requestId);
    if (outputs) outputs.push(output);
    else this.outputs.set(requestId, [output]);
  }
}

/** The error of a cell that is expected to fail. */
export function errorOf({ outcome }: Executed): Extract<CellOutcome, { status: 'error' }>['error'] {
  if (outcome.status === 'ok') throw new Error('the cell did not fail');
  return outcome.error;
}
