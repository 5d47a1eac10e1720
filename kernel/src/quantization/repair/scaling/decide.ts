import type { Tensor } from '@tensorflow/tfjs';
import type { Rounding } from '../../../graph/build';
import { hessianOf } from '../gptq/hessian';
import type { RepairSettings, ScalingReport } from '../options';
import type { RoundKernel } from '../rounding';
import { withInputFactors } from './apply-scales';
import { type AwqOptions, searchFactors } from './awq';
import { channelSizes } from './channel-sizes';
import { clipScales } from './clip';
import type { ScaleGroup } from './groups';
import { ALPHA, integerError, smoothFactors } from './smoothquant';
import { diagonalBlocks, outputErrorOf, weightErrors } from './weight-error';

/** What is done to a group of products. */
export interface Decision {
  readonly method: ScalingReport['method'];
  readonly group: ScaleGroup;
  readonly alpha: number;
  /** Undefined: none. */
  readonly factors: Float64Array | undefined;
  /** By product: mean squared error of its outputs, before the activation, and without factors. */
  readonly errors: readonly number[];
  readonly nearestErrors: readonly number[];
  /** By node id. */
  readonly clipped: ReadonlyMap<string, Rounding>;
  /** By product: how many of its weights' scales were shrunk. */
  readonly clippedScales: readonly number[];
  /** Why there are no factors. */
  readonly kept?: string;
}

export function awqOf(
  group: ScaleGroup,
  inputs: readonly Tensor[],
  round: RoundKernel,
  options: AwqOptions = {},
): Decision {
  const measured = group.nodes.map((node) => {
    const { blocks, depth } = hessianOf(node.op.geometry, inputs);
    const matrix = blocks[0] ?? new Float64Array();
    return { node, matrix, hessian: diagonalBlocks(matrix, depth, depth) };
  });
  try {
    const { meanAbs } = channelSizes(inputs);
    const { alpha, factors, errors, nearestErrors } = searchFactors(
      measured,
      meanAbs,
      round,
      options,
    );
    const best = [...errors];
    const clipped = new Map<string, Rounding>();
    const clippedScales = measured.map(({ node, matrix, hessian }, i) => {
      const rounded = round(withInputFactors(node, factors));
      if (options.clip === false || rounded?.range === undefined) return 0;
      const { granularity, rule } = rounded.scheme;
      // A scale of one channel's alone is shrunk, and not to a power of two.
      if (granularity === 'per-tensor' || rule === 'power-of-two') return 0;
      const { weights, range } = rounded;
      const found = clipScales(node, weights, range, matrix, factors);
      const error = outputErrorOf(hessian, weightErrors(node, { ...weights, ...found }, factors));
      if (!(error < (best[i] ?? 0))) return 0;
      best[i] = error;
      clipped.set(node.id, found);
      return found.scales.filter((scale, at) => scale !== weights.scales[at]).length;
    });
    return {
      method: 'awq',
      group,
      alpha,
      factors: alpha === 0 ? undefined : factors,
      errors: best,
      nearestErrors,
      clipped,
      clippedScales,
      ...(alpha === 0 ? { kept: 'no factors lower the error on the examples' } : {}),
    };
  } finally {
    for (const { hessian } of measured) hessian.dispose();
  }
}

export function smoothOf(
  group: ScaleGroup,
  inputs: readonly Tensor[],
  round: RoundKernel,
  { smoothquant: { alpha = ALPHA } = {} }: RepairSettings,
): Decision {
  const errorsWith = (factors: Float64Array): number[] =>
    group.nodes.map((node) => integerError(node, inputs, factors, round));
  const ones = new Float64Array(group.channels).fill(1);
  const nearestErrors = errorsWith(ones);
  const none = {
    method: 'smoothquant',
    group,
    alpha: 0,
    factors: undefined,
    errors: nearestErrors,
    nearestErrors,
    clipped: new Map(),
    clippedScales: [],
  } as const;
  if (group.source.node === undefined) return { ...none, kept: group.source.reason };
  const factors = smoothFactors(group.nodes, channelSizes(inputs).maxAbs, alpha);
  const errors = errorsWith(factors);
  const isWorse = errors.some((error, i) => !(error <= (nearestErrors[i] ?? 0)));
  if (isWorse) return { ...none, kept: 'the error on the examples would be larger' };
  return { ...none, alpha, factors, errors };
}
