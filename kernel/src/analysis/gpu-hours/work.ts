import { HalfnoteError } from '../../errors';
import { multiply, ratio } from '../../quantities/arithmetic';
import { combined, exact } from '../../quantities/make';
import type { Quantity } from '../../quantities/quantity';
import { cited } from '../../quantities/publication';
import { si, significant } from '../../display/units';
import { acceleratorNamed, peakOf } from './accelerators';
import { positiveQuantity, requireCount, requirePositive } from './checks';
import { trainingFlops } from './model-flops';
import type { ResourceOptions, WorkOptions } from './options';

/** Work in units that repeat: steps that were measured, samples by their FLOPs, or the training as a whole. */
export interface Work {
  readonly unit: 'step' | 'sample' | 'training';
  /** Seconds of one device for a unit. */
  readonly unitS: Quantity;
  /** FLOPs of a unit, where the work is known by them. */
  readonly flops: number | null;
  /** Units of an epoch, where samples are known. */
  readonly perEpoch: number | null;
  readonly assumptions: readonly string[];
}

/** Model FLOPs utilization of four trainings: mean, lowest and highest. */
const UTILIZATION = {
  value: 0.326,
  low: 0.213,
  high: 0.462,
  source:
    'PaLM (Chowdhery et al. 2022, arXiv:2204.02311), table 3: GPT-3 21.3%, MT-NLG 30.2%, Gopher 32.5%, PaLM 46.2%',
} as const;

/**
 * The unit of work and what it takes.
 * @param caller the function that is asked, for messages.
 * @throws HalfnoteError `invalid-argument` for none or two kinds of work, or a figure out of bounds.
 */
export async function workOf(
  options: WorkOptions & ResourceOptions,
  caller: string,
): Promise<Work> {
  const kinds = [options.stepS, options.flops, options.flopsPerSample, options.model].filter(
    (given) => given !== undefined,
  );
  if (kinds.length !== 1) {
    throw new HalfnoteError(
      'invalid-argument',
      `The work is given ${kinds.length === 0 ? 'in no way' : 'in several ways'}.`,
      'Give one of stepS (seconds of a step, as measured), model, flopsPerSample and flops.',
    );
  }
  return options.stepS === undefined ? byFlops(options, caller) : bySteps(options.stepS, options);
}

function bySteps(stepS: number | Quantity, { samples, batchSize }: WorkOptions): Work {
  const unitS = positiveQuantity(stepS, 'stepS', 1e7, 'estimated');
  if (samples !== undefined) requireCount(samples, 'samples');
  if (batchSize !== undefined) requireCount(batchSize, 'batchSize');
  const perEpoch =
    samples === undefined || batchSize === undefined ? null : Math.ceil(samples / batchSize);
  return {
    unit: 'step',
    unitS,
    flops: null,
    perEpoch,
    assumptions: [
      `A step takes ${si(unitS.value, 's')} of one device, as given; all steps take as long as this one, on devices like the one that it was measured on.`,
      ...(perEpoch === null
        ? []
        : [`An epoch is ${samples} samples in batches of ${batchSize}: ${perEpoch} steps.`]),
    ],
  };
}

async function byFlops(options: WorkOptions & ResourceOptions, caller: string): Promise<Work> {
  const { samples } = options;
  if (samples !== undefined) requireCount(samples, 'samples');
  const peak = peakFlops(options);
  const used = utilization(options);
  const { flops, unit, says } = await flopsOf(options, caller);
  const rate = multiply(peak.value, used.value);
  return {
    unit,
    unitS: ratio(exact(flops, { method: 'modelled' }), rate),
    flops,
    perEpoch: unit === 'sample' ? (samples ?? null) : null,
    assumptions: [says, peak.says, used.says],
  };
}

interface CountedFlops {
  readonly flops: number;
  readonly unit: 'sample' | 'training';
  readonly says: string;
}

async function flopsOf(
  { flops, flopsPerSample, model, batchSize }: WorkOptions,
  caller: string,
): Promise<CountedFlops> {
  const hint = 'FLOPs count a multiply-add as two.';
  if (flops !== undefined) {
    requirePositive(flops, 'flops', 1e35, hint);
    return {
      flops,
      unit: 'training',
      says: `The training takes ${significant(flops)} FLOPs, as given.`,
    };
  }
  if (flopsPerSample !== undefined) {
    requirePositive(flopsPerSample, 'flopsPerSample', 1e30, hint);
    const says = `Training on a sample takes ${significant(flopsPerSample)} FLOPs, as given.`;
    return { flops: flopsPerSample, unit: 'sample', says };
  }
  // `workOf` has made sure that one of them is there.
  const counted = await trainingFlops(model as NonNullable<typeof model>, batchSize, caller);
  return { ...counted, unit: 'sample' };
}

interface Stated {
  readonly value: Quantity;
  readonly says: string;
}

function peakFlops({ peakFlops: given, device, format }: ResourceOptions): Stated {
  if (given !== undefined) {
    requirePositive(
      given,
      'peakFlops',
      1e20,
      'It is FLOP/s of one device: 312e12 for an A100 in bf16.',
    );
    return {
      value: exact(given, { method: 'estimated' }),
      says: `A device does ${significant(given / 1e12)} TFLOP/s at its peak, as given.`,
    };
  }
  if (device === undefined) {
    throw new HalfnoteError(
      'invalid-argument',
      'From FLOPs to hours takes the peak of a device, and none is given.',
      'Give peakFlops in FLOP/s, or an accelerator as device: a100, h100, ... %roofline measures the peak here.',
    );
  }
  const found = acceleratorNamed(device);
  const wanted = format ?? ('bf16' in found.peakFlops ? 'bf16' : 'fp16');
  const peak = peakOf(found, wanted);
  return {
    value: exact(peak, { method: 'literature' }),
    says: `The ${found.name} does ${significant(peak / 1e12)} TFLOP/s in ${wanted} at its peak, dense (${cited(found.source)}).`,
  };
}

function utilization({ utilization: given }: ResourceOptions): Stated {
  if (given !== undefined) {
    requirePositive(
      given,
      'utilization',
      1,
      'It is the share of the peak that is reached: 0.3 to 0.5 in good trainings of large models.',
    );
    return {
      value: exact(given, { method: 'estimated' }),
      says: `${significant(given * 100)}% of the peak is reached, as given.`,
    };
  }
  const { value, low, high, source } = UTILIZATION;
  return {
    value: combined(
      value,
      { systematic: { below: value - low, above: high - value } },
      { method: 'literature', samples: 4 },
    ),
    says: `${significant(value * 100)}% of the peak is reached, from ${significant(low * 100)}% to ${significant(high * 100)}%: ${source}. Small models reach less; measure a step to be sure.`,
  };
}

/** How many units there are. @throws HalfnoteError `invalid-argument` where that can't be told. */
export function unitsOf(work: Work, { steps, epochs }: WorkOptions): number {
  if (work.unit === 'training') return 1;
  if (work.unit === 'step' && steps !== undefined) {
    requireCount(steps, 'steps');
    return steps;
  }
  if (work.perEpoch === null) {
    throw new HalfnoteError(
      'invalid-argument',
      'How much is to be trained is not given.',
      work.unit === 'step'
        ? 'Give steps; or samples and batchSize, with epochs.'
        : 'Give samples, with epochs.',
    );
  }
  if (epochs !== undefined)
    requirePositive(epochs, 'epochs', 1e9, 'It may be a fraction: 0.5 of an epoch.');
  return Math.ceil(work.perEpoch * (epochs ?? 1));
}
