/**
 * Notes that absl, TensorFlow's logger, writes to stderr while the library is loaded, whatever
 * `TF_CPP_MIN_LOG_LEVEL` says: that it isn't initialized yet, and lines of level I, which have a date
 * of zeros then. On CPUs with AVX-512 VNNI one says that oneDNN is on.
 */
const NOTES = [
  'WARNING: All log messages before absl::InitializeLog() is called are written to STDERR',
  'I0000 00:00:',
  // Node.js's, where a process ends that a debugger is attached to; that one hears of it, and goes.
  'Waiting for the debugger to disconnect...',
] as const;

/** Of these levels too there are notes in every start on a GPU: one library of it is linked twice. */
const WARNINGS = ['W0000 00:00:', 'E0000 00:00:'] as const;
const LINKED_TWICE =
  /^[WE]0000 00:00:\S+\s+\d+ (?:cuda_(?:fft|dnn|blas)|computation_placer)\.cc:\d+\] .*already (?:been )?registered/;

/** Takes such notes out of a stream that comes in chunks; other warnings and errors stay. */
export class NoteFilter {
  #held = '';
  #within: 'line' | 'note' | undefined;

  /** What there is to show now: an unfinished line that may become a note is held back. */
  push(text: string): string {
    let rest = this.#held + text;
    let shown = '';
    this.#held = '';
    while (rest !== '') {
      if (this.#within === undefined) {
        const line = rest;
        if (mayBecomeNote(line)) {
          this.#held = line;
          break;
        }
        this.#within = isNote(line) ? 'note' : 'line';
      }
      const end = rest.indexOf('\n') + 1;
      const part = end === 0 ? rest : rest.slice(0, end);
      if (this.#within === 'line') shown += part;
      if (end > 0) this.#within = undefined;
      rest = rest.slice(part.length);
    }
    return shown;
  }

  /** What was held back, when nothing has followed. */
  flush(): string {
    const held = this.#held;
    this.#held = '';
    if (held !== '') this.#within = 'line';
    return held;
  }
}

/** Whether what follows decides. */
function mayBecomeNote(line: string): boolean {
  if ([...NOTES, ...WARNINGS].some((start) => start !== line && start.startsWith(line)))
    return true;
  return WARNINGS.some((start) => line.startsWith(start)) && !line.includes('\n');
}

function isNote(line: string): boolean {
  const [first = ''] = line.split('\n', 1);
  return NOTES.some((note) => line.startsWith(note)) || LINKED_TWICE.test(first);
}
