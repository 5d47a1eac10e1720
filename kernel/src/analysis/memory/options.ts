import { COMPUTE_FORMATS } from '../../formats/names';

export const MEMORY_FORMATS = COMPUTE_FORMATS;

/** tfjs's optimizers by name, and ours that `model.compile` takes by one. */
export const OPTIMIZER_NAMES = [
  'sgd',
  'momentum',
  'adagrad',
  'adadelta',
  'rmsprop',
  'adam',
  'adamw',
  'adamax',
] as const;

export type OptimizerName = (typeof OPTIMIZER_NAMES)[number];
