import type { LanguageResponse } from '../requests';

/** The pipe between the kernel process and the language's, both ways. */
export const LANGUAGE_FD = 3;

/** Exit code of a process whose snapshot is of other files than are here now. */
export const STALE = 3;

export interface FromLanguage {
  /** None after work that nobody asked for. */
  readonly responses: readonly LanguageResponse[];
  /** CPU seconds that the process has used so far. */
  readonly cpuS: number;
}
