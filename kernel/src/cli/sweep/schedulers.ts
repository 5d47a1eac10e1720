import { HalfnoteError } from '../../errors';
import { runOnDask } from './dask';
import { runLocally } from './local';
import type { Scheduler } from './scheduler';
import { runInSlurm } from './slurm';

/**
 * The scheduler of `--scheduler`.
 * @throws HalfnoteError `invalid-argument` for another name.
 */
export function schedulerNamed(name: string): Scheduler {
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
