import * as tf from '@tensorflow/tfjs';
import type { AdamOptimizer, Variable } from '@tensorflow/tfjs';
import { attr } from '../../backend/attributes';
import { DT } from '../../backend/dtypes';
import { handleOf, rawOp } from '../../backend/raw';
import type { Update } from '../engine';
import { updateInPlace } from './backing';
import { withScalars } from './scalars';
import { slotAt, type OptimizerSlot } from './slots';

/** tfjs's Adam, with the fields its types keep private. */
interface AdamState {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly accBeta1: Variable;
  readonly accBeta2: Variable;
  readonly accumulatedFirstMoment: OptimizerSlot[];
  readonly accumulatedSecondMoment: OptimizerSlot[];
  readonly iterations: number;
  incrementIterations(): void;
}

const ATTRIBUTES = [
  attr.type('T', DT.float),
  attr.bool('use_locking', false),
  attr.bool('use_nesterov', false),
];

/**
 * Adam by TensorFlow's fused kernel, one op per variable, with tfjs's result.
 *
 * tfjs adds epsilon to sqrt(v / (1 - beta2^t)), TensorFlow to sqrt(v): with
 * epsilon' = epsilon * sqrt(1 - beta2^t) both give the same step.
 */
export function applyAdam(optimizer: AdamOptimizer, updates: readonly Update[]): void {
  const state = optimizer as unknown as AdamState;
  const { beta1, beta2, epsilon, learningRate } = state;
  const step = state.iterations + 1;
  const power1 = beta1 ** step;
  const power2 = beta2 ** step;
  const scaledEpsilon = epsilon * Math.sqrt(1 - power2);
  const scalars = [power1, power2, learningRate, beta1, beta2, scaledEpsilon] as const;
  withScalars(scalars, (handles) => {
    for (const { position, variable, gradient } of updates) {
      const m = slotAt(state.accumulatedFirstMoment, position, variable, 'm');
      const v = slotAt(state.accumulatedSecondMoment, position, variable, 'v');
      if (gradient === undefined) continue;
      updateInPlace([variable, m, v], (resources) => {
        rawOp('ResourceApplyAdam', ATTRIBUTES, [...resources, ...handles, handleOf(gradient)], 0);
      });
    }
  });
  state.incrementIterations();
}

/** Gives tfjs's own update the powers of beta that the fused steps went through. */
export function resumeStockAdam(optimizer: AdamOptimizer): void {
  const { accBeta1, accBeta2, beta1, beta2, iterations } = optimizer as unknown as AdamState;
  tf.tidy(() => {
    accBeta1.assign(tf.scalar(beta1 ** (iterations + 1)));
    accBeta2.assign(tf.scalar(beta2 ** (iterations + 1)));
  });
}
