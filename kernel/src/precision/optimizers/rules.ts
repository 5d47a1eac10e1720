import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import {
  adadeltaKernel,
  adagradKernel,
  adamKernel,
  adamaxKernel,
  amsgradKernel,
  momentumKernel,
  rmspropKernel,
  sgdKernel,
  type KernelCall,
} from './kernels';

/** A slot of an optimizer: the end of its name, and its first value. */
export interface SlotSpec {
  readonly suffix: string;
  readonly initial: number;
}

/** What a step computes: new slots, and what is subtracted from the weight. */
export interface ComposedStep {
  readonly slots: readonly Tensor[];
  readonly change: Tensor;
}

/** How an optimizer updates a weight: as a kernel of TensorFlow, and composed of ops for WebAssembly. */
export interface UpdateRule {
  /** In the order of the kernel's inputs. */
  readonly slots: readonly SlotSpec[];
  /** Undefined where no kernel computes the rule. `step` counts from 1. */
  kernel(learningRate: number, step: number): KernelCall | undefined;
  composed(
    gradient: Tensor,
    slots: readonly Tensor[],
    learningRate: number,
    step: number,
  ): ComposedStep;
}

const zero = (suffix: string): SlotSpec => ({ suffix, initial: 0 });

/** Exponential moving average of `value`. */
function average(old: Tensor, value: Tensor, decay: number): Tensor {
  return tf.add(tf.mul(old, decay), tf.mul(value, 1 - decay));
}

export interface SgdHyperparameters {
  readonly momentum: number;
  readonly nesterov: boolean;
}

export function sgdRule({ momentum, nesterov }: SgdHyperparameters): UpdateRule {
  if (momentum === 0) {
    return {
      slots: [],
      kernel: sgdKernel,
      composed: (g, _slots, rate) => ({ slots: [], change: tf.mul(g, rate) }),
    };
  }
  return {
    slots: [zero('momentum')],
    kernel: (rate) => momentumKernel(rate, momentum, nesterov),
    composed: (g, [a = g], rate) => {
      const next = tf.add(tf.mul(a, momentum), g);
      const direction = nesterov ? tf.add(g, tf.mul(next, momentum)) : next;
      return { slots: [next], change: tf.mul(direction, rate) };
    },
  };
}

export interface AdamHyperparameters {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly amsgrad: boolean;
}

export function adamRule({ amsgrad, ...adam }: AdamHyperparameters): UpdateRule {
  const { beta1, beta2, epsilon } = adam;
  const call = amsgrad ? amsgradKernel : adamKernel;
  return {
    slots: [zero('m'), zero('v'), ...(amsgrad ? [zero('vhat')] : [])],
    kernel: (learningRate, step) => call({ ...adam, learningRate, step }),
    composed: (g, [m = g, v = g, largest], rate, step) => {
      const nextM = average(m, g, beta1);
      const nextV = average(v, tf.square(g), beta2);
      const maximum = largest && tf.maximum(largest, nextV);
      const vHat = tf.div(maximum ?? nextV, 1 - beta2 ** step);
      const change = tf.div(
        tf.mul(nextM, rate / (1 - beta1 ** step)),
        tf.add(tf.sqrt(vHat), epsilon),
      );
      return { slots: [nextM, nextV, ...(maximum ? [maximum] : [])], change };
    },
  };
}

export function adamaxRule(adam: Omit<AdamHyperparameters, 'amsgrad'>): UpdateRule {
  const { beta1, beta2, epsilon } = adam;
  return {
    slots: [zero('m'), zero('v')],
    kernel: (learningRate, step) => adamaxKernel({ ...adam, learningRate, step }),
    composed: (g, [m = g, u = g], rate, step) => {
      const nextM = average(m, g, beta1);
      const nextU = tf.maximum(tf.mul(u, beta2), tf.abs(g));
      const scaled = tf.mul(nextM, rate / (1 - beta1 ** step));
      return { slots: [nextM, nextU], change: tf.div(scaled, tf.add(nextU, epsilon)) };
    },
  };
}

export interface RmspropHyperparameters {
  readonly rho: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly centered: boolean;
  /** `inside` the root as TensorFlow's kernel, or `outside` of it as PyTorch, which has no kernel. */
  readonly epsilonPlacement: 'inside' | 'outside';
}

/** With epsilon outside, the rate is outside of the momentum too: all as PyTorch has it. */
export function rmspropRule(options: RmspropHyperparameters): UpdateRule {
  const { rho, momentum, epsilon, centered } = options;
  const inside = options.epsilonPlacement === 'inside';
  return {
    slots: [...(centered ? [zero('mg')] : []), zero('rms'), zero('momentum')],
    kernel: (learningRate) => (inside ? rmspropKernel({ ...options, learningRate }) : undefined),
    composed: (g, slots, rate) => {
      const [s = g, b = g] = centered ? slots.slice(1) : slots;
      const nextS = average(s, tf.square(g), rho);
      const mean = centered ? average(slots[0] ?? g, g, rho) : undefined;
      const variance = mean ? tf.sub(nextS, tf.square(mean)) : nextS;
      const root = inside ? tf.sqrt(tf.add(variance, epsilon)) : tf.add(tf.sqrt(variance), epsilon);
      const direction = tf.div(g, root);
      const nextB = tf.add(tf.mul(b, momentum), inside ? tf.mul(direction, rate) : direction);
      return {
        slots: [...(mean ? [mean] : []), nextS, nextB],
        change: inside ? nextB : tf.mul(nextB, rate),
      };
    },
  };
}

export interface AdagradHyperparameters {
  readonly initialAccumulatorValue: number;
  readonly epsilon: number;
}

export function adagradRule(options: AdagradHyperparameters): UpdateRule {
  const { initialAccumulatorValue, epsilon } = options;
  return {
    slots: [{ suffix: 'accumulator', initial: initialAccumulatorValue }],
    kernel: (rate) => adagradKernel(rate, epsilon),
    composed: (g, [a = g], rate) => {
      const next = tf.add(a, tf.square(g));
      const change = tf.div(tf.mul(g, rate), tf.add(tf.sqrt(next), epsilon));
      return { slots: [next], change };
    },
  };
}

export interface AdadeltaHyperparameters {
  readonly rho: number;
  readonly epsilon: number;
}

export function adadeltaRule({ rho, epsilon }: AdadeltaHyperparameters): UpdateRule {
  return {
    slots: [zero('accum_grad'), zero('accum_var')],
    kernel: (rate) => adadeltaKernel(rate, rho, epsilon),
    composed: (g, [a = g, u = g], rate) => {
      const nextA = average(a, tf.square(g), rho);
      const ratio = tf.div(tf.add(u, epsilon), tf.add(nextA, epsilon));
      const direction = tf.mul(g, tf.sqrt(ratio));
      return {
        slots: [nextA, average(u, tf.square(direction), rho)],
        change: tf.mul(direction, rate),
      };
    },
  };
}
