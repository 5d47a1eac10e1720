import type { RunningRequest } from './running-request';

/** What dates that are cut to milliseconds may be off by. */
const DATE_STEP_MS = 1;
/** By how much a clock that is being set right may run slower than one that isn't: 500 ppm, as adjtime has it, twice. */
const DRIFT = 1e-3;
/** What is longer on its way than this is taken for what came later, with a clock that stands still. */
const LONGEST_WAY_MS = 1000;

/**
 * Which requests of a front end were sent before the answer to one of its own. No clock of ours is
 * compared with its: between two of its dates passed less time than between that request's arrival and
 * its answer, which it hadn't even begun to read then.
 */
export class SentBefore {
  private readonly answeredMs = performance.now();

  /** Made just before `answered` is. */
  constructor(private readonly answered: RunningRequest) {}

  /** Whether a request that arrives after the answer was sent before it. */
  has({ request: { header }, arrivedMs }: RunningRequest): boolean {
    const first = this.answered.request.header;
    if (header.session !== first.session) return false;
    if (arrivedMs > this.answeredMs + LONGEST_WAY_MS) return false;
    const laterMs = Date.parse(header.date) - Date.parse(first.date);
    const answeredAfterMs = this.answeredMs - this.answered.arrivedMs;
    // NaN where a front end gives no date; negative where its clock was set.
    return laterMs >= 0 && laterMs < answeredAfterMs * (1 - DRIFT) - DATE_STEP_MS;
  }
}
