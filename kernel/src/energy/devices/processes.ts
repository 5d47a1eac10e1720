import { readFileSync } from 'node:fs';

/** What a tree of processes has used and holds. */
export interface TreeUsage {
  /** User and system time, ended children included. */
  readonly cpuSeconds: number;
  /** Resident memory. */
  readonly residentBytes: number;
}

/** Linux counts process times in hundredths of a second for programs, whatever the kernel's own tick. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/**
 * CPU time and memory of processes and all their descendants, from `/proc`.
 * A process that ends between two reads stays counted: its parent then holds its times.
 * Throws when none of `roots` can be read, as where there is no `/proc`.
 */
export function readTree(roots: readonly number[], proc = '/proc'): TreeUsage {
  const seen = new Set<number>();
  const waiting = [...roots];
  let ticks = 0;
  let pages = 0;
  let read = 0;
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    if (seen.has(pid)) continue;
    seen.add(pid);
    const stat = readStat(`${proc}/${pid}/stat`);
    if (stat === undefined) continue;
    read++;
    ticks += stat.ticks;
    pages += stat.pages;
    waiting.push(...readChildren(`${proc}/${pid}/task/${pid}/children`));
  }
  if (read === 0) throw new Error(`no process of ${roots.join(', ')} can be read below ${proc}`);
  return { cpuSeconds: ticks / TICKS_PER_SECOND, residentBytes: pages * PAGE_BYTES };
}

function readStat(file: string): { readonly ticks: number; readonly pages: number } | undefined {
  const text = readOrUndefined(file);
  if (text === undefined) return undefined;
  // The second field is the name in brackets, and may hold blanks and brackets itself.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const at = (field: number): number => Number(fields[field - 3] ?? 0);
  return { ticks: at(14) + at(15) + at(16) + at(17), pages: at(24) };
}

function readChildren(file: string): number[] {
  return (readOrUndefined(file) ?? '').split(' ').filter(Boolean).map(Number);
}

/** Processes end at any time, so a missing file is no error. */
function readOrUndefined(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
