import type { ComputeFormat } from '../../backend/contract';

export const MEMORY_FORMATS = [
  'fp32',
  'tf32',
  'bf16',
  'fp16',
  'fp8',
] as const satisfies readonly ComputeFormat[];

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
