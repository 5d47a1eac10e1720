/**
 * Notes that absl, TensorFlow's logger, writes to stderr while the library is loaded, whatever
 * `TF_CPP_MIN_LOG_LEVEL` says: that it isn't initialized yet, and lines of level I, which have a date
 * of zeros then. On CPUs with AVX-512 VNNI one says that oneDNN is on.
 */
const NOTES = [
  'WARNING: All log messages before absl::InitializeLog() is called are written to STDERR',
  'I0000 00:00:',
] as const;

/** Takes such notes out of a stream that comes in chunks; warnings and errors stay. */
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
        if (NOTES.some((note) => note !== line && note.startsWith(line))) {
          this.#held = line;
          break;
        }
        this.#within = NOTES.some((note) => line.startsWith(note)) ? 'note' : 'line';
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
