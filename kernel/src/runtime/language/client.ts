import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../packages';
import { snapshotFile } from './snapshot/blob';
import { startLanguageProcess } from './snapshot/process';
import type { Language } from './language';
import type {
  HostEvents,
  LanguageHost,
  LanguageRequest,
  LanguageResponse,
  Method,
} from './requests';

/** {@link Language} somewhere else: the same methods, answered in order. */
export type LanguageClient = {
  readonly [M in Method]: (...args: Parameters<Language[M]>) => Promise<ReturnType<Language[M]>>;
} & Pick<LanguageHost, 'process'> & {
    /** Whether a snapshot would have been used, had there been one of this installation. */
    readonly lacksSnapshot: boolean;
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
  readonly request: LanguageRequest;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/**
 * Starts the language, which loads TypeScript at once. If that fails, the first question is answered with
 * the reason.
 * @param file The snapshot to start from, if it is there.
 */
export function startLanguage(cwd: string, file = snapshotFile()): LanguageClient {
  // As the cell process is told: modules are known by their paths.
  const folder = existsSync(cwd) ? realpathSync(cwd) : cwd;
  const waiting = new Map<number, Waiting>();
  let host: LanguageHost | undefined;
  let lacksSnapshot = file !== undefined && !existsSync(file);
  let snapshot = lacksSnapshot || !existsSync(cwd) ? undefined : file;
  let closed = false;
  let nextId = 1;
  let unsent: LanguageRequest[] = [];
  let timer: NodeJS.Timeout | undefined;

  function start(): LanguageHost {
    if (snapshot === undefined) return startThread(folder, { responses, ended });
    let hasAnswered = false;
    return startLanguageProcess(snapshot, folder, {
      responses: (answers) => {
        hasAnswered = true;
        responses(answers);
      },
      ended: (error) => {
        if (hasAnswered) ended(error);
        else replaceSnapshot();
      },
    });
  }

  /** A snapshot of other files or of no use costs time, and nothing else. */
  function replaceSnapshot(): void {
    snapshot = undefined;
    lacksSnapshot = true;
    host = start();
    host.send(
      [...waiting.values()]
        .map(({ request }) => request)
        .filter((request) => !unsent.includes(request)),
    );
  }

  function responses(answers: readonly LanguageResponse[]): void {
    for (const answer of answers) {
      const caller = waiting.get(answer.id);
      waiting.delete(answer.id);
      if (answer.ok) caller?.resolve(answer.value);
      else caller?.reject(answer.error);
    }
  }

  function ended(error: Error): void {
    host = undefined;
    unsent = [];
    for (const caller of waiting.values()) caller.reject(error);
    waiting.clear();
  }

  async function call<T>(
    method: LanguageRequest['method'],
    ...args: readonly unknown[]
  ): Promise<T> {
    if (closed) throw new Error('the language is closed');
    const request = { id: nextId++, method, args };
    unsent.push(request);
    const answer = new Promise<unknown>((resolve, reject) =>
      waiting.set(request.id, { request, resolve, reject }),
    );
    if (method === 'commit') timer ??= setTimeout(send, COMMIT_AFTER_MS);
    else send();
    return (await answer) as T;
  }

  function send(): void {
    clearTimeout(timer);
    timer = undefined;
    host ??= start();
    const requests = unsent;
    unsent = [];
    host.send(requests);
  }

  call('warmUp').catch(() => undefined);

  return {
    get process() {
      return host?.process;
    },
    get lacksSnapshot() {
      return lacksSnapshot;
    },
    compile: (...args) => call('compile', ...args),
    commit: (...args) => call('commit', ...args),
    complete: (...args) => call('complete', ...args),
    inspect: (...args) => call('inspect', ...args),
    isComplete: (...args) => call('isComplete', ...args),
    previewCell: (...args) => call('previewCell', ...args),
    previewModule: (...args) => call('previewModule', ...args),
    typeChecks: (...args) => call('typeChecks', ...args),
    forget: () => call('forget'),
    reset: () => call('reset'),
    async close() {
      closed = true;
      clearTimeout(timer);
      await host?.close();
    },
  };
}

function startThread(cwd: string, events: HostEvents): LanguageHost {
  const worker = new Worker(join(packageRoot, 'dist', 'runtime', 'language', 'worker.js'), {
    workerData: { cwd },
    execArgv: [],
    resourceLimits: HEAP,
  });
  let hasEnded = false;
  const end = (error: Error): void => {
    if (hasEnded) return;
    hasEnded = true;
    events.ended(error);
  };
  worker.on('message', (responses: readonly LanguageResponse[]) => {
    events.responses(responses);
  });
  worker.on('error', end);
  worker.on('exit', () => {
    end(new Error('the language thread ended'));
  });
  return {
    // A thread's time is its process's.
    process: undefined,
    send(requests) {
      worker.postMessage(requests);
    },
    async close() {
      await worker.terminate();
    },
  };
}
