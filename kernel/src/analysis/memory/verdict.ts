import { bytes, percent } from '../../display/units';
import type { Verdict } from '../../display/verdict';
import type { InferenceMemoryResult } from './inference-result';
import { OPTIMIZER_NAMES } from './options';
import type { FormatMemory, TrainingMemoryResult } from './result';
import type { LayerMemory } from './step';

/** Measured where a real step was made. */
export function peakOf({ measuredPeakBytes, predictedPeakBytes }: FormatMemory): number {
  return measuredPeakBytes ?? predictedPeakBytes;
}

/**
 * What the narrowest format saves of the peak, and the policy that has it; with one format where most of its
 * memory goes. `model` is the variable that holds the model.
 */
export function trainingMemoryVerdict(
  { formats, batchSize, optimizer }: TrainingMemoryResult,
  model: string | undefined,
): Verdict {
  const [base, ...others] = formats;
  if (base === undefined) return { sentence: 'No format was looked at.', tone: 'caution' };
  const least = others.toSorted((a, b) => peakOf(a) - peakOf(b))[0];
  if (least === undefined) {
    return {
      sentence: `Training in ${base.format} at batch ${batchSize} takes ${size(peakOf(base))} at its peak${how(base)}; the largest part is ${most(base.total)}.`,
      tone: 'good',
      ...(model !== undefined && {
        next: `%memory ${model} --batch ${batchSize}${isNamed(optimizer) ? ` --optimizer ${optimizer}` : ''}`,
      }),
    };
  }
  const saved = 1 - peakOf(least) / peakOf(base);
  if (saved <= 0) {
    return {
      sentence: `No format here takes less than ${base.format} at batch ${batchSize}: weights, gradients and the optimizer's state are fp32 in all of them, and copies of the weights come on top.`,
      tone: 'caution',
    };
  }
  const simulated =
    least.execution === 'simulated' ? ', simulated here, where it is no faster' : '';
  return {
    sentence: `${least.format} takes ${percent(saved)} less than ${base.format} at its peak, ${size(peakOf(least))} instead of ${size(peakOf(base))}${how(base)}${simulated}.`,
    tone: simulated === '' ? 'good' : 'caution',
    next: `%precision ${least.format}`,
  };
}

/** What was not measured says so. */
function how({ measuredPeakBytes }: FormatMemory): string {
  return measuredPeakBytes === null ? ', modelled' : '';
}

/** Whether weights or activations are what inference holds; weights can be had in fewer bits. */
export function inferenceMemoryVerdict(
  { weightBytes, peakActivationBytes, peakNode, peakBytes }: InferenceMemoryResult,
  model: string | undefined,
): Verdict {
  const isOfWeights = weightBytes > peakActivationBytes;
  return {
    sentence: `At its peak ${size(peakBytes)}, modelled: ${size(weightBytes)} of weights, and ${size(peakActivationBytes)} of activations at ${peakNode}.`,
    tone: 'good',
    ...(isOfWeights && model !== undefined && { next: `%quantize int8 ${model} --as small` }),
  };
}

const PARTS: Readonly<Record<keyof LayerMemory, string>> = {
  weights: 'weights',
  copies: 'copies of weights',
  gradients: 'gradients',
  optimizer: "the optimizer's state",
  activations: 'activations',
};

function isNamed(optimizer: string): boolean {
  return OPTIMIZER_NAMES.some((name) => name === optimizer);
}

function most(total: LayerMemory): string {
  const parts = Object.keys(PARTS) as (keyof LayerMemory)[];
  return PARTS[parts.reduce((a, b) => (total[b] > total[a] ? b : a))];
}

function size(value: number): string {
  return bytes(Math.round(value));
}
