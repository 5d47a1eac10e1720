import type { MimeBundle } from '../../host';
import {
  type Fallback,
  paragraph,
  references,
  stacked,
  staticBundle,
  table,
} from '../../display/fallback';
import type { Column } from '../../display/table';
import { counted } from '../../display/words';
import { bibtexOf } from '../../literature/bibtex';
import { citation } from '../../literature/citation';
import { claimText, QUANTITY_NAMES, whereText } from '../../literature/claim-text';
import type { Claim } from '../../literature/claim';
import type { OftenClaimed } from '../../literature/often-claimed';
import { sourceOf } from '../../literature/sources';
import { sourcesTable } from './sources-table';

const CLAIMS: readonly Column[] = [
  { header: 'Format' },
  { header: 'Figure', align: 'left' },
  { header: 'Claim', align: 'left' },
  { header: 'Against', align: 'left' },
  { header: 'On', align: 'left' },
  { header: 'Source', align: 'left' },
];
const OFTEN: readonly Column[] = [
  { header: 'Format' },
  { header: 'Figure', align: 'left' },
  { header: 'Often claimed', align: 'left' },
  { header: 'Source', align: 'left' },
  { header: 'What sources say', align: 'left' },
];

interface Listed {
  readonly claims: readonly Claim[];
  readonly oftenClaimed: readonly OftenClaimed[];
}

/** Claims, what is often claimed without a source, and the sources in full, as HTML and text. */
export function literatureBundle(
  { claims, oftenClaimed }: Listed,
  asked: { readonly format?: string; readonly quantity?: string },
): MimeBundle {
  const keys = [...new Set(claims.map(({ source }) => source))];
  const about = [asked.quantity, asked.format === undefined ? undefined : `of ${asked.format}`]
    .filter((part) => part !== undefined)
    .join(' ');
  const parts: Fallback[] = [
    paragraph(summary(claims.length, keys.length, about), 'strong'),
    ...(claims.length === 0
      ? []
      : [table(CLAIMS, claims.map(claimRow), { caption: 'Claims of the literature' })]),
    ...(oftenClaimed.length === 0
      ? []
      : [table(OFTEN, oftenClaimed.map(oftenRow), { caption: 'Often claimed, against fp32' })]),
    ...sourcesTable(
      keys.map((key) => ({ short: sourceOf(key).short, key, citation: citation(key) })),
      'Sources',
    ),
    references(keys.map((key) => bibtexOf([key]))),
  ];
  return staticBundle(stacked(...parts));
}

function summary(claims: number, sources: number, about: string): string {
  const what = about === '' ? '' : ` (${about})`;
  if (claims === 0) return `No claim with a source that was read${what}.`;
  return `${counted(claims, 'claim')}${what} from ${counted(sources, 'source')}, each on its own machine and model.`;
}

function claimRow(claim: Claim): string[] {
  const { formats, quantity, against, source, caution } = claim;
  const named = sourceOf(source).short;
  return [
    formats.join(', '),
    QUANTITY_NAMES[quantity],
    claimText(claim),
    against,
    whereText(claim),
    caution === undefined ? named : `${named}. ${caution}`,
  ];
}

function oftenRow({ formats, quantity, says, found, instead }: OftenClaimed): string[] {
  return [
    formats.join(', '),
    QUANTITY_NAMES[quantity],
    says,
    found === 'no source' ? 'none found' : 'with limits',
    instead,
  ];
}
