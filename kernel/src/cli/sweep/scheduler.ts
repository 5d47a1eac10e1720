import type { SweepFolder } from '../../sweep/folder';
import type { Terminal } from '../run/progress';

export interface ScheduleOptions {
  /** Default: as many as there are cores. */
  readonly workers: number | undefined;
  /** Keyword arguments of a class of Dask's clusters. */
  readonly clusterOptions?: Readonly<Record<string, unknown>> | undefined;
  /** False: it returns once a scheduler has the points. */
  readonly isWaiting: boolean;
  /** Aborted when the user wants it to end. */
  readonly stop: AbortSignal;
  readonly terminal: Terminal;
}

/**
 * Runs what hasn't run of a sweep; resolves when all points have, or `stop` was aborted.
 * @throws HalfnoteError `no-scheduler`, `not-writable`, `kernel-died`.
 */
export type Scheduler = (sweep: SweepFolder, options: ScheduleOptions) => Promise<void>;
