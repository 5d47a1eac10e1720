/** How steps are run. */
export interface Settings {
  /** False: op by op, as if there were no programs. */
  readonly enabled: boolean;
  /** Each replay is run op by op too, and has to give the same bits. */
  readonly shadow: boolean;
  /** A segment becomes a program when it was recorded this often: 1 or 2. */
  readonly recordings: number;
  /** Shorter segments are not worth a program. */
  readonly shortest: number;
}

/** The environment variable that turns programs on and off. */
export const SWITCH = 'HALFNOTE_ONE_PROGRAM';

const ON: Settings = { enabled: true, shadow: false, recordings: 2, shortest: 8 };

/** What the switch may say. */
const MODES: Readonly<Record<string, Settings>> = {
  on: ON,
  off: { ...ON, enabled: false },
  shadow: { enabled: true, shadow: true, recordings: 1, shortest: 1 },
};

/**
 * `HALFNOTE_ONE_PROGRAM`: `on`, as without it; `off`; `shadow`, where every segment becomes a program at
 * once and every replay is checked, which is for tests. `complain` hears of any other value.
 */
export function readSettings(
  value: string | undefined,
  complain: (problem: string) => void,
): Settings {
  if (value === undefined || value === '') return ON;
  const settings = MODES[value];
  if (settings === undefined) {
    complain(
      `${SWITCH} is '${value}', which is none of ${Object.keys(MODES).join(', ')}: ` +
        'steps that repeat run as one program, as without it.',
    );
  }
  return settings ?? ON;
}
