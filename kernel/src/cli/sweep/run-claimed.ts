import { notWritable } from '../../files/not-writable';
import type { Claim } from '../../sweep/claim';
import type { SweepFolder } from '../../sweep/folder';
import type { Point } from '../../sweep/plan';
import type { RunFacts } from '../../sweep/run-result';
import type { PointRunner } from './point-runner';

/** A kernel that dies so often dies by the point. What somebody kills, or a machine that is restarted, is no such. */
export const MOST_DEATHS = 6;

/** `kept`: it had run before; `taken`: another process runs it; `died`: its kernel has, and it is to run again. */
export type PointOutcome =
  | { readonly kind: 'ran'; readonly facts: RunFacts }
  | { readonly kind: 'died'; readonly facts: RunFacts }
  | { readonly kind: 'kept' }
  | { readonly kind: 'taken' };

/**
 * Runs a point unless it has run, or another process runs it, and puts its notebook in its place.
 * @param isLast a kernel that dies is then the point's failure
 * @throws HalfnoteError `not-writable`; `kernel-died` where no kernel can be started, or it was shut down.
 */
export async function runClaimed(
  sweep: SweepFolder,
  point: Point,
  runner: PointRunner,
  isLast: boolean,
): Promise<PointOutcome> {
  const hasRun = (): boolean => sweep.isFinished(point) || sweep.hasFailed(point);
  if (hasRun()) return { kind: 'kept' };
  const claim = claimOf(sweep, point);
  if (claim === undefined) return { kind: 'taken' };
  try {
    // Whoever had the claim before may have finished it in between.
    if (hasRun()) return { kind: 'kept' };
    const { facts, notebook, hasDied } = await runner.run(point);
    if (hasDied && !isLast) return { kind: 'died', facts };
    // Somebody took this process for dead: the point is theirs.
    if (!claim.isHeld) return { kind: 'taken' };
    const text = `${JSON.stringify(notebook, null, 1)}\n`;
    await sweep.put(point, facts.status, text);
    return { kind: 'ran', facts };
  } finally {
    claim.release();
  }
}

function claimOf(sweep: SweepFolder, point: Point): Claim | undefined {
  try {
    return sweep.claim(point);
  } catch (cause) {
    throw notWritable(
      sweep.fileOf(point),
      cause,
      'What is finished stays. Make room; the same command goes on.',
    );
  }
}
