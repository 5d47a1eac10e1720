import type { Variant } from './machine';

/** The clock is read this seldom, so that reading it is no part of short work. */
const CHUNK_S = 1e-3;

export interface Repeated {
  readonly runs: number;
  /** Of all runs, until the device had done them. */
  readonly durationS: number;
}

/** Runs a variant again and again for `leastS` seconds, once at least. */
export async function repeatFor(
  { run, synchronize }: Variant,
  leastS: number,
  nowS: () => number,
): Promise<Repeated> {
  const startS = nowS();
  let runs = 0;
  let chunk = 1;
  let elapsedS = 0;
  do {
    const beforeS = elapsedS;
    await repeat(run, chunk);
    runs += chunk;
    elapsedS = nowS() - startS;
    if (elapsedS - beforeS < CHUNK_S) chunk *= 2;
  } while (elapsedS < leastS);
  await synchronize?.();
  return { runs, durationS: nowS() - startS };
}

/** Runs it so many times; promises one after the other. */
export async function repeat(run: () => unknown, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const value = run();
    if (isPromise(value)) await value;
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}
