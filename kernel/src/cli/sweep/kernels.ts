import type { SweepFolder } from '../../sweep/folder';
import { findKernel } from '../run/kernel-process';
import { readNotebook } from '../run/notebook';
import { PointRunner } from './point-runner';
import { threadsOf } from './threads';

/** Runners of a sweep's points, of which so many work side by side on this machine. */
export function runnersOf(sweep: SweepFolder, count: number, abreast = count): PointRunner[] {
  const own = findKernel();
  // Points aren't what somebody has typed.
  const env = { ...own.env, ...threadsOf(abreast), HALFNOTE_HISTORY: 'off' };
  const options = {
    spec: { ...own, env },
    notebook: readNotebook(sweep.notebookPath),
    cwd: sweep.workingFolder,
    timeoutS: sweep.plan.timeoutS ?? undefined,
  };
  return Array.from({ length: count }, () => new PointRunner(options));
}
