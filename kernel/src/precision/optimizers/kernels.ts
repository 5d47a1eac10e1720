/** One of TensorFlow's `ResourceApply*` ops: the update of a variable in a single pass over its data. */
export interface KernelCall {
  readonly op: string;
  readonly flags: Readonly<Record<string, boolean>>;
  /** Scalars between the resources and the gradient, in the op's order. */
  readonly scalars: readonly number[];
  /** Scalars after the gradient. */
  readonly trailing?: readonly number[];
}

export interface AdamKernelOptions {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Steps with this one, from 1. */
  readonly step: number;
}

/** `w -= rate * g`. Resources: w. */
export function sgdKernel(learningRate: number): KernelCall {
  return { op: 'ResourceApplyGradientDescent', flags: {}, scalars: [learningRate] };
}

/** `a = momentum * a + g; w -= rate * a`; after Nesterov `w -= rate * (g + momentum * a)`. Resources: w, a. */
export function momentumKernel(
  learningRate: number,
  momentum: number,
  nesterov: boolean,
): KernelCall {
  return {
    op: 'ResourceApplyMomentum',
    flags: { use_nesterov: nesterov },
    scalars: [learningRate],
    trailing: [momentum],
  };
}

/**
 * Adam as its paper, tfjs and PyTorch have it: `w -= rate * mHat / (sqrt(vHat) + epsilon)`.
 *
 * The op adds its epsilon to `sqrt(v)` ("epsilon hat"): with `epsilon * sqrt(1 - beta2^t)` both give the
 * same step. It also corrects the bias in fp32, where `1 - beta2^t` loses 1.5e-5 of its value: the
 * correction is made here in double precision, folded into the rate, for betas as fp32 has them.
 * Resources: w, m, v.
 */
export function adamKernel(options: AdamKernelOptions): KernelCall {
  return {
    op: 'ResourceApplyAdam',
    flags: { use_nesterov: false },
    scalars: adamScalars(options),
  };
}

/**
 * Adam with `vHat` from the largest `v` so far. As PyTorch's `amsgrad`, the maximum is taken before the
 * bias correction. Resources: w, m, v, max v.
 */
export function amsgradKernel(options: AdamKernelOptions): KernelCall {
  return { op: 'ResourceApplyAdamWithAmsgrad', flags: {}, scalars: adamScalars(options) };
}

function adamScalars({ learningRate, beta1, beta2, epsilon, step }: AdamKernelOptions): number[] {
  const correction1 = 1 - Math.fround(beta1) ** step;
  const correction2 = Math.sqrt(1 - Math.fround(beta2) ** step);
  const rate = (learningRate * correction2) / correction1;
  return [0, 0, rate, beta1, beta2, epsilon * correction2];
}

/**
 * `m = beta1 * m + (1 - beta1) * g; u = max(beta2 * u, |g|); w -= rate / (1 - beta1^t) * m / (u + epsilon)`,
 * as tfjs and Keras. PyTorch has epsilon in the maximum: `max(beta2 * u, |g| + epsilon)`. Resources: w, m, u.
 */
export function adamaxKernel(options: AdamKernelOptions): KernelCall {
  const { learningRate, beta1, beta2, epsilon, step } = options;
  const rate = learningRate / (1 - Math.fround(beta1) ** step);
  return { op: 'ResourceApplyAdaMax', flags: {}, scalars: [0, rate, beta1, beta2, epsilon] };
}

export interface RmspropKernelOptions {
  readonly learningRate: number;
  readonly rho: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly centered: boolean;
}

/**
 * `s = rho * s + (1 - rho) * g^2; b = momentum * b + rate * g / sqrt(s + epsilon); w -= b`, where centered
 * has `s - mean(g)^2` for `s`. Epsilon is inside the root, as in tfjs and Keras; PyTorch adds it outside
 * and has the rate outside of the momentum.
 * Resources: w, s, b; centered: w, mean(g), s, b.
 */
export function rmspropKernel(options: RmspropKernelOptions): KernelCall {
  const { learningRate, rho, momentum, epsilon, centered } = options;
  return {
    op: centered ? 'ResourceApplyCenteredRMSProp' : 'ResourceApplyRMSProp',
    flags: {},
    scalars: [learningRate, rho, momentum, epsilon],
  };
}

/** `a += g^2; w -= rate * g / (sqrt(a) + epsilon)`, as PyTorch. tfjs has epsilon inside. Resources: w, a. */
export function adagradKernel(learningRate: number, epsilon: number): KernelCall {
  return {
    op: 'ResourceApplyAdagradV2',
    flags: { update_slots: true },
    scalars: [learningRate, epsilon],
  };
}

/**
 * `a = rho * a + (1 - rho) * g^2; d = g * sqrt(u + epsilon) / sqrt(a + epsilon); u = rho * u + (1 - rho) * d^2;
 * w -= rate * d`, as its paper, Keras and PyTorch. tfjs divides by the `a` of the step before.
 * Resources: w, a, u.
 */
export function adadeltaKernel(learningRate: number, rho: number, epsilon: number): KernelCall {
  return { op: 'ResourceApplyAdadelta', flags: {}, scalars: [learningRate, rho, epsilon] };
}
