import { HalfnoteError } from '../../errors';
import { significant } from '../../display/units';
import type { FloatModel } from '../../models/graph-model';
import { costOf } from '../cost/model-cost';

/**
 * FLOPs of training on one sample, as `modelCost` counts them.
 * @param batchSize of the step; default 1, or what the model is built for.
 * @param caller the function that was given the model.
 * @throws HalfnoteError as `modelCost`, and `unsupported-model` for a model without products.
 */
export async function trainingFlops(
  model: FloatModel,
  batchSize: number | undefined,
  caller: string,
): Promise<{ readonly flops: number; readonly says: string }> {
  const cost = await costOf(model, batchSize === undefined ? {} : { batchSize }, caller);
  const flops = cost.trainingFlops / cost.batchSize;
  if (flops > 0) {
    return {
      flops,
      says: `Training on a sample takes ${significant(flops)} FLOPs: the products of ${cost.model}, forward and of the gradients, as modelCost counts them.`,
    };
  }
  throw new HalfnoteError(
    'unsupported-model',
    `${cost.model} trains no products that are counted.`,
    'Give flopsPerSample, or a measured step as stepS.',
  );
}
