import type { Request } from '../protocol/message';

/** What dates that are cut to milliseconds may be off by. */
const DATE_STEP_MS = 1;

/**
 * Which requests of a front end were sent before the answer to one of its own. No clock of ours is
 * compared with its: between two of its dates passed less time than between that request's arrival and
 * its answer, which it hadn't even begun to read then.
 */
export class SentBefore {
  /** `answeredAfterMs`: from the arrival of `request` on. */
  constructor(
    private readonly request: Request,
    private readonly answeredAfterMs: number,
  ) {}

  /** Whether a request that arrives after the answer was sent before it. */
  has({ header }: Request): boolean {
    const first = this.request.header;
    if (header.session !== first.session) return false;
    const laterMs = Date.parse(header.date) - Date.parse(first.date);
    // NaN where a front end gives no date; negative where its clock was set.
    return laterMs >= 0 && laterMs < this.answeredAfterMs - DATE_STEP_MS;
  }
}
