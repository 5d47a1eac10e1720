import { parentPort, workerData } from 'node:worker_threads';
import { createLanguage, type Language } from './language';
import { storeCompiledTypeScript } from './typescript';
import { withoutOptimizing } from './without-optimizing';
import type { LanguageRequest, LanguageResponse } from './client';

/** Thread entry: a type check of a second must not keep the kernel from answering its sockets. */
const { cwd } = workerData as { readonly cwd: string };
let language: Language | undefined;

const WARM_UP = '0';
/** Long enough for the first cell of a notebook that is run as a whole to come first. */
const READ_AHEAD_AFTER_MS = 100;
const STORE_AFTER_MS = 2000;

/** What is done while nobody asks for anything, one after the other. */
const chores: { readonly afterMs: number; readonly run: (language: Language) => void }[] = [
  { afterMs: READ_AHEAD_AFTER_MS, run: readAhead },
  { afterMs: STORE_AFTER_MS, run: storeCompiledTypeScript },
];
let waiting: NodeJS.Timeout | undefined;

parentPort?.on('message', (requests: readonly LanguageRequest[]) => {
  clearTimeout(waiting);
  parentPort?.postMessage(requests.map(answer));
  scheduleChore();
});

function readAhead(ready: Language): void {
  withoutOptimizing(() => {
    ready.readAhead();
  });
}

function scheduleChore(): void {
  const chore = chores[0];
  if (!chore) return;
  waiting = setTimeout(() => {
    chores.shift();
    if (language) chore.run(language);
    scheduleChore();
  }, chore.afterMs);
}

function answer({ id, method, args }: LanguageRequest): LanguageResponse {
  try {
    if (method === 'warmUp') {
      // The first program takes as long as all else; what it finds is thrown away.
      language ??= withoutOptimizing(warmLanguage);
      return { id, ok: true, value: undefined };
    }
    language ??= createLanguage(cwd);
    const methods = language as unknown as Readonly<
      Record<string, (...args: unknown[]) => unknown>
    >;
    return { id, ok: true, value: methods[method]?.(...args) };
  } catch (error) {
    return { id, ok: false, error };
  }
}

function warmLanguage(): Language {
  const made = createLanguage(cwd);
  made.compile(WARM_UP, 0);
  made.reset();
  return made;
}
