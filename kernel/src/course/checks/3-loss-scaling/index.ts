import { LARGEST_SCALE, NEXT_SCALER, UNSCALE } from './loss-scaling/scales';
import { TRAIN_STEP } from './loss-scaling/train-step';
import { MASTER_STEP, SMALLEST_STEP, UPDATE_IN } from './loss-scaling/updates';

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
