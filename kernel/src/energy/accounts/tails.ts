/** A process that has ended, as far as it was known. */
export interface Ended {
  readonly owner: number;
  readonly seenAtS: number;
  /** CPU seconds of it, and of what it had waited for, that are booked. */
  readonly bookedS: number;
  /** CPU seconds a second that it went on with when it was seen last. */
  readonly rate: number;
}

/** How much faster a process may have become, and what the system's steps of counting hide. */
const FASTER = 1.25;
const STEPS_S = 0.02;

/**
 * The time that a process has got from those it waited for: what isn't booked yet of those that were
 * known belongs to their owners, as much as they can have used since; the rest ended unseen, and
 * belongs to `unseen`.
 */
export function tails(
  waitedS: number,
  ended: readonly Ended[],
  unseen: number,
  nowS: number,
): readonly (readonly [owner: number, cpuS: number])[] {
  const leftS = waitedS - bookedSum(ended);
  if (leftS <= 0) return [];
  const most = ended.map(({ rate, seenAtS }) =>
    Math.min(leftS, rate * (nowS - seenAtS) * FASTER + STEPS_S),
  );
  const sum = most.reduce((total, cpuS) => total + cpuS, 0);
  const known = Math.min(leftS, sum);
  return [
    ...ended.map(({ owner }, i) => [owner, sum > 0 ? (known * (most[i] ?? 0)) / sum : 0] as const),
    [unseen, leftS - known] as const,
  ];
}

/**
 * Of those of `latest` that have ended, what the time of their parent doesn't hold yet: they may end, and
 * be waited for, after it was read and before they were looked for. By the next look it is there.
 */
export function stillToCome(
  waitedS: number,
  ended: readonly Ended[],
  latest: readonly Ended[],
): readonly Ended[] {
  const booked = bookedSum(latest);
  const missingS = Math.min(booked, bookedSum(ended) - waitedS);
  if (missingS <= 0) return [];
  return latest.map((one) => ({ ...one, bookedS: one.bookedS * (missingS / booked) }));
}

function bookedSum(ended: readonly Ended[]): number {
  return ended.reduce((sum, { bookedS }) => sum + bookedS, 0);
}
