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

  function start(): Worker {
    const started = new Worker(join(packageRoot, 'dist', 'runtime', 'language', 'worker.js'), {
      // As the cell process is told: modules are known by their paths.
      workerData: { cwd: existsSync(cwd) ? realpathSync(cwd) : cwd },
      execArgv: [],
      resourceLimits: HEAP,
    });
    started.on('message', (response: LanguageResponse) => {
      const caller = waiting.get(response.id);
      waiting.delete(response.id);
      if (response.ok) caller?.resolve(response.value);
      else caller?.reject(response.error);
    });
    const fail = (error: Error): void => {
      if (worker !== started) return;
      worker = undefined;
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
    worker ??= start();
    const id = nextId++;
    const request: LanguageRequest = { id, method, args };
    const answer = new Promise<unknown>((resolve, reject) => waiting.set(id, { resolve, reject }));
    worker.postMessage(request);
    return (await answer) as T;
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
      await worker?.terminate();
    },
  };
}
