import { limits } from '../formats/limits';
import { elementOf } from './float-codes';
import type { WeightCodes } from './quantized-graph';
import { decodeWeights, isFloatFormat } from './weight-codes';

/** What a cast without a scale lost of weights: those beyond the format, and those that became zero. */
export function castNotes(id: string, kernel: Float32Array, weights: WeightCodes): string[] {
  const { format, scales } = weights;
  if (!isFloatFormat(format) || scales.length > 0) return [];
  const { max, minSubnormal } = limits(elementOf(format));
  const values = decodeWeights(weights);
  const beyond = kernel.reduce((n, w) => n + (Math.abs(w) > max ? 1 : 0), 0);
  const gone = kernel.reduce((n, w, i) => n + (w !== 0 && values[i] === 0 ? 1 : 0), 0);
  const of = `of ${kernel.length} weights of '${id}'`;
  const hint = `with a scale (scaleRule: 'absmax') they would not`;
  return [
    ...(beyond === 0
      ? []
      : [
          `${beyond} ${of} are beyond ±${max}, the largest of ${format}, and became that: ${hint}.`,
        ]),
    ...(gone === 0
      ? []
      : [
          `${gone} ${of} are less than half of ${minSubnormal}, the least of ${format}, and became 0.`,
        ]),
  ];
}
