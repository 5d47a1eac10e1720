import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { setSeed } from '../../patches/seed';
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
 * Runs the same twice under one seed, op by op and with programs: what it gives has to be the same to the
 * last bit, tensors and handles are to be left alike, and programs must have run.
 */
export async function expectSameBothWays(run: () => unknown): Promise<void> {
  const leave = opByOp();
  // The first time finds out which ops have no kernel in a format.
  await run();
  setSeed(7);
  const before = held();
  const expected = await run();
  const kept = difference(held(), before);
  leave();
  const replays = replaysNow();
  setSeed(7);
  const start = held();
  expect(await run()).toEqual(expected);
  expect(difference(held(), start)).toEqual(kept);
  expect(replaysNow()).toBeGreaterThan(replays);
}

type Held = readonly [tensors: number, handles: number];

function held(): Held {
  return [tf.memory().numTensors, nativeMemory()?.handles ?? NaN];
}

function difference(a: Held, b: Held): Held {
  return [a[0] - b[0], a[1] - b[1]];
}
