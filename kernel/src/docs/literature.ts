import { citation } from '../literature/citation';
import { type Claim, QUANTITIES, type Quantity } from '../literature/claim';
import { claimText, QUANTITY_NAMES, whereText } from '../literature/claim-text';
import { CLAIMS } from '../literature/claims';
import { OFTEN_CLAIMED } from '../literature/often-claimed';
import { SEEN_ON, SOURCE_KEYS, sourceOf } from '../literature/sources';
import { TESTED_CLAIMS } from '../studies/tested-claims';
import { markdownTable } from './markdown';

/** What fills `docs/templates/literature.md`: claims by quantity, what has no source, and the sources. */
export function literatureParts() {
  return {
    counts: `${CLAIMS.length} claims from ${SOURCE_KEYS.length} sources`,
    'seen-on': SEEN_ON,
    claims: QUANTITIES.map(section).join('\n\n'),
    'often-claimed': oftenClaimed(),
    sources: sources(),
  } as const;
}

function section(quantity: Quantity): string {
  const claims = CLAIMS.filter((claim) => claim.quantity === quantity);
  const table = markdownTable(
    ['format', 'claim', 'against', 'on', 'source', 'read'],
    claims.map((claim) => [
      claim.formats.map((format) => `\`${format}\``).join(', '),
      figure(claim),
      `\`${claim.against}\``.replace('`wider formats`', 'wider formats'),
      whereText(claim),
      sourceLink(claim),
      claim.seen,
    ]),
  );
  return `### ${QUANTITY_NAMES[quantity]}\n\n${table}`;
}

/** With the arithmetic where it isn't the source's own figure. */
function figure(claim: Claim): string {
  const { low, high } = claim.derived ?? {};
  const parts = [...new Set([low, high])].filter((part) => part !== undefined);
  const worked = parts.map((part) => `\`${part}\``).join(' and ');
  return parts.length === 0 ? claimText(claim) : `${claimText(claim)} (${worked})`;
}

function sourceLink({ source, caution }: Claim): string {
  const { short, url } = sourceOf(source);
  return `[${short}](${url})${caution === undefined ? '' : `. ${caution}`}`;
}

function oftenClaimed(): string {
  return markdownTable(
    ['format', 'often claimed, against fp32', 'source', 'what sources say', 'put to the test'],
    OFTEN_CLAIMED.map(({ formats, quantity, says, found, instead, tested }) => [
      formats.map((format) => `\`${format}\``).join(', '),
      `${QUANTITY_NAMES[quantity].toLowerCase()} ${says}`,
      found === 'no source' ? '**none found**' : 'with limits',
      instead,
      studiesOf(tested)
        .map((study) => `[${study}](verdicts.md#${study})`)
        .join(', '),
    ]),
  );
}

function sources(): string {
  return markdownTable(
    ['key in BibTeX', 'source'],
    SOURCE_KEYS.toSorted().map((key) => [
      `\`${key}\``,
      `[${sourceOf(key).short}](${sourceOf(key).url}): ${citation(key)}`,
    ]),
  );
}

/** The studies that test these claims. */
function studiesOf(ids: readonly string[]): string[] {
  const tests = TESTED_CLAIMS.filter(({ id }) => ids.includes(id));
  return [...new Set(tests.map(({ study }) => study))];
}
