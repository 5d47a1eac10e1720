/** What the process that measures says of its journal. */
export interface JournalState {
  /** Absolute; null where none is kept. */
  readonly path: string | null;
  /** Why it can't be kept though it was asked for, or which records it lacks. */
  readonly problem: string | null;
}
