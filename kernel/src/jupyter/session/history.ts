import type { HistoryQuery, HistoryTuple } from '../protocol/history';
import { HistoryFile } from './history-file';
import type { Entry } from './history-file';

/** As many cells are kept in memory; older ones of a long session are in the file only. */
const REMEMBERED = 20_000;

/**
 * The cells of this session and, with a file, of earlier ones. Outputs aren't kept beyond the session.
 * The file is read when somebody asks for it, since most sessions never do.
 */
export class History {
  private readonly file: HistoryFile | undefined;
  private readonly own: Entry[] = [];
  private earlier: readonly Entry[] | undefined;
  private number: number | undefined;
  private isWritable: boolean;

  constructor(path?: string) {
    this.file = path === undefined ? undefined : new HistoryFile(path);
    this.isWritable = path !== undefined;
  }

  add(line: number, input: string): void {
    try {
      if (this.file !== undefined && this.isWritable) {
        this.number ??= this.file.claimSession();
        this.file.add(this.number, line, input);
      }
    } catch {
      // A full or read-only disk costs the history of later sessions, never a cell.
      this.isWritable = false;
    }
    this.own.push({ session: this.session, line, input });
    if (this.own.length > REMEMBERED * 1.1) this.own.splice(0, this.own.length - REMEMBERED);
  }

  /** Remembers what the cell at `line` of this session showed as its result. */
  setOutput(line: number, output: string): void {
    const entry = this.own.findLast((e) => e.line === line);
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

  /** This session's number; until its first cell, the one that comes next. */
  private get session(): number {
    return this.number ?? 1 + this.past.reduce((last, entry) => Math.max(last, entry.session), 0);
  }

  /** The cells of other sessions, as they were when first asked for. */
  private get past(): readonly Entry[] {
    return (this.earlier ??= this.file?.load().filter((e) => e.session !== this.number) ?? []);
  }

  private select(query: HistoryQuery): readonly Entry[] {
    const entries = [...this.past, ...this.own];
    switch (query.access) {
      case 'tail':
        return last(entries, query.n);
      case 'range': {
        const { start, stop = Infinity } = query;
        const session = query.session > 0 ? query.session : this.session + query.session;
        return entries.filter((e) => e.session === session && e.line >= start && e.line < stop);
      }
      case 'search': {
        const pattern = glob(query.pattern);
        const found = entries.filter((e) => pattern.test(e.input));
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
