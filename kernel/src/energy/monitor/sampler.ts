import type { Meter } from '../devices/meter';

/** So long may what works go unseen: the tail of a process that ends, memory that is freed. */
const ACCOUNTS_INTERVAL_S = 1;
/** No meter is read more often than that: it would cost what it measures. */
const LEAST_INTERVAL_S = 0.05;

/** Calls `sample` as often as the meters and accounts need it now, and not at all where none does. */
export class Sampler {
  isClosed = false;
  private timer: NodeJS.Timeout | undefined;
  private intervalS = Infinity;

  constructor(
    private readonly meters: readonly Meter[],
    private readonly sample: () => void,
  ) {}

  schedule(hasOpenWindow: boolean, hasBackground: boolean): void {
    if (this.isClosed) return;
    const intervalS = this.interval(hasOpenWindow, hasBackground);
    // A timer that runs as it should goes on: short windows must not put it off for ever.
    if (intervalS === this.intervalS) return;
    clearInterval(this.timer);
    this.timer = undefined;
    this.intervalS = intervalS;
    if (intervalS === Infinity) return;
    this.timer = setInterval(this.sample, intervalS * 1000);
    this.timer.unref();
  }

  close(): void {
    this.isClosed = true;
    clearInterval(this.timer);
  }

  private interval(hasOpenWindow: boolean, hasBackground: boolean): number {
    const ofMeters = this.meters.flatMap(({ maxIntervalS, sampled }) =>
      maxIntervalS !== undefined && (sampled === 'always' || hasOpenWindow) ? [maxIntervalS] : [],
    );
    const ofAccounts = hasOpenWindow || hasBackground ? [ACCOUNTS_INTERVAL_S] : [];
    return Math.max(LEAST_INTERVAL_S, Math.min(Infinity, ...ofMeters, ...ofAccounts));
  }
}
