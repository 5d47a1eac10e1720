import { parentPort, workerData } from 'node:worker_threads';
import { createLanguage, type Language } from './language';
import type { LanguageRequest, LanguageResponse } from './client';

/** Thread entry: a type check of a second must not keep the kernel from answering its sockets. */
const { cwd } = workerData as { readonly cwd: string };
let language: Language | undefined;

/** What most notebooks import first; reading its types takes a second. */
const PRELOAD = `import * as tf from '@tensorflow/tfjs';`;
const PRELOAD_AFTER_MS = 300;

let preload: NodeJS.Timeout | undefined;

parentPort?.on('message', ({ id, method, args }: LanguageRequest) => {
  clearTimeout(preload);
  if (method === 'warmUp') {
    // Only if nobody asks for anything meanwhile.
    preload = setTimeout(
      () => language?.inspect(PRELOAD, PRELOAD.indexOf('tf'), 0),
      PRELOAD_AFTER_MS,
    );
  }
  parentPort?.postMessage(answer(id, method, args));
});

function answer(
  id: number,
  method: LanguageRequest['method'],
  args: readonly unknown[],
): LanguageResponse {
  try {
    language ??= createLanguage(cwd);
    if (method === 'warmUp') return { id, ok: true, value: undefined };
    const methods = language as unknown as Readonly<
      Record<string, (...args: unknown[]) => unknown>
    >;
    return { id, ok: true, value: methods[method]?.(...args) };
  } catch (error) {
    return { id, ok: false, error };
  }
}
