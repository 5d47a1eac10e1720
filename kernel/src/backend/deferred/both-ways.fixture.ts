import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { nativeMemory } from '../load';
import { opByOp, stepStatistics } from './steps';

/** To be set before the backend is loaded: each replay is checked against its ops one by one. */
export function useShadow(): void {
  process.env['HALFNOTE_ONE_PROGRAM'] = 'shadow';
}

/** Replays so far. */
export function replaysNow(): number {
  return stepStatistics()?.replays ?? NaN;
}

/**
 * A check that runs the same twice, op by op and with programs: what it gives has to be the same to the last
 * bit, tensors and handles are to be left alike, and programs must have run.
 * @param seed Begins the random numbers anew, the same each time.
 */
export function sameBothWays(seed: () => unknown): (run: () => unknown) => Promise<void> {
  return async (run) => {
    const leave = opByOp();
    // The first time finds out which ops have no kernel in a format.
    await run();
    seed();
    const before = held();
    const expected = await run();
    const kept = difference(held(), before);
    leave();
    const replays = replaysNow();
    seed();
    const start = held();
    expect(await run()).toEqual(expected);
    expect(difference(held(), start)).toEqual(kept);
    expect(replaysNow()).toBeGreaterThan(replays);
  };
}

type Held = readonly [tensors: number, handles: number];

function held(): Held {
  return [tf.memory().numTensors, nativeMemory()?.handles ?? NaN];
}

function difference(a: Held, b: Held): Held {
  return [a[0] - b[0], a[1] - b[1]];
}
