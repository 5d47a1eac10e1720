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
  private isSampling = false;

  /** What the meters need while a window is open, and while none is. */
  private readonly openS: number;
  private readonly closedS: number;

  constructor(
    meters: readonly Meter[],
    private readonly sample: () => void,
  ) {
    this.openS = Math.min(leastInterval(meters, true), ACCOUNTS_INTERVAL_S);
    this.closedS = leastInterval(meters, false);
  }

  /** A timer that runs goes on, so that short windows don't put it off; it becomes slower when it has gone off. */
  schedule(hasOpenWindow: boolean, hasBackground: boolean): void {
    if (this.isClosed) return;
    const closedS = hasBackground ? Math.min(this.closedS, ACCOUNTS_INTERVAL_S) : this.closedS;
    const intervalS = hasOpenWindow ? this.openS : closedS;
    const isSoonEnough = intervalS > this.intervalS && !this.isSampling;
    if (intervalS === this.intervalS || isSoonEnough) return;
    clearInterval(this.timer);
    this.timer = undefined;
    this.intervalS = intervalS;
    if (intervalS === Infinity) return;
    this.timer = setInterval(() => {
      this.goOff();
    }, intervalS * 1000);
    this.timer.unref();
  }

  close(): void {
    this.isClosed = true;
    clearInterval(this.timer);
  }

  private goOff(): void {
    this.isSampling = true;
    try {
      this.sample();
    } finally {
      this.isSampling = false;
    }
  }
}

/** How often the meters have to be read, in seconds. */
function leastInterval(meters: readonly Meter[], hasOpenWindow: boolean): number {
  const ofMeters = meters.flatMap(({ maxIntervalS, sampled }) =>
    maxIntervalS !== undefined && (sampled === 'always' || hasOpenWindow) ? [maxIntervalS] : [],
  );
  return Math.max(LEAST_INTERVAL_S, Math.min(Infinity, ...ofMeters));
}
