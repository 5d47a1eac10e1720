import * as tf from '@tensorflow/tfjs';
import { beforeAll, beforeEach, expect } from 'vitest';
import { predictionStatistics } from '../backend/compiled/predictions';
import { opByOp } from '../backend/deferred/steps';
import { kept } from './kept-programs';

export type Predict = () => tf.Tensor | tf.Tensor[];

/** For a file of tests: programs are on, `load` loads the backend, and each test begins without any. */
export function withPrograms(load: () => unknown): void {
  beforeAll(async () => {
    process.env['HALFNOTE_ONE_PROGRAM'] = 'on';
    await load();
  });
  beforeEach(() => {
    kept.clear();
  });
}

/** The numbers of all results, with shapes. */
export function valuesOf(predict: Predict): unknown[] {
  return tf.tidy(() => [predict()].flat().map((y) => [y.shape, Array.from(y.dataSync())]));
}

/** Runs `fn` with each op by itself. */
export function alone<T>(fn: () => T): T {
  const leave = opByOp();
  try {
    return fn();
  } finally {
    leave();
  }
}

export function opByOpValues(predict: Predict): unknown[] {
  return alone(() => valuesOf(predict));
}

/** Of the batches in `fn`, how many were one program. */
export function compiledIn(fn: () => unknown): number {
  const before = predictionStatistics().asOneProgram;
  fn();
  return predictionStatistics().asOneProgram - before;
}

/** The next is right, whether it is one program or not. */
export function expectRight(predict: Predict): void {
  expect(valuesOf(predict)).toEqual(opByOpValues(predict));
}
