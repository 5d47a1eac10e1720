import { parentPort, workerData } from 'node:worker_threads';
import { Answers } from './answers';
import { storeCompiledTypeScript } from './typescript';
import type { LanguageRequest } from './requests';

/** Thread entry: a type check of a second must not keep the kernel from answering its sockets. */
const { cwd } = workerData as { readonly cwd: string };

const STORE_AFTER_MS = 2000;

const answers = new Answers(cwd, [{ afterMs: STORE_AFTER_MS, run: storeCompiledTypeScript }]);

parentPort?.on('message', (requests: readonly LanguageRequest[]) => {
  answers.answer(requests, (responses) => {
    parentPort?.postMessage(responses);
  });
});
