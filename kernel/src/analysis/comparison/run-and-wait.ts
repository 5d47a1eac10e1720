import * as tf from '@tensorflow/tfjs';
import type { Candidate, Outputs } from './candidates/candidate';

/** One batch, with its outputs read, so that all work is done when it returns. */
export function runAndWait(candidate: Pick<Candidate, 'run'>, batch: Outputs): void {
  const outputs = candidate.run(batch);
  for (const output of [outputs].flat()) output.dataSync();
  tf.dispose(outputs);
}
