import type { Socket } from 'node:net';
import { encodeFrame, FrameReader } from '../../frames';
import type { HostEvents, LanguageHost } from '../requests';
import { spawnLanguage } from './blob';
import { LANGUAGE_FD, STALE, type FromLanguage } from './channel';

/** Starts the language in a process of its own, from the snapshot in `file`. */
export function startLanguageProcess(file: string, cwd: string, events: HostEvents): LanguageHost {
  const child = spawnLanguage(file, cwd);
  const pipe = child.stdio[LANGUAGE_FD] as Socket | null | undefined;
  const reader = new FrameReader();
  let cpuS = 0;
  let hasEnded = false;
  const end = (reason: string): void => {
    if (hasEnded) return;
    hasEnded = true;
    events.ended(new Error(`the language process ended (${reason})`));
  };
  pipe?.on('data', (chunk: Buffer) => {
    for (const message of reader.push(chunk) as FromLanguage[]) {
      ({ cpuS } = message);
      events.responses(message.responses);
    }
  });
  // Its end is told by `exit`.
  pipe?.on('error', () => undefined);
  child.on('error', ({ message }) => {
    end(message);
  });
  child.on('exit', (code, signal) => {
    end(code === STALE ? 'its snapshot is stale' : String(signal ?? code));
  });
  return {
    get process() {
      return child.pid === undefined ? undefined : { pid: child.pid, cpuS };
    },
    send(requests) {
      pipe?.write(encodeFrame(requests));
    },
    close() {
      hasEnded = true;
      child.kill('SIGKILL');
      return Promise.resolve();
    },
  };
}
