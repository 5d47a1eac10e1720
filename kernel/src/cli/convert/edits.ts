/** Text to stand in place of what is between two offsets. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text with all edits made; those that begin at one place stand in their order. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let [result, from] = ['', 0];
  for (const { start, end, text: put } of [...edits].sort((a, b) => a.start - b.start)) {
    result += text.slice(from, Math.max(start, from)) + put;
    from = Math.max(end, from);
  }
  return result + text.slice(from);
}
