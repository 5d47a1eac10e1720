import { HalfnoteError } from '../../errors';
import { parsedJson } from '../run/json';
import { runOnDask } from './dask';
import { runLocally } from './local';
import type { Scheduler } from './scheduler';
import { runInSlurm } from './slurm';

/** A path of Python with a class at its end, where addresses have a colon or a small letter. */
const CLUSTER_CLASS = /^(?:[A-Za-z_]\w*\.)+[A-Z]\w*$/;

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
  if (name === 'dask') return runOnDask({});
  const { place } = /^dask:(?<place>\S+)$/.exec(name)?.groups ?? {};
  if (place !== undefined)
    return runOnDask(CLUSTER_CLASS.test(place) ? { cluster: place } : { address: place });
  throw new HalfnoteError(
    'invalid-argument',
    `--scheduler is "${name}"; allowed: local, slurm, dask, dask:<address>, dask:<class of a cluster>`,
    'For example --scheduler dask:tcp://10.0.0.1:8786. Without it, the points run on this machine.',
  );
}

/**
 * The keyword arguments of a class of Dask's clusters.
 * @throws HalfnoteError `invalid-argument` where it is no JSON object, or goes with another scheduler.
 */
export function clusterOptionsOf(
  text: string | undefined,
  scheduler: string,
): Readonly<Record<string, unknown>> | undefined {
  if (text === undefined) return undefined;
  if (!CLUSTER_CLASS.test(scheduler.replace(/^dask:/, ''))) {
    throw new HalfnoteError(
      'invalid-argument',
      `--cluster-options is given with the scheduler "${scheduler}", which takes none; allowed: dask:<class of a cluster>`,
      'For example --scheduler dask:dask_jobqueue.SLURMCluster.',
    );
  }
  const value = parsedJson(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>;
  throw new HalfnoteError(
    'invalid-argument',
    `--cluster-options is ${text}, expected a JSON object of keyword arguments`,
    `For example --cluster-options '{"cores": 8, "memory": "16GB"}'.`,
  );
}
