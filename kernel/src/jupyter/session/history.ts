import { appendFileSync, readFileSync } from 'node:fs';
import type { HistoryQuery, HistoryTuple } from '../protocol/history';

interface Entry {
  readonly session: number;
  readonly line: number;
  readonly input: string;
  output?: string;
}

/**
 * The cells of this session and, with a file, of earlier ones. The file is append-only, one JSON
 * array `[session, line, input]` a line; outputs aren't kept beyond the session.
 */
export class History {
  private readonly entries: Entry[];
  private readonly session: number;

  constructor(private readonly path?: string) {
    this.entries = path === undefined ? [] : load(path);
    this.session = 1 + this.entries.reduce((last, entry) => Math.max(last, entry.session), 0);
  }

  add(line: number, input: string): void {
    this.entries.push({ session: this.session, line, input });
    if (this.path === undefined) return;
    try {
      appendFileSync(this.path, `${JSON.stringify([this.session, line, input])}\n`);
    } catch {
      // A full or read-only disk costs the history of later sessions, never a cell.
    }
  }

  /** Remembers what the cell at `line` of this session showed as its result. */
  setOutput(line: number, output: string): void {
    const entry = this.entries.findLast((e) => e.session === this.session && e.line === line);
    if (entry !== undefined) entry.output = output;
  }

  /** Oldest first. */
  query(query: HistoryQuery): HistoryTuple[] {
    return this.select(query).map(({ session, line, input, output }) => [
      session,
      line,
      query.output ? [input, output ?? null] : input,
    ]);
  }

  private select(query: HistoryQuery): readonly Entry[] {
    switch (query.access) {
      case 'tail':
        return last(this.entries, query.n);
      case 'range': {
        const { start, stop = Infinity } = query;
        const session = query.session > 0 ? query.session : this.session + query.session;
        return this.entries.filter(
          (e) => e.session === session && e.line >= start && e.line < stop,
        );
      }
      case 'search': {
        const pattern = glob(query.pattern);
        const found = this.entries.filter((e) => pattern.test(e.input));
        return last(query.unique ? newestOfEach(found) : found, query.n);
      }
    }
  }
}

function last(entries: readonly Entry[], n: number | undefined): readonly Entry[] {
  return n === undefined ? entries : entries.slice(Math.max(0, entries.length - n));
}

function newestOfEach(entries: readonly Entry[]): Entry[] {
  const newest = new Map(entries.map((entry) => [entry.input, entry]));
  return entries.filter((entry) => newest.get(entry.input) === entry);
}

function glob(pattern: string): RegExp {
  const body = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${body}$`, 'su');
}

/** A missing file is an empty history; a line cut short by a crash is left out. */
function load(path: string): Entry[] {
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
