import { createHash } from 'node:crypto';
import fs from 'node:fs';
import type { Sha256 } from '../../hashing/canonical';

// The hook changes `fs` later: these are its own functions, whose calls it doesn't hear.
const { openSync, readSync, closeSync, statSync } = fs;

/** What shows whether a file was written since, without reading it. */
export interface Stamp {
  readonly sizeBytes: number;
  readonly mtimeMs: number;
}

/** Undefined for what is no file, or isn't there. */
export function stampOf(path: string): Stamp | undefined {
  try {
    const facts = statSync(path);
    return facts.isFile() ? { sizeBytes: facts.size, mtimeMs: facts.mtimeMs } : undefined;
  } catch {
    return undefined;
  }
}

export function isSame(a: Stamp, b: Stamp | undefined): boolean {
  return a.sizeBytes === b?.sizeBytes && a.mtimeMs === b.mtimeMs;
}

/** SHA-256 of a file's bytes at once, a piece at a time. Throws when it can't be read. */
export function hashNow(path: string): Sha256 {
  const hash = createHash('sha256');
  const piece = Buffer.alloc(1 << 20);
  const fd = openSync(path, 'r');
  try {
    for (let read = 1; read > 0;) {
      read = readSync(fd, piece);
      hash.update(piece.subarray(0, read));
    }
  } finally {
    closeSync(fd);
  }
  return `sha256:${hash.digest('hex')}`;
}
