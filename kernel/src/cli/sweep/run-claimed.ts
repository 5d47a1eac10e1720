import { notWritable } from '../../files/not-writable';
import type { Claim } from '../../sweep/claim';
import type { SweepFolder } from '../../sweep/folder';
import type { Point } from '../../sweep/plan';
import type { RunFacts } from '../../sweep/run-result';
import type { PointRunner, RanPoint } from './point-runner';

/** A kernel that dies so often dies by the point: of the memory that it takes, for example. */
const DEATHS = 3;

/** `kept`: it had run before; `taken`: another process runs it. */
export type PointOutcome =
  { readonly kind: 'ran'; readonly facts: RunFacts } | { readonly kind: 'kept' | 'taken' };

/**
 * Runs a point unless it has run, or another process runs it, and puts its notebook in its place.
 * @param died hears of a kernel that has died with the point, which is then run again
 * @throws HalfnoteError `not-writable`; `kernel-died` where no kernel can be started, or it was shut down.
 */
export async function runClaimed(
  sweep: SweepFolder,
  point: Point,
  runner: PointRunner,
  died: (reason: string) => void,
): Promise<PointOutcome> {
  const hasRun = (): boolean => sweep.isFinished(point) || sweep.hasFailed(point);
  if (hasRun()) return { kind: 'kept' };
  const claim = claimOf(sweep, point);
  if (claim === undefined) return { kind: 'taken' };
  try {
    // Whoever had the claim before may have finished it in between.
    if (hasRun()) return { kind: 'kept' };
    const { facts, notebook } = await untilAlive(point, runner, died);
    // Somebody took this process for dead: the point is theirs.
    if (!claim.isHeld) return { kind: 'taken' };
    const text = `${JSON.stringify(notebook, null, 1)}\n`;
    await sweep.put(point, facts.status, text);
    return { kind: 'ran', facts };
  } finally {
    claim.release();
  }
}

async function untilAlive(
  point: Point,
  runner: PointRunner,
  died: (reason: string) => void,
): Promise<RanPoint> {
  for (let deaths = 1; ; deaths++) {
    const ran = await runner.run(point);
    if (!ran.hasDied || deaths === DEATHS) return ran;
    died(ran.facts.error ?? '');
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
