import { realpathSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import process from 'node:process';
import { startupSnapshot } from 'node:v8';
import { encodeFrame, FrameReader } from '../../frames';
import { Answers, WARM_UP } from '../answers';
import type { LanguageRequest } from '../requests';
import { createLanguage } from '../language';
import { libraryPaths } from '../library-files';
import { LANGUAGE_FD, STALE, type FromLanguage } from './channel';
import { loadedModules } from './load-module';

/**
 * What the snapshot is made of: TypeScript, its library read, and code that has run once. The process
 * that is started from it answers for the folder that it stands in.
 */
const warm = createLanguage(process.cwd());
for (const cell of [WARM_UP, 'const value: number = 1; value + 1']) {
  warm.compile(cell, 1);
  warm.commit('all');
}
warm.isComplete('1 + 1');
warm.close();

/** What it was made from, by size and time. */
const sources = [...loadedModules().keys(), ...libraryPaths()].map((file) => [file, mark(file)]);

startupSnapshot.setDeserializeMainFunction(serve);

function mark(file: string | undefined): string {
  const stat = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false });
  return stat ? `${stat.size} ${stat.mtimeMs}` : 'gone';
}

function serve(): void {
  if (sources.some(([file, then]) => mark(file) !== then)) process.exit(STALE);
  const reader = new FrameReader();
  const socket = new Socket({ fd: LANGUAGE_FD, readable: true, writable: true });
  const tell = (responses: FromLanguage['responses']): void => {
    const { user, system } = process.cpuUsage();
    const message: FromLanguage = { responses, cpuS: (user + system) / 1e6 };
    socket.write(encodeFrame(message));
  };
  const answers = new Answers(realpathSync('.'), [
    {
      afterMs: 0,
      run: () => {
        tell([]);
      },
    },
  ]);
  socket.on('data', (chunk) => {
    for (const requests of reader.push(chunk) as (readonly LanguageRequest[])[])
      answers.answer(requests, tell);
  });
  const end = (): void => {
    process.exit(0);
  };
  // The kernel is gone, or wants no more.
  socket.on('close', end);
  socket.on('error', end);
  // A terminal's Ctrl+C is for cells.
  process.on('SIGINT', () => undefined);
}
