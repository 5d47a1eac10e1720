import type { Rounding } from '../../../graph/build';
import type { WeightCodes } from '../../../graph/quantized-graph';
import { type IntegerRange, quantizeValue } from '../../../integer/affine';
import type { LinearNode } from '../float-graph';
import { withInputFactors } from './apply-scales';
import { diagonalBlocks, outputErrors, weightErrors } from './weight-error';

/** A scale is tried as `1 - step / STEPS` of itself, for steps up to `TRIED`. */
const STEPS = 20;
const TRIED = 10;

/**
 * AWQ's search for clipping: of each channel's and group's scale, down to just above its half, the one
 * for which the weights that share it make the least output error by themselves; larger weights take the
 * outermost code.
 * @param nearest Of the kernel with its input channels multiplied by `factors`.
 */
export function clipScales(
  node: LinearNode,
  nearest: WeightCodes,
  range: IntegerRange,
  hessian: Float64Array,
  factors: Float64Array,
): Required<Rounding> {
  const { depth, channels, groupSize } = nearest;
  const { kernel } = withInputFactors(node, factors).op;
  const blocks = diagonalBlocks(hessian, depth, groupSize);
  const best = { codes: nearest.codes.slice(), scales: nearest.scales.slice() };
  const least = new Float64Array(nearest.scales.length).fill(Infinity);
  try {
    for (let step = 0; step < TRIED; step++) {
      const scales = nearest.scales.map((scale) => scale * (1 - step / STEPS));
      const scaleAt = (i: number): number => groupOf(i, channels, groupSize);
      const codes = Int8Array.from(kernel, (w, i) =>
        quantizeValue(w, { scale: scales[scaleAt(i)] ?? 1, zeroPoint: 0 }, range),
      );
      const errors = outputErrors(
        blocks,
        weightErrors(node, { ...nearest, codes, scales }, factors),
      );
      const isBetter = errors.map((error, i) => (error < (least[i] ?? 0) ? 1 : 0));
      isBetter.forEach((better, i) => {
        if (better === 0) return;
        least[i] = errors[i] ?? 0;
        best.scales[i] = scales[i] ?? 1;
      });
      codes.forEach((code, i) => {
        if (isBetter[scaleAt(i)] === 1) best.codes[i] = code;
      });
    }
  } finally {
    blocks.dispose();
  }
  return best;
}

/** The place of a weight's scale in `WeightCodes`. */
function groupOf(index: number, channels: number, groupSize: number): number {
  return Math.floor(index / channels / groupSize) * channels + (index % channels);
}
