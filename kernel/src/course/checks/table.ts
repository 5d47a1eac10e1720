import { FORMATS_BY_HAND } from './1-formats';
import { LOST_NUMBERS } from './2-lost-numbers';
import { LOSS_SCALING } from './3-loss-scaling';
import { MIXED_TRAINING } from './4-mixed-training';
import { LINEAR_QUANTIZATION } from './5-linear-quantization';
import { PTQ_TO_QAT } from './6-ptq-to-qat';
import { KV_CACHE } from './7-kv-cache';
import { JOULES } from './8-joules';

/** The functions of each assignment, by id. An id is unique over all of them. */
export const ASSIGNMENTS = {
  '1-formats': FORMATS_BY_HAND,
  '2-lost-numbers': LOST_NUMBERS,
  '3-loss-scaling': LOSS_SCALING,
  '4-mixed-training': MIXED_TRAINING,
  '5-linear-quantization': LINEAR_QUANTIZATION,
  '6-ptq-to-qat': PTQ_TO_QAT,
  '7-kv-cache': KV_CACHE,
  '8-joules': JOULES,
} as const;

/** Every function that an assignment asks for. */
export const CHECKS = {
  ...FORMATS_BY_HAND,
  ...LOST_NUMBERS,
  ...LOSS_SCALING,
  ...MIXED_TRAINING,
  ...LINEAR_QUANTIZATION,
  ...PTQ_TO_QAT,
  ...KV_CACHE,
  ...JOULES,
} as const;

/** The name of a check. */
export type CheckId = keyof typeof CHECKS;

/** The arguments of the function that a check tries. */
export type ArgumentsOf<Id extends CheckId> = Parameters<(typeof CHECKS)[Id]['reference']>;
