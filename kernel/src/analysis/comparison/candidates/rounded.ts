import * as tf from '@tensorflow/tfjs';
import { withPrecision } from '../../../precision/scope';
import type { WeightFormat } from '../../../graph/quantized-graph';
import { ruleOf } from '../../../graph/scale-rules';
import { packedWeightBytes } from '../../../graph/weight-bytes';
import { decodeWeights, encodeWeights, isBlockFormat } from '../../../graph/weight-codes';
import { INT8 } from '../../../integer/affine';
import { channelCount } from '../../../schemes/channels';
import { cloneModel } from '../../../models/walk';
import { predict, type Candidate, type Source } from './candidate';

/**
 * Weights of two axes and more rounded to a format, as `quantize` rounds those of the layers that it
 * takes: with a scale per output channel, in the format's own blocks along a channel, or as they are.
 * Products run in fp32.
 */
export async function roundedCandidate(
  { format, model, facts }: Source,
  { weights: own }: { readonly weights: WeightFormat },
): Promise<Candidate> {
  const rule = ruleOf(own);
  const scheme = { format: own, granularity: 'per-channel', rule, int8: INT8 } as const;
  const clone = await cloneModel(model);
  const how = isBlockFormat(own)
    ? 'in blocks with a scale each'
    : rule === 'none'
      ? 'without a scale'
      : 'with one scale per output channel';
  let weightBytes = 0;
  for (const weight of clone.weights) {
    const tensor = weight.read();
    if (weight.shape.length < 2 || weight.dtype !== 'float32') {
      weightBytes += 4 * tensor.size;
      continue;
    }
    const channels = channelCount(weight.originalName, tensor.shape);
    const matrix = tensor.dataSync<'float32'>();
    const codes = encodeWeights(matrix, channels, scheme, weight.originalName);
    weightBytes += packedWeightBytes(codes);
    const low = tf.tensor(decodeWeights(codes), tensor.shape);
    weight.write(low);
    low.dispose();
  }
  return {
    format,
    execution: 'simulated',
    engine: facts.formats.fp32.engine,
    runtime: 'layers',
    note: `Only weights are in the format, ${how}; they are widened, and products run in fp32.`,
    weightBytes,
    run: (x) => withPrecision('fp32', () => predict(clone, x)),
    dispose() {
      for (const weight of clone.weights) weight.dispose();
    },
  };
}
