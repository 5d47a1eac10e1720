import { AMP_STEP } from './amp-step';
import { COMPUTE_FORMAT } from './compute-format';
import { CLIP, GLOBAL_NORM, MEAN_GRADIENT } from './gradients';
import { AMDAHL, JUDGE } from './speed';

/** The functions of assignment 4, by id. */
export const MIXED_TRAINING = {
  'compute-format': COMPUTE_FORMAT,
  'mean-gradient': MEAN_GRADIENT,
  'global-norm': GLOBAL_NORM,
  clip: CLIP,
  'amp-step': AMP_STEP,
  amdahl: AMDAHL,
  judge: JUDGE,
} as const;
