import { battery } from './battery';
import type { Check, Concern, Finding, Sight } from './check';
import { clockStep } from './clock-step';
import { governor } from './governor';
import { sightOf } from './sight';
import { steal } from './steal';
import { suspend } from './suspend';
import { swap } from './swap';
import { throttling } from './throttling';
import { turbo } from './turbo';

/** All that is looked at around a measurement; load, meters and precision are judged by its trials. */
export const CHECKS: readonly Check[] = [
  steal,
  suspend,
  throttling,
  swap,
  battery,
  governor,
  turbo,
  clockStep,
];

export interface Watched {
  readonly findings: readonly Finding[];
  /** What this machine doesn't tell. */
  readonly unknown: readonly Concern[];
}

/** Begins all checks; call what comes back when the measurement is over. */
export function watchMachine(
  sight: Sight = sightOf(),
  checks: readonly Check[] = CHECKS,
): () => Watched {
  const begun = checks.map((check) => ({ concern: check.concern, end: check.begin(sight) }));
  return () => ({
    findings: begun.flatMap(({ end }) => end?.() ?? []),
    unknown: begun.flatMap(({ concern, end }) => (end === undefined ? [concern] : [])),
  });
}
