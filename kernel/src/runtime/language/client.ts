import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../packages';
import type { Language } from './language';

type Method = Exclude<keyof Language, 'readAhead' | 'close'>;

export interface LanguageRequest {
  readonly id: number;
  readonly method: Method | 'warmUp';
  readonly args: readonly unknown[];
}

export type LanguageResponse =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: unknown };

/** {@link Language} on a thread of its own: the same methods, answered in order. */
export type LanguageClient = {
  readonly [M in Method]: (...args: Parameters<Language[M]>) => Promise<ReturnType<Language[M]>>;
} & {
  close(): Promise<void>;
};

/**
 * The language's heap. What TypeScript reads stays, so room for short-lived objects is of little use
 * to it; V8 would take, and keep, 30 MB more for the same speed. And with the gigabytes that V8 allows
 * otherwise it lets a heap grow to four times what lives in it before it collects, here to twice.
 */
const HEAP = { maxYoungGenerationSizeMb: 12, maxOldGenerationSizeMb: 1536 } as const;

/**
 * How long a commit waits for a question to go with: nobody waits for its answer, and to wake the
 * thread for it costs as much as all else of a small cell's end.
 */
const COMMIT_AFTER_MS = 20;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/**
 * Starts the language's thread, which loads TypeScript at once. If that fails, the first question is
 * answered with the reason.
 */
export function startLanguage(cwd: string): LanguageClient {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let closed = false;
  let nextId = 1;
  let unsent: LanguageRequest[] = [];
  let timer: NodeJS.Timeout | undefined;

  function start(): Worker {
    const started = new Worker(join(packageRoot, 'dist', 'runtime', 'language', 'worker.js'), {
      // As the cell process is told: modules are known by their paths.
      workerData: { cwd: existsSync(cwd) ? realpathSync(cwd) : cwd },
      execArgv: [],
      resourceLimits: HEAP,
    });
    started.on('message', (responses: readonly LanguageResponse[]) => {
      for (const response of responses) {
        const caller = waiting.get(response.id);
        waiting.delete(response.id);
        if (response.ok) caller?.resolve(response.value);
        else caller?.reject(response.error);
      }
    });
    const fail = (error: Error): void => {
      if (worker !== started) return;
      worker = undefined;
      unsent = [];
      for (const caller of waiting.values()) caller.reject(error);
      waiting.clear();
    };
    started.on('error', fail);
    started.on('exit', () => {
      fail(new Error('the language thread ended'));
    });
    return started;
  }

  async function call<T>(
    method: LanguageRequest['method'],
    ...args: readonly unknown[]
  ): Promise<T> {
    if (closed) throw new Error('the language is closed');
    const id = nextId++;
    unsent.push({ id, method, args });
    const answer = new Promise<unknown>((resolve, reject) => waiting.set(id, { resolve, reject }));
    if (method === 'commit') timer ??= setTimeout(send, COMMIT_AFTER_MS);
    else send();
    return (await answer) as T;
  }

  function send(): void {
    clearTimeout(timer);
    timer = undefined;
    worker ??= start();
    const requests = unsent;
    unsent = [];
    worker.postMessage(requests);
  }

  call('warmUp').catch(() => undefined);

  return {
    compile: (...args) => call('compile', ...args),
    commit: (...args) => call('commit', ...args),
    complete: (...args) => call('complete', ...args),
    inspect: (...args) => call('inspect', ...args),
    isComplete: (...args) => call('isComplete', ...args),
    typeChecks: (...args) => call('typeChecks', ...args),
    forget: () => call('forget'),
    reset: () => call('reset'),
    async close() {
      closed = true;
      clearTimeout(timer);
      await worker?.terminate();
    },
  };
}
