import { HalfnoteError } from '../../errors';

/** How fast messages may be published. */
export interface PaceLimits {
  /** Messages that may come at once, and in each second after that. */
  readonly messages: Allowance;
  /** The same for bytes of stdout and stderr. */
  readonly streamBytes: Allowance;
  /** What may wait; displays and text beyond it are left out, and the user is told. */
  readonly waitingMessages: number;
  readonly waitingBytes: number;
}

export interface Allowance {
  readonly burst: number;
  readonly perSecond: number;
}

/**
 * Under the defaults of Jupyter's server: it drops messages beyond 1000 a second and text beyond 1 MB
 * a second, both on average over 3 s (`iopub_msg_rate_limit`, `iopub_data_rate_limit`,
 * `rate_limit_window`). In any 3 s a burst and three seconds' allowance may meet; what is missing to
 * the server's limit is for a server that reads late.
 */
export const SERVER_PACE: PaceLimits = {
  messages: { burst: 1000, perSecond: 600 },
  streamBytes: { burst: 1_000_000, perSecond: 600_000 },
  waitingMessages: 6000,
  waitingBytes: 64_000_000,
};

/** Environment variable: `on`, `off`, or unset to pace where a Jupyter server started the kernel. */
export const PACE_VARIABLE = 'HALFNOTE_PACE_OUTPUT';

/** Set by Jupyter's server for the kernels of its sessions, and by no other starter. */
const SERVER_VARIABLE = 'JPY_SESSION_NAME';

/**
 * The pace for this process; undefined where nobody limits, as in nbclient and `halfnote run`. Throws
 * `invalid-environment`.
 */
export function paceLimits(
  env: Readonly<Record<string, string | undefined>>,
): PaceLimits | undefined {
  const asked = env[PACE_VARIABLE] ?? '';
  switch (asked) {
    case 'on':
      return SERVER_PACE;
    case 'off':
      return undefined;
    case '':
      return env[SERVER_VARIABLE] === undefined ? undefined : SERVER_PACE;
    default:
      throw new HalfnoteError(
        'invalid-environment',
        `${PACE_VARIABLE} is "${asked}", allowed are on and off`,
        'Without it, output is paced where a Jupyter server started the kernel.',
      );
  }
}
