import { Counter } from './counter';
import type { CounterBounds } from './counter';
import { MeterFailure } from './failure';
import type { Component, Meter } from './meter';

export interface CounterMeterParts {
  readonly component: Component;
  readonly source: string;
  /** What the counter shows now, in its own units. */
  readonly count: () => bigint;
  readonly bounds: CounterBounds;
}

/** The meter of a cumulative counter. It throws a {@link MeterFailure} while the counter can't be read. */
export function counterMeter({ component, source, count, bounds }: CounterMeterParts): Meter {
  const counter = new Counter(bounds);
  return {
    component,
    method: 'counter',
    source,
    read: (nowS) => {
      let now: bigint;
      try {
        now = count();
      } catch (error) {
        throw new MeterFailure(counter.missed(), error);
      }
      return counter.take(now, nowS);
    },
  };
}
