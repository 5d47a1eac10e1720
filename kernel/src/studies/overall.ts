import type { ClaimVerdict } from './claim-verdict';

/** One claim over all subjects that a study tried. */
export interface Overall {
  readonly verdict: ClaimVerdict['verdict'];
  /** How many of the subjects confirm it. */
  readonly confirmed: number;
  readonly subjects: number;
}

/**
 * A claim is made of all networks, layers and widths: one subject that refutes it is enough, and all have to
 * confirm it.
 */
export function overallVerdict(verdicts: readonly ClaimVerdict[]): Overall {
  const has = (wanted: ClaimVerdict['verdict']): boolean =>
    verdicts.some(({ verdict }) => verdict === wanted);
  return {
    verdict: has('refuted') ? 'refuted' : has('not here') ? 'not here' : 'confirmed',
    confirmed: verdicts.filter(({ verdict }) => verdict === 'confirmed').length,
    subjects: verdicts.length,
  };
}
