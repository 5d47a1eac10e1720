import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { loadBackend } from '../start';

const PAGE_BYTES = 4096;
/** Above the size that glibc ever keeps: without a pool, each such tensor comes anew from the system. */
const BYTES = 48 * 2 ** 20;
const ROUNDS = 10;

it.runIf(process.platform === 'linux')('takes freed memory for the next tensors', () => {
  const { device } = loadBackend();
  const x = tf.ones([BYTES / 4]);
  const round = (): void => {
    tf.relu(x).dispose();
  };
  round();
  const before = process.resourceUsage().minorPageFault;
  for (let i = 0; i < ROUNDS; i++) round();
  const faults = process.resourceUsage().minorPageFault - before;
  if (device === 'cpu') expect(faults).toBeLessThan((ROUNDS * BYTES) / PAGE_BYTES / 4);
  expect(tf.memory().numTensors).toBe(1);
  x.dispose();
});
