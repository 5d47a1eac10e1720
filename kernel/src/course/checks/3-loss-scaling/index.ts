import { LARGEST_SCALE, NEXT_SCALER, UNSCALE } from './scales';
import { TRAIN_STEP } from './train-step';
import { MASTER_STEP, SMALLEST_STEP, UPDATE_IN } from './updates';

/** The functions of assignment 3, by id. */
export const LOSS_SCALING = {
  'update-in': UPDATE_IN,
  'smallest-step': SMALLEST_STEP,
  'master-step': MASTER_STEP,
  'largest-scale': LARGEST_SCALE,
  unscale: UNSCALE,
  'next-scaler': NEXT_SCALER,
  'train-step': TRAIN_STEP,
} as const;
