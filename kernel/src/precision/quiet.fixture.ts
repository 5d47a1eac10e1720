import type * as tf from '@tensorflow/tfjs';

/** `verbose` of a fit that prints nothing. */
// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- tfjs doesn't export the enum
export const QUIET = 0 as NonNullable<tf.ModelFitArgs['verbose']>;
