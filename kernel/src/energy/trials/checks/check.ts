/** What may be wrong with a measurement; each check looks for one of them, most before, while and after it runs. */
export const CONCERNS = [
  'load of others',
  'steal',
  'suspend',
  'throttling',
  'too few trials',
  'too few counter steps',
  'precision not reached',
  'incomplete meters',
  'governor',
  'turbo',
  'swap',
  'battery',
  'clock step',
] as const;

export type Concern = (typeof CONCERNS)[number];

/** Something that a check has found. */
export interface Finding {
  readonly concern: Concern;
  /** `invalid`: the figures don't say what they seem to. `warning`: they do, on this machine as it was. */
  readonly severity: 'invalid' | 'warning';
  /** What was found, with its figure and what is allowed; after the concern and a colon. */
  readonly detail: string;
}

/** What the checks see of the machine. */
export interface Sight {
  /** A file's text without blanks at its ends; undefined where it can't be read. */
  read(path: string): string | undefined;
  /** Names in a folder, sorted; none where it can't be read. */
  list(path: string): readonly string[];
  /** Seconds of a clock that stands still while the machine sleeps, and that nobody sets. */
  monotonicS(): number;
  /** Seconds of the clock on the wall. */
  wallS(): number;
}

export interface Check {
  readonly concern: Concern;
  /**
   * Looks at the machine before the measurement; the function that comes back looks again after it.
   * Undefined where this machine doesn't tell.
   */
  begin(sight: Sight): (() => readonly Finding[]) | undefined;
}

export function invalid(concern: Concern, detail: string): Finding {
  return { concern, severity: 'invalid', detail };
}

export function warning(concern: Concern, detail: string): Finding {
  return { concern, severity: 'warning', detail };
}
