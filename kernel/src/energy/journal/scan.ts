import { isIntact, parseLine, GENESIS, type Link } from './chain';

/** What is wrong with a journal, and where. */
export interface JournalProblem {
  /** From 1 on, as editors count. */
  readonly line: number;
  /**
   * `cut`: half a line, since its writer was killed; `altered`: not what was written; `missing`: lines
   * before this one are gone; `lost`: the writer couldn't write; `unknown`: a record of another version.
   */
  readonly kind: 'cut' | 'altered' | 'missing' | 'lost' | 'unknown';
  readonly message: string;
}

export interface ScannedLine {
  readonly line: number;
  readonly link: Link;
}

export interface Scan {
  /** The lines that are as they were written, in their order. */
  readonly lines: readonly ScannedLine[];
  readonly problems: readonly JournalProblem[];
  /** Where the next line goes. */
  readonly next: { readonly seq: number; readonly prev: string };
  /** The file ends within a line. */
  readonly isCut: boolean;
}

/** Follows the chain of hashes through a journal's text. Never throws: what is wrong is a problem. */
export function scan(text: string): Scan {
  const rows = text.split('\n');
  const isCut = rows.at(-1) !== '';
  if (!isCut) rows.pop();
  const lines: ScannedLine[] = [];
  const problems: JournalProblem[] = [];
  const found = rows.map((row) => parseLine(row));
  let prev = GENESIS;
  let seq = 0;
  /** The line before can't be trusted, so that nothing follows from it. */
  let broken = false;
  found.forEach((link, index) => {
    const line = index + 1;
    if (link === undefined || !isIntact(rows[index] ?? '', link)) {
      const isEnd = line === rows.length ? isCut : found[index + 1]?.['kind'] === 'header';
      problems.push(link === undefined && isEnd ? cut(line) : altered(line));
      broken = true;
      seq += 1;
      return;
    }
    if (link.seq !== seq) problems.push(missing(line, link.seq - seq));
    else if (!broken && link.prev !== prev) problems.push(rewritten(line));
    lines.push({ line, link });
    prev = link.hash;
    seq = link.seq + 1;
    broken = false;
  });
  return { lines, problems, next: { seq, prev }, isCut };
}

function cut(line: number): JournalProblem {
  const message = `Line ${line} is cut: its writer was ended while it wrote. That window is lost, the lines before it hold.`;
  return { line, kind: 'cut', message };
}

function altered(line: number): JournalProblem {
  const message = `Line ${line} is not what was written: its hash doesn't fit its content.`;
  return { line, kind: 'altered', message };
}

function rewritten(line: number): JournalProblem {
  const before = line === 1 ? 'The beginning' : `Line ${line - 1}`;
  const message = `${before} is not what was written: line ${line} follows another one.`;
  return { line: Math.max(1, line - 1), kind: 'altered', message };
}

function missing(line: number, by: number): JournalProblem {
  const message =
    by > 0
      ? `${by} ${by === 1 ? 'line is' : 'lines are'} missing before line ${line}.`
      : `Line ${line} stands out of its order, or twice.`;
  return { line, kind: by > 0 ? 'missing' : 'altered', message };
}
