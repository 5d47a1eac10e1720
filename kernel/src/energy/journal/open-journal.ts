import { resolve } from 'node:path';
import { firstLine, HalfnoteError } from '../../errors';
import { sealed } from './chain';
import { openAppendFile, type AppendFile } from './journal-file';
import { isAliveElsewhere, journalHeader } from './origin';
import { journalRecord, type JournalRecord, type WindowRecord } from './records';
import { scan } from './scan';

/** A journal that is being written. */
export interface JournalWriter {
  /** Absolute. */
  readonly path: string;
  /** Records that couldn't be written since the last that could. */
  readonly lost: number;
  /** Adds a record, on the disk when this returns. Never throws: see {@link JournalOptions.onProblem}. */
  append(record: WindowRecord): void;
  /** Says that the session ended in order. Idempotent. */
  close(): void;
}

export interface JournalOptions {
  /** Told once, in words, when the first record couldn't be written; the work goes on without it. */
  readonly onProblem?: (message: string) => void;
  /** The wall clock. */
  readonly now?: () => Date;
  /** Where the lines go. Default: the file of that path. */
  readonly open?: (path: string) => AppendFile;
}

/**
 * Opens a journal of energy windows, or goes on with one: a line each, flushed to the disk, and chained
 * to the line before by its hash. Killed at any moment, its process loses at most the line it was
 * writing; `readJournal` says so.
 * @throws HalfnoteError `journal-unusable` when the file can't be opened, is something else, or belongs
 *   to a kernel that runs.
 */
export function openJournal(path: string, options: JournalOptions = {}): JournalWriter {
  const { open = openAppendFile, now = () => new Date(), onProblem = () => undefined } = options;
  let file: AppendFile | undefined;
  try {
    file = open(path);
    return new Writer(resolve(path), file, now, onProblem);
  } catch (error) {
    file?.close();
    if (error instanceof HalfnoteError) throw error;
    throw unusable(path, firstLine(error));
  }
}

class Writer implements JournalWriter {
  #place: { readonly seq: number; readonly prev: string };
  /** Records that couldn't be written since the last that could. */
  #lost = 0;
  #reason = '';
  #toldProblem = false;
  #isClosed = false;

  constructor(
    readonly path: string,
    private readonly file: AppendFile,
    private readonly now: () => Date,
    private readonly onProblem: (message: string) => void,
  ) {
    const text = file.content();
    const { next, isCut } = goOn(path, text);
    this.#place = next;
    if (isCut) file.append('\n');
    this.#write(journalHeader());
  }

  get lost(): number {
    return this.#lost;
  }

  append(record: WindowRecord): void {
    if (this.#isClosed) return;
    try {
      if (this.#lost > 0) {
        this.#write({ kind: 'lost', records: this.#lost, reason: this.#reason });
        this.#lost = 0;
      }
      this.#write(record);
    } catch (error) {
      this.#lost += 1;
      this.#reason = firstLine(error);
      if (this.#toldProblem) return;
      this.#toldProblem = true;
      this.onProblem(
        `The energy journal ${this.path} can't be written: ${this.#reason}. Energy is measured on; ` +
          'what the journal lacks is counted in it as soon as it can be written again.',
      );
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      if (this.#lost > 0) this.#write({ kind: 'lost', records: this.#lost, reason: this.#reason });
      this.#write({ kind: 'end' });
    } catch {
      // Then its reader sees that the session didn't end in order.
    }
    this.file.close();
  }

  #write(record: JournalRecord): void {
    const { line, hash } = sealed(record, this.#place, this.now().toISOString());
    this.file.append(line);
    this.#place = { seq: this.#place.seq + 1, prev: hash };
  }
}

/** Where a new session goes on in a file's content. */
function goOn(path: string, text: string): Pick<ReturnType<typeof scan>, 'next' | 'isCut'> {
  if (text === '') return scan('');
  const scanned = scan(text);
  const records = scanned.lines.flatMap(({ link }) => journalRecord.safeParse(link).data ?? []);
  const header = records.findLast((record) => record.kind === 'header');
  if (header === undefined) throw unusable(path, 'the file holds something else');
  const isEnded = records.at(-1)?.kind === 'end';
  if (!isEnded && isAliveElsewhere(header)) {
    throw unusable(path, `process ${header.process.pid} writes it`);
  }
  return scanned;
}

function unusable(path: string, reason: string): HalfnoteError {
  return new HalfnoteError(
    'journal-unusable',
    `The energy journal "${path}" can't be written: ${reason}.`,
    'Name a file of its own, in a folder that can be written, in HALFNOTE_ENERGY_JOURNAL.',
  );
}
