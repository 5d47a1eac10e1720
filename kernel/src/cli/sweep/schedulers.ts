import { HalfnoteError } from '../../errors';
import { runOnDask } from './dask';
import { runLocally } from './local';
import type { Scheduler } from './scheduler';
import { runInSlurm } from './slurm';

/**
 * The scheduler of `--scheduler`.
 * @throws HalfnoteError `invalid-argument` for another name, and for one that can't go on without the command.
 */
export function schedulerNamed(name: string, isWaiting = true): Scheduler {
  if (!isWaiting && name !== 'slurm') {
    throw new HalfnoteError(
      'invalid-argument',
      `--no-wait is given with the scheduler "${name}", which runs points as long as the command does; allowed: slurm`,
      'Leave it out; or let the command run in the background.',
    );
  }
  if (name === 'local') return runLocally;
  if (name === 'slurm') return runInSlurm;
  if (name === 'dask') return runOnDask(undefined);
  const address = /^dask:(?<address>\S+)$/.exec(name)?.groups?.['address'];
  if (address !== undefined) return runOnDask(address);
  throw new HalfnoteError(
    'invalid-argument',
    `--scheduler is "${name}"; allowed: local, slurm, dask, dask:<address>`,
    'For example --scheduler dask:tcp://10.0.0.1:8786. Without it, the points run on this machine.',
  );
}
