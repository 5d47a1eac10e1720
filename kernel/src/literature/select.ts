import type { Claim, HardwareClass, Quantity } from './claim';
import { CLAIMS } from './claims';
import { OFTEN_CLAIMED, type OftenClaimed } from './often-claimed';

/** Which claims; each left out stands for all. */
export interface ClaimFilter {
  readonly format?: string;
  readonly quantity?: Quantity;
}

/** Claims in the order of the table. */
export function claimsWhere(filter: ClaimFilter): readonly Claim[] {
  return CLAIMS.filter((claim) => isWanted(claim, filter));
}

/** What is often said without a source, in the order of the table. */
export function oftenClaimedWhere(filter: ClaimFilter): readonly OftenClaimed[] {
  return OFTEN_CLAIMED.filter((often) => isWanted(often, filter));
}

function isWanted(
  { formats, quantity: of }: Pick<Claim, 'formats' | 'quantity'>,
  { format, quantity }: ClaimFilter,
): boolean {
  return (
    (format === undefined || formats.includes(format)) &&
    (quantity === undefined || of === quantity)
  );
}

/** Claims of networks or of arithmetic that are said of a machine like this one come first. */
export function nearestFirst(
  claims: readonly Claim[],
  hardwareClass: HardwareClass,
): readonly Claim[] {
  const far = (claim: Claim): number =>
    claim.hardwareClass === hardwareClass ? 0 : claim.hardwareClass === 'any' ? 1 : 2;
  return claims.toSorted((a, b) => far(a) - far(b));
}
