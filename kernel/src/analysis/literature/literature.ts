import { JUPYTER_DISPLAY, type Displayable, type MimeBundle } from '../../host';
import { HalfnoteError, nearest, shown } from '../../errors';
import type { Claim } from '../../literature/claim';
import { QUANTITIES, type Quantity } from '../../literature/claim';
import type { OftenClaimed } from '../../literature/often-claimed';
import { claimsWhere, oftenClaimedWhere } from '../../literature/select';
import { sourceOf } from '../../literature/sources';
import type { Source } from '../../literature/source';
import { COMPARE_FORMAT_NAMES, compareFormatOf } from '../comparison/compare-formats';
import { literatureBundle } from './view';

export interface LiteratureOptions {
  /** A format as `compare` names it: `fp16`, `int8-dynamic`, `nf4`. Default: all. */
  readonly format?: string;
  /** `speed`, `memory`, `energy` or `accuracy`. Default: all. */
  readonly quantity?: Quantity;
}

/** A claim with where it is published. */
export interface CitedClaim extends Claim {
  readonly publication: Source;
}

/** Published claims about number formats; shows itself as tables, and is saved as a table or as BibTeX. */
export class Literature implements Displayable {
  constructor(
    /** Each with its source, whose own text was read. */
    readonly claims: readonly CitedClaim[],
    /** What is said of the formats without a source, and what sources say instead. */
    readonly oftenClaimed: readonly OftenClaimed[],
    private readonly asked: LiteratureOptions,
  ) {}

  [JUPYTER_DISPLAY](): MimeBundle {
    return literatureBundle(this, this.asked);
  }
}

/**
 * What publications claim of number formats: speed, memory, energy and accuracy, each with its baseline,
 * machine, conditions and source. `save(literature(), 'sources.bib')` writes the sources as BibTeX.
 * @throws HalfnoteError `unknown-format`, `invalid-argument` for a quantity that is none.
 */
export function literature(options: LiteratureOptions = {}): Literature {
  const filter = {
    ...(options.format === undefined ? {} : { format: checkedFormat(options.format) }),
    ...(options.quantity === undefined ? {} : { quantity: checkedQuantity(options.quantity) }),
  };
  return new Literature(
    claimsWhere(filter).map((claim) => ({ ...claim, publication: sourceOf(claim.source) })),
    oftenClaimedWhere(filter),
    filter,
  );
}

function checkedFormat(name: unknown): string {
  const format = typeof name === 'string' ? compareFormatOf(name) : undefined;
  if (format !== undefined) return format;
  const [near] = nearest(String(name), [...COMPARE_FORMAT_NAMES], 1);
  throw new HalfnoteError(
    'unknown-format',
    `Unknown format ${shown(name)}. Allowed: ${COMPARE_FORMAT_NAMES.join(', ')}.`,
    near === undefined ? undefined : `Did you mean '${near}'?`,
  );
}

function checkedQuantity(quantity: unknown): Quantity {
  const found = QUANTITIES.find((known) => known === quantity);
  if (found !== undefined) return found;
  throw new HalfnoteError(
    'invalid-argument',
    `quantity must be ${QUANTITIES.join(', ')}, not ${shown(quantity)}.`,
    'Leave it out for all of them.',
  );
}
