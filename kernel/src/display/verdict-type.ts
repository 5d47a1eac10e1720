/** How a verdict reads: as good news, as something to know, as something to mend. */
export type Tone = 'good' | 'caution' | 'problem';

/** What a view says first. */
export interface Verdict {
  /** One sentence: what the reader should take with them. */
  readonly sentence: string;
  readonly tone: Tone;
  /** A cell's source: the one thing to do next. The extension makes it a button that writes the cell. */
  readonly next?: string;
}
