import { syncBuiltinESMExports } from 'node:module';
import builtin from 'node:timers';
import timersPromises from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createRequestContext } from './request-context';
import { UserTimers } from './timers';

const HOUR_MS = 3_600_000;
const MANY = 5000;
/** What may be held of timers that are gone. */
const FEW = 1000;

describe('UserTimers', () => {
  const timers = new UserTimers(createRequestContext());
  const ofPromises = { ...timersPromises };
  const { native } = timers;

  beforeAll(() => {
    timers.install();
  });

  afterAll(() => {
    Object.assign(globalThis, native);
    Object.assign(builtin, native);
    Object.assign(timersPromises, ofPromises);
    syncBuiltinESMExports();
  });

  it.each<[string, () => void]>([
    [
      'clearTimeout',
      () => {
        clearTimeout(setTimeout(() => undefined, HOUR_MS));
      },
    ],
    [
      'clearTimeout by its id',
      () => {
        clearTimeout(Number(setTimeout(() => undefined, HOUR_MS)));
      },
    ],
    [
      'clearInterval',
      () => {
        clearInterval(setInterval(() => undefined, HOUR_MS));
      },
    ],
    [
      'clearImmediate',
      () => {
        clearImmediate(setImmediate(() => undefined));
      },
    ],
    ['close', () => setTimeout(() => undefined, HOUR_MS).close()],
    [
      'a signal',
      () => {
        const stop = new AbortController();
        timersPromises.setTimeout(HOUR_MS, 0, { signal: stop.signal }).catch(() => undefined);
        stop.abort();
      },
    ],
  ])('holds no timers that were cleared, by %s', (_, setAndClear) => {
    for (let one = 0; one < MANY; one++) setAndClear();
    expect(timers.size).toBeLessThanOrEqual(FEW);
  });

  it('cancels what is set, however many were cleared meanwhile', async () => {
    const run = vi.fn();
    setTimeout(run, 1);
    setImmediate(run);
    setInterval(run, 1);
    for (let one = 0; one < MANY; one++) clearTimeout(setTimeout(run, HOUR_MS));
    timers.cancelAll();
    expect(timers.size).toBe(0);
    await new Promise((resolve) => native.setTimeout(resolve, 20));
    expect(run).not.toHaveBeenCalled();
  });
});
