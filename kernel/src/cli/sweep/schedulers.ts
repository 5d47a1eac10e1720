import { HalfnoteError } from '../../errors';
import { runLocally } from './local';
import { runInSlurm } from './slurm';
import type { Scheduler } from './scheduler';

/**
 * The scheduler of `--scheduler`.
 * @throws HalfnoteError `invalid-argument` for another name.
 */
export function schedulerNamed(name: string): Scheduler {
  if (name === 'local') return runLocally;
  if (name === 'slurm') return runInSlurm;
  throw new HalfnoteError('invalid-argument', `--scheduler is "${name}"; allowed: local`);
}
