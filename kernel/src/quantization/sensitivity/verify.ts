import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { inFloat } from '../../graph/in-float';
import type { QuantizedModel } from '../quantized-model';
import { addBatch, referenceOf, zeroSums } from './metrics';
import type { SensitivityRow } from './result';
import { figures } from './sensitivity';
import { batchesOf, type SensitivitySettings } from './settings';

/** What a whole quantized model does on the data, and the bytes of weights that it keeps. */
export interface Outcome extends Pick<
  SensitivityRow,
  'sqnrDb' | 'relativeNoise' | 'kl' | 'score' | 'drop' | 'scoreTest'
> {
  readonly bytes: number;
}

/** Measures a quantized model against the float model on the data, and frees it. */
export async function measureQuantized(
  model: tf.LayersModel,
  quantized: QuantizedModel,
  { data, batchSize, scorer }: SensitivitySettings,
  floatScore: number,
): Promise<Outcome> {
  const sums = zeroSums();
  try {
    for (const { inputs, labels } of batchesOf(data, batchSize)) {
      const expected = inFloat(() => outputs(model.predict(inputs, { batchSize })));
      const actual = outputs(quantized.predict(inputs, { batchSize }));
      addBatch(sums, referenceOf(expected, labels, scorer), actual, scorer);
      tf.dispose([expected, actual]);
      await new Promise(setImmediate);
    }
    const score = sums.score / sums.rows;
    return {
      ...figures(sums, score, floatScore, scorer.metric),
      bytes: quantized.weightBytes,
    };
  } finally {
    quantized.dispose();
  }
}

function outputs(values: Tensor | Tensor[]): Tensor[] {
  return [values].flat();
}
