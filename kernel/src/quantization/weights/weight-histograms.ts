import { HalfnoteError } from '../../errors';
import { about } from '../../display/variable-name';
import { kindOf } from '../../models/examples';
import { QuantizedModel } from '../quantized-model';
import { WeightHistograms } from './view';

/**
 * The weights of a quantized model before and after they were rounded, layer by layer: their histograms in
 * the same bins, what rounding added in noise, scales and zero points, and what lies beyond the largest
 * number of the format. Before: as they were rounded, with normalization folded in and repairs done.
 * Nothing is computed anew: `quantize` and `convertQat` count while they have both.
 *
 * @throws HalfnoteError `unsupported-model` for what is no quantized model of tfjs.
 */
export function weightHistograms(model: QuantizedModel): WeightHistograms {
  const given: unknown = model;
  if (!(given instanceof QuantizedModel)) {
    throw new HalfnoteError(
      'unsupported-model',
      `weightHistograms() takes what quantize() or convertQat() gave of a model of tfjs, not ${kindOf(given)}.`,
      'Quantize the model first: const small = await quantize(model, { weights: "int8" }).',
    );
  }
  const { name, mode, weightFigures: layers } = given;
  const repairs = given.repair?.steps.filter((step) => step !== 'bias-correction') ?? [];
  return about(new WeightHistograms({ model: name, mode, layers, repairs }), { model: given });
}
