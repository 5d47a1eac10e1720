import {
  Adadelta,
  Adagrad,
  Adam,
  AdamW,
  Adamax,
  Rmsprop,
  Sgd,
  type AdadeltaOptions,
  type AdagradOptions,
  type AdamOptions,
  type AdamaxOptions,
  type RmspropOptions,
  type SgdOptions,
} from './classes';

/**
 * Optimizers by TensorFlow's fused kernels, with weight decay, schedules and clipping: what
 * `model.compile({ optimizer: optimizers.adamw({ weightDecay: 0.01 }) })` and `minimize` take.
 * Names and defaults are Keras's.
 */
export const optimizers = Object.freeze({
  sgd: (options?: SgdOptions): Sgd => new Sgd(options),
  adam: (options?: AdamOptions): Adam => new Adam(options),
  adamw: (options?: AdamOptions): AdamW => new AdamW(options),
  adamax: (options?: AdamaxOptions): Adamax => new Adamax(options),
  rmsprop: (options?: RmspropOptions): Rmsprop => new Rmsprop(options),
  adagrad: (options?: AdagradOptions): Adagrad => new Adagrad(options),
  adadelta: (options?: AdadeltaOptions): Adadelta => new Adadelta(options),
});
