import { COMPUTE_FORMATS } from '../../formats/names';

export const MEMORY_FORMATS = COMPUTE_FORMATS;

/** tfjs's optimizers by name. */
export const OPTIMIZER_NAMES = [
  'sgd',
  'momentum',
  'adagrad',
  'adadelta',
  'rmsprop',
  'adam',
  'adamax',
] as const;

export type OptimizerName = (typeof OPTIMIZER_NAMES)[number];
