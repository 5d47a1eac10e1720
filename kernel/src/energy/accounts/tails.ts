/** A process that has ended, as far as it was known. */
export interface Ended {
  readonly owner: number;
  readonly seenAtS: number;
  /** CPU seconds of it, and of what it had waited for, that are booked. */
  readonly bookedS: number;
  /** CPU seconds a second when it was seen last. */
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
  const booked = ended.reduce((sum, { bookedS }) => sum + bookedS, 0);
  const leftS = waitedS - booked;
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
