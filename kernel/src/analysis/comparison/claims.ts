import { bibtexOf } from '../../literature/bibtex';
import { citation } from '../../literature/citation';
import type { Claim, HardwareClass } from '../../literature/claim';
import { claimText, conditionsText } from '../../literature/claim-text';
import { claimsWhere, nearestFirst, oftenClaimedWhere } from '../../literature/select';
import { isSourceKey, sourceOf } from '../../literature/sources';
import {
  CLAIMED,
  type Claimed,
  type ClaimSource,
  type PrecisionClaim,
} from '../../payloads/precision/claim';
import type { PrecisionRow } from '../../payloads/precision/table';

/** Of each quantity of a format: those nearest to this machine. `literature()` lists the others. */
const SHOWN = 2;

/**
 * What publications claim of a format's speed, memory and energy in networks, those of machines like this
 * one first; then what is often claimed without a source.
 */
export function claimsOfFormat(format: string, device: HardwareClass): PrecisionClaim[] {
  return CLAIMED.flatMap((quantity) => [
    ...nearestFirst(comparableClaims(format, quantity), device)
      .slice(0, SHOWN)
      .map((claim) => cited(claim, quantity)),
    ...oftenClaimedWhere({ format, quantity })
      .filter(({ found }) => found === 'no source')
      .map(({ says, instead }) => ({ quantity, says, against: 'fp32', conditions: instead })),
  ]);
}

/** How many more claims of the formats there are than the rows show. */
export function claimsLeft(rows: readonly PrecisionRow[]): number {
  const left = rows.flatMap(({ format, claims = [] }) =>
    CLAIMED.map((quantity) => {
      const shown = claims.filter(
        (claim) => claim.quantity === quantity && claim.source !== undefined,
      );
      return claimsWhere({ format, quantity }).length - shown.length;
    }),
  );
  return left.reduce((sum, count) => sum + Math.max(0, count), 0);
}

/** Where the claims of all rows come from, each source once, in the order in which they are named. */
export function sourcesOf(rows: readonly PrecisionRow[]): ClaimSource[] {
  const keys = new Set(
    rows.flatMap(({ claims = [] }) => claims.flatMap(({ source }) => source ?? [])),
  );
  return [...keys]
    .filter(isSourceKey)
    .map((key) => ({ key, short: sourceOf(key).short, citation: citation(key) }));
}

/** The entries of BibTeX of a table's sources; of keys that are none of ours there is none. */
export function referencesOf(sources: readonly ClaimSource[]): string[] {
  return sources
    .map(({ key }) => key)
    .filter(isSourceKey)
    .map((key) => bibtexOf([key]));
}

/** Peaks and counts of operations are no speed that a network has. */
function comparableClaims(format: string, quantity: Claimed): readonly Claim[] {
  return claimsWhere({ format, quantity }).filter(
    ({ use, how }) =>
      use !== 'KV cache' && !(quantity === 'speed' && (how === 'peak' || how === 'counted')),
  );
}

function cited(claim: Claim, quantity: Claimed): PrecisionClaim {
  const { low, high, against, hardware, source, caution } = claim;
  const from = low ?? high;
  const to = high ?? low;
  return {
    quantity,
    says: claimText(claim),
    ...(from === null || to === null ? {} : { range: [from, to] as [number, number] }),
    against,
    ...(hardware === 'any' ? {} : { hardware }),
    conditions: conditionsText(claim),
    source,
    ...(caution === undefined ? {} : { caution }),
  };
}
