import { decodeNumber } from '../../display/numbers';
import { ABSENT, ratio } from '../../display/units';
import type { Claimed, PrecisionClaim } from './claim';
import type { PrecisionRow, PrecisionTable } from './table';

/** What is said of claims beside what was measured, in every view of a comparison. */

export const CLAIMED_NAMES: Readonly<Record<Claimed, string>> = {
  speed: 'speed',
  memory: 'memory saved',
  energy: 'energy saved',
};

export const NO_SOURCE = 'often claimed, no source found';

type Table = Pick<PrecisionTable, 'rows' | 'baseline' | 'sources'>;

/** The claims of one quantity, those with a source first. */
export function claimsOf(row: Pick<PrecisionRow, 'claims'>, quantity: Claimed): PrecisionClaim[] {
  return (row.claims ?? []).filter((claim) => claim.quantity === quantity);
}

/** Whether any row has a claim. */
export function hasClaims({ rows }: Pick<Table, 'rows'>): boolean {
  return rows.some(({ claims = [] }) => claims.length > 0);
}

export function sourceName({ source }: PrecisionClaim, { sources = [] }: Table): string {
  if (source === undefined) return NO_SOURCE;
  return sources.find(({ key }) => key === source)?.short ?? source;
}

/** Whence a claim comes, in few words: `PyTorch AMP 2020, 8x V100, vs fp32`. */
export function claimOrigin(claim: PrecisionClaim, table: Table): string {
  const { source, hardware, against } = claim;
  return [
    sourceName(claim, table),
    ...(hardware === undefined || source === undefined ? [] : [hardware]),
    `vs ${against}`,
  ].join(', ');
}

/** All that is known of a claim, in a sentence with its source. */
export function claimSentence(claim: PrecisionClaim, { sources = [] }: Table): string {
  const { says, against, hardware, conditions, source, caution } = claim;
  const place = hardware === undefined ? '' : `${hardware}; `;
  const said = `${says} vs ${against} (${place}${conditions})`;
  if (source === undefined) return `${says} vs ${against}: ${NO_SOURCE}; ${conditions}.`;
  const cited = sources.find(({ key }) => key === source)?.citation ?? source;
  return `${said}: ${cited}${caution === undefined ? '' : ` ${caution}`}`;
}

/** What was measured here in the place of a claim, against the same format as the claim; absent where the table has none. */
export function measuredHere(
  row: PrecisionRow,
  { quantity, against }: Pick<PrecisionClaim, 'quantity' | 'against'>,
  table: Table,
): string {
  const other = table.rows.find(({ format }) => format === against);
  switch (quantity) {
    case 'speed': {
      const gain = speedAgainst(row, against, table);
      return gain === undefined ? ABSENT : ratio(gain);
    }
    case 'memory':
      return other === undefined ? ABSENT : saved(1 - row.weightBytes / other.weightBytes);
    case 'energy': {
      const { energyJ } = row;
      const theirs = other?.energyJ;
      if (energyJ === null || theirs === null || theirs === undefined) return ABSENT;
      const fraction = 1 - decodeNumber(energyJ.value) / decodeNumber(theirs.value);
      return `${saved(fraction)} ${energyJ.method}`;
    }
  }
}

/** Each speed is against fp32 in its own engine where that is the baseline: their ratio is what the formats gain. */
function speedAgainst(row: PrecisionRow, against: string, table: Table): number | undefined {
  const { baseline, rows } = table;
  if (row.speedup === null) return undefined;
  const own = decodeNumber(row.speedup);
  if (against === baseline || (against === 'fp32' && isFp32(baseline))) return own;
  const other = rows.find(({ format }) => format === against);
  if (other === undefined || other.speedup === null) return undefined;
  return own / decodeNumber(other.speedup);
}

/** The claim that a chart of figures against the table's baseline draws: the first with a source and an interval. */
export function drawnClaim(
  row: Pick<PrecisionRow, 'claims'>,
  quantity: Claimed,
  { baseline }: Pick<Table, 'baseline'>,
): (PrecisionClaim & { readonly range: [number, number] }) | undefined {
  const base = isFp32(baseline) ? 'fp32' : baseline;
  for (const claim of claimsOf(row, quantity)) {
    const { range, source, against } = claim;
    if (range !== undefined && source !== undefined && against === base) return { ...claim, range };
  }
  return undefined;
}

const isFp32 = (format: string): boolean => format === 'fp32' || format === 'fp32-ort';

/** A fraction saved; where more was spent, how much more. */
function saved(fraction: number): string {
  if (!Number.isFinite(fraction)) return ABSENT;
  return `${Math.abs(fraction * 100).toFixed(0)}%${fraction < 0 ? ' more' : ''}`;
}
