import type { MomentumOptimizer, SGDOptimizer } from '@tensorflow/tfjs';
import { attr } from '../../backend/attributes';
import { DT } from '../../backend/dtypes';
import { handleOf, rawOp } from '../../backend/raw';
import type { Update } from '../engine';
import { updateInPlace } from './backing';
import { withScalars } from './scalars';
import { slotAt, type OptimizerSlot } from './slots';

interface SgdState {
  readonly learningRate: number;
  incrementIterations(): void;
}

interface MomentumState extends SgdState {
  readonly momentum: number;
  readonly useNesterov: boolean;
  readonly accumulations: OptimizerSlot[];
}

const FLOAT = attr.type('T', DT.float);
const UNLOCKED = attr.bool('use_locking', false);

/** Gradient descent by TensorFlow's fused kernel: w -= rate * g. */
export function applySgd(optimizer: SGDOptimizer, updates: readonly Update[]): void {
  const state = optimizer as unknown as SgdState;
  withScalars([state.learningRate], ([rate]) => {
    for (const { variable, gradient } of updates) {
      if (gradient === undefined) continue;
      updateInPlace([variable], (resources) => {
        const inputs = [...resources, rate, handleOf(gradient)];
        rawOp('ResourceApplyGradientDescent', [FLOAT, UNLOCKED], inputs, 0);
      });
    }
  });
  state.incrementIterations();
}

/** Momentum: a = momentum * a + g; w -= rate * a, or rate * (g + momentum * a) after Nesterov. */
export function applyMomentum(optimizer: MomentumOptimizer, updates: readonly Update[]): void {
  const state = optimizer as unknown as MomentumState;
  const attributes = [FLOAT, UNLOCKED, attr.bool('use_nesterov', state.useNesterov)];
  withScalars([state.learningRate, state.momentum], ([rate, momentum]) => {
    for (const { position, variable, gradient } of updates) {
      const slot = slotAt(state.accumulations, position, variable, 'momentum');
      if (gradient === undefined) continue;
      updateInPlace([variable, slot], (resources) => {
        const inputs = [...resources, rate, handleOf(gradient), momentum];
        rawOp('ResourceApplyMomentum', attributes, inputs, 0);
      });
    }
  });
  state.incrementIterations();
}
