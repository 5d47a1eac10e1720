import { CALIBRATION } from './claims/calibration';
import { ENERGY_OF_IDLING } from './claims/energy-of-idling';
import { FP8 } from './claims/fp8';
import { GRANULARITY } from './claims/granularity';
import { INT4 } from './claims/int4';
import { INT8 } from './claims/int8';
import { KEEPS_ACCURACY } from './claims/keeps-accuracy';
import { KV_CACHE } from './claims/kv-cache';
import { LOSS_SCALING } from './claims/loss-scaling';
import { METERS } from './claims/meters';
import { QAT } from './claims/qat';
import { SIXTEEN_BIT } from './claims/sixteen-bit';
import type { TestedClaim } from './tested-claim';

/** Claims that notebooks under `notebooks/research` put to the test, in the order of the table of verdicts. */
export const TESTED_CLAIMS: readonly TestedClaim[] = [
  ...SIXTEEN_BIT,
  ...FP8,
  ...INT8,
  ...INT4,
  ...KEEPS_ACCURACY,
  ...LOSS_SCALING,
  ...GRANULARITY,
  ...QAT,
  ...CALIBRATION,
  ...KV_CACHE,
  ...ENERGY_OF_IDLING,
  ...METERS,
];
