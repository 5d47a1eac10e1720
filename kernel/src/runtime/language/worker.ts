import { parentPort, workerData } from 'node:worker_threads';
import { createLanguage, type Language } from './language';
import type { LanguageRequest, LanguageResponse } from './client';

/** Thread entry: a type check of a second must not keep the kernel from answering its sockets. */
const { cwd } = workerData as { readonly cwd: string };
let language: Language | undefined;

parentPort?.on('message', ({ id, method, args }: LanguageRequest) => {
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
    const call = language[method] as (this: Language, ...args: unknown[]) => unknown;
    return { id, ok: true, value: call.apply(language, [...args]) };
  } catch (error) {
    return { id, ok: false, error };
  }
}
