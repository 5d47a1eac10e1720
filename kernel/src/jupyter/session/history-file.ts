import { randomUUID } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';

export interface Entry {
  readonly session: number;
  readonly line: number;
  readonly input: string;
  output?: string;
}

/** From this size on, the file is put aside; the one put aside before goes. */
const MOST_BYTES = 4 * 2 ** 20;
const STALE_LOCK_MS = 10_000;

/**
 * The cells of earlier sessions: an append-only file, one JSON array `[session, line, input]` a line.
 *
 * Several kernels write to it. Each appends whole lines, which the system keeps apart, and takes its
 * session's number by a line of its own, `[session, 0, <random id>]`: the first one in the file has it.
 */
export class HistoryFile {
  private readonly previous: string;

  constructor(
    private readonly path: string,
    private readonly mostBytes = MOST_BYTES,
  ) {
    this.previous = `${path}.1`;
  }

  /** What can be read; a missing file is empty, and a line cut short by a crash is left out. */
  load(): Entry[] {
    return this.lines().filter(({ line }) => line > 0);
  }

  /** Takes a number that no other session has. Throws when nothing can be written. */
  claimSession(): number {
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    const mine = randomUUID();
    for (;;) {
      const session = 1 + this.lines().reduce((last, entry) => Math.max(last, entry.session), 0);
      this.append(session, 0, mine);
      const first = this.lines().find((entry) => entry.session === session);
      if (first === undefined || first.input === mine) return session;
    }
  }

  add(session: number, line: number, input: string): void {
    this.append(session, line, input);
    if (statSync(this.path).size > this.mostBytes) this.putAside();
  }

  /** A line begins with its own break: one that was cut short spoils only itself. */
  private append(session: number, line: number, input: string): void {
    // What people type is theirs: nobody else may read it.
    appendFileSync(this.path, `\n${JSON.stringify([session, line, input])}`, { mode: 0o600 });
  }

  /** Renames, since kernels may be writing: what they write arrives in one file or the other. */
  private putAside(): void {
    const lock = `${this.path}.lock`;
    if (!takeLock(lock)) return;
    try {
      if (statSync(this.path).size > this.mostBytes) renameSync(this.path, this.previous);
    } finally {
      rmSync(lock, { force: true });
    }
  }

  private lines(): Entry[] {
    return [this.previous, this.path].flatMap(read);
  }
}

/** False when another kernel is at it. */
function takeLock(lock: string): boolean {
  try {
    closeSync(openSync(lock, 'wx'));
    return true;
  } catch {
    const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - since > STALE_LOCK_MS) rmSync(lock, { force: true });
    return false;
  }
}

function read(path: string): Entry[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      if (!Array.isArray(value)) return [];
      const [session, number, input] = value as unknown[];
      return typeof session === 'number' && typeof number === 'number' && typeof input === 'string'
        ? [{ session, line: number, input }]
        : [];
    } catch {
      return [];
    }
  });
}
