import {
  type Fallback,
  fold,
  paragraph,
  picture,
  references,
  stacked,
  table,
} from '../../display/fallback';
import type { Column } from '../../display/table';
import { counted } from '../../display/words';
import { CLAIMED } from '../../payloads/precision/claim';
import {
  CLAIMED_NAMES,
  claimsOf,
  hasClaims,
  measuredHere,
  sourceName,
} from '../../payloads/precision/claim-words';
import type { PrecisionTable } from '../../payloads/precision/table';
import { sourcesTable } from '../literature/sources-table';
import { claimsLeft, referencesOf } from './claims';
import { claimedChart } from './speedup-chart';

const CAPTION = 'Here against the literature';
const CLAIMS: readonly Column[] = [
  { header: 'Format' },
  { header: 'Figure', align: 'left' },
  { header: 'Here' },
  { header: 'Literature', align: 'left' },
  { header: 'Against', align: 'left' },
  { header: 'On', align: 'left' },
  { header: 'Source', align: 'left' },
];

/** What publications claim, each claim with its source, below a fold: it would squeeze what was measured. */
export function literaturePart(payload: PrecisionTable): Fallback[] {
  if (!hasClaims(payload)) return [];
  const { sources = [] } = payload;
  return [
    fold(
      CAPTION,
      stacked(
        picture((width) => claimedChart(payload, width)),
        table(CLAIMS, claimRows(payload), { caption: CAPTION }),
        ...sourcesTable(sources, 'Sources of the claims'),
        paragraph(more(payload)),
        references(referencesOf(sources)),
      ),
    ),
  ];
}

function claimRows(payload: PrecisionTable): string[][] {
  return payload.rows.flatMap((row) =>
    CLAIMED.flatMap((quantity) =>
      claimsOf(row, quantity).map((claim) => [
        row.format,
        CLAIMED_NAMES[quantity],
        measuredHere(row, claim, payload),
        claim.says,
        claim.against,
        [claim.hardware, claim.conditions].filter((part) => part !== undefined).join('; '),
        [sourceName(claim, payload), claim.caution].filter((part) => part !== undefined).join('. '),
      ]),
    ),
  );
}

function more({ rows }: PrecisionTable): string {
  const left = claimsLeft(rows);
  const [first] = rows.filter(({ claims = [] }) => claims.length > 0);
  const here =
    '“Here” is against the same format as the claim, on this machine and model instead of its own.';
  if (left === 0 || first === undefined) return here;
  return `${here} ${counted(left, 'more claim')} about these formats, also of accuracy: literature({ format: '${first.format}' }) and so on.`;
}
