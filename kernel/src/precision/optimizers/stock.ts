import * as tf from '@tensorflow/tfjs';
import type { Optimizer, Variable } from '@tensorflow/tfjs';
import {
  adagradKernel,
  adamKernel,
  adamaxKernel,
  momentumKernel,
  rmspropKernel,
  sgdKernel,
  type KernelCall,
} from './kernels';
import type { OptimizerSlot } from './slots';

/** A list of slots as a tfjs optimizer keeps it: where, under which name, and its first value. */
export interface StockSlots {
  readonly field: string;
  readonly suffix: string;
  readonly initial?: number;
}

/** One of tfjs's optimizers told as a kernel of TensorFlow. */
export interface StockForm {
  /** In the order of the kernel's inputs. */
  readonly slots: readonly StockSlots[];
  readonly kernel: KernelCall;
  /** Gives tfjs's own update the state that it keeps in tensors and fused steps don't touch. */
  readonly resume?: () => void;
}

/** The fields that tfjs's types keep private. */
interface Fields {
  readonly learningRate: number;
  readonly momentum: number;
  readonly useNesterov: boolean;
  readonly beta1: number;
  readonly beta2: number;
  readonly decay: number;
  readonly epsilon: number;
  readonly centered: boolean;
  readonly initialAccumulatorValue: number;
  readonly accBeta1: Variable;
  readonly accBeta2: Variable;
  readonly iteration: Variable;
  readonly iterations: number;
}

/** The private fields by which slots and the count of steps are reached. */
export type StockState = Record<string, OptimizerSlot[]> & { incrementIterations(): void };

/** Largest part of a step that Adagrad's epsilon may make when it is left out. */
const NEGLIGIBLE = 1e-6;

/**
 * How TensorFlow's kernels compute what a tfjs optimizer does, or undefined where none does. Subclasses
 * may do something else and have none; nor has Adadelta, which tfjs computes unlike everybody else.
 */
export function stockForm(optimizer: Optimizer): StockForm | undefined {
  const fields = optimizer as unknown as Fields;
  switch (optimizer.constructor) {
    case tf.SGDOptimizer:
      return { slots: [], kernel: sgdKernel(fields.learningRate) };
    case tf.MomentumOptimizer:
      return {
        slots: [{ field: 'accumulations', suffix: 'momentum' }],
        kernel: momentumKernel(fields.learningRate, fields.momentum, fields.useNesterov),
      };
    case tf.AdamOptimizer:
      return adam(fields);
    case tf.AdamaxOptimizer:
      return adamax(fields);
    case tf.RMSPropOptimizer:
      return rmsprop(fields);
    case tf.AdagradOptimizer:
      return adagrad(fields);
    default:
      return undefined;
  }
}

function adam(fields: Fields): StockForm {
  const { beta1, beta2, iterations } = fields;
  return {
    slots: [
      { field: 'accumulatedFirstMoment', suffix: 'm' },
      { field: 'accumulatedSecondMoment', suffix: 'v' },
    ],
    kernel: adamKernel({ ...pick(fields), step: iterations + 1 }),
    resume: () => {
      set(fields.accBeta1, beta1 ** (iterations + 1));
      set(fields.accBeta2, beta2 ** (iterations + 1));
    },
  };
}

function adamax(fields: Fields): StockForm {
  const { beta1, decay, learningRate, iterations } = fields;
  return {
    slots: [
      { field: 'accumulatedFirstMoment', suffix: 'm' },
      { field: 'accumulatedWeightedInfNorm', suffix: 'v' },
    ],
    kernel: adamaxKernel({
      ...pick(fields),
      learningRate: learningRate / (1 + iterations * decay),
      step: iterations + 1,
    }),
    resume: () => {
      set(fields.accBeta1, beta1 ** (iterations + 1));
      set(fields.iteration, iterations);
    },
  };
}

/**
 * tfjs's centered form subtracts epsilon in the root, which makes a gradient of zero NaN; TensorFlow,
 * Keras and PyTorch add it, and so does this one.
 */
function rmsprop({ learningRate, decay, momentum, epsilon, centered }: Fields): StockForm {
  const slots = [
    { field: 'accumulatedMeanSquares', suffix: 'rms' },
    { field: 'accumulatedMoments', suffix: 'momentum' },
  ];
  return {
    slots: centered ? [{ field: 'accumulatedMeanGrads', suffix: 'mg' }, ...slots] : slots,
    kernel: rmspropKernel({ learningRate, rho: decay, momentum, epsilon, centered }),
  };
}

/** tfjs has epsilon inside the root, next to the accumulator: the kernel serves where it can't be seen. */
function adagrad({ learningRate, initialAccumulatorValue }: Fields): StockForm | undefined {
  const share = tf.backend().epsilon() / (2 * initialAccumulatorValue);
  if (!(share <= NEGLIGIBLE)) return undefined;
  return {
    slots: [{ field: 'accumulatedGrads', suffix: 'accumulator', initial: initialAccumulatorValue }],
    kernel: adagradKernel(learningRate, 0),
  };
}

function pick({
  learningRate,
  beta1,
  beta2,
  epsilon,
}: Fields): Omit<Parameters<typeof adamKernel>[0], 'step'> {
  return { learningRate, beta1, beta2, epsilon };
}

function set(variable: Variable, value: number): void {
  tf.tidy(() => {
    variable.assign(tf.scalar(value));
  });
}
