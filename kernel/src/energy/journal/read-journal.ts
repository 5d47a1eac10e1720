import { readFileSync, statSync } from 'node:fs';
import { firstLine, HalfnoteError } from '../../errors';
import {
  JOURNAL_SCHEMA,
  journalRecord,
  type JournalHeader,
  type JournalRecord,
  type WindowRecord,
} from './records';
import { scan, type JournalProblem, type ScannedLine } from './scan';

/** One run of a kernel, from its header on. */
export interface JournalSession {
  readonly header: JournalHeader;
  /** When it began, ISO 8601 in UTC. */
  readonly startedAt: string;
  /** Ended windows in the order of their end. */
  readonly windows: readonly WindowRecord[];
  /** False: it was killed or still runs, so that its last window may be missing. */
  readonly ended: boolean;
}

export interface Journal {
  readonly path: string;
  /** A kernel that is restarted goes on in the same file. */
  readonly sessions: readonly JournalSession[];
  /** No line is cut, altered, missing or lost. */
  readonly intact: boolean;
  readonly problems: readonly JournalProblem[];
}

/**
 * Reads a journal of energy windows and follows its chain of hashes. What is damaged is left out of the
 * sessions and named in `problems`, by line; all else is there.
 *
 * The chain shows what was altered, cut or taken out before an intact line. A last line that was taken
 * out whole can't be seen; then `ended` is false.
 * @throws HalfnoteError `invalid-journal` for a file that can't be read, is no journal, or is one of
 *   another version.
 */
export function readJournal(path: string): Journal {
  return parseJournal(path, contentOf(path));
}

/** The same of a journal's text. */
export function parseJournal(path: string, text: string): Journal {
  const { lines, problems } = scan(text);
  const first = lines[0];
  if (first === undefined) throw invalid(path, 'it holds no line of a journal');
  const { kind, schema } = first.link;
  if (kind === 'header' && schema !== JOURNAL_SCHEMA) {
    throw invalid(path, `it is ${JSON.stringify(schema)}; this version reads ${JOURNAL_SCHEMA}`);
  }
  const sessions: Draft[] = [];
  const all = [...problems];
  for (const line of lines) {
    const problem = take(line, sessions);
    if (problem !== undefined) all.push(problem);
  }
  const ordered = all.toSorted((a, b) => a.line - b.line);
  return { path, sessions, intact: ordered.length === 0, problems: ordered };
}

interface Draft extends JournalSession {
  readonly windows: WindowRecord[];
  ended: boolean;
}

/** Puts a line into the session that it belongs to. */
function take({ line, link }: ScannedLine, sessions: Draft[]): JournalProblem | undefined {
  const record = known(link);
  if (record === undefined) {
    const message = `Line ${line} holds a record that this version doesn't know: ${JSON.stringify(link['kind'])}.`;
    return { line, kind: 'unknown', message };
  }
  if (record.kind === 'header') {
    const startedAt = link.at;
    sessions.push({ header: record, startedAt, windows: [], ended: false });
    return undefined;
  }
  const session = sessions.at(-1);
  if (record.kind === 'lost') {
    const { records, reason } = record;
    const message = `${records} ${records === 1 ? 'record' : 'records'} before line ${line} couldn't be written: ${reason}`;
    return { line, kind: 'lost', message };
  }
  if (record.kind === 'end') {
    if (session !== undefined) session.ended = true;
  } else session?.windows.push(record);
  return undefined;
}

function known(link: object): JournalRecord | undefined {
  return journalRecord.safeParse(link).data;
}

function contentOf(path: string): string {
  try {
    // Devices and pipes may be read without end.
    if (!statSync(path).isFile()) throw new Error('it is not a regular file');
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw invalid(path, firstLine(error));
  }
}

function invalid(path: string, reason: string): HalfnoteError {
  return new HalfnoteError(
    'invalid-journal',
    `"${path}" is not a readable energy journal: ${reason}.`,
    'A journal is written where HALFNOTE_ENERGY_JOURNAL names a file when the kernel starts.',
  );
}
