import { createRequire } from 'node:module';
import { availableParallelism, cpus } from 'node:os';

const manifest = createRequire(__filename)('../../package.json') as { readonly version: string };

/** The program, as files name it that it has made. */
export const PROGRAM = `Halfnote ${manifest.version}`;

/** With what and where a table or figure was made: `Made with Halfnote 0.1.0 on AMD EPYC 9B14, 8 threads.` */
export function madeWith(): string {
  const name = cpus()[0]?.model.replace(/\s+/g, ' ').trim() ?? '';
  const threads = availableParallelism();
  const machine = name === '' ? `a ${process.arch} processor` : name;
  return `Made with ${PROGRAM} on ${machine}, ${threads} ${threads === 1 ? 'thread' : 'threads'}.`;
}
