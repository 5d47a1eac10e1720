import { HalfnoteError, nearest, shown } from '../../errors';
import type { TestedClaim } from '../../studies/tested-claim';
import { TESTED_CLAIMS } from '../../studies/tested-claims';

/** The claim of an id. @throws HalfnoteError `invalid-argument`. */
export function claimNamed(id: unknown): TestedClaim {
  const found = TESTED_CLAIMS.find((claim) => claim.id === id);
  if (found !== undefined) return found;
  const ids = TESTED_CLAIMS.map((claim) => claim.id);
  const [near] = nearest(String(id), ids, 1);
  throw new HalfnoteError(
    'invalid-argument',
    `The claim is ${shown(id)}; allowed: ${ids.join(', ')}.`,
    near === undefined ? undefined : `Did you mean '${near}'?`,
  );
}
