import { fromTable, HalfnoteError } from '../../errors';
import type { WeightCodes } from '../../graph/quantized-graph';
import type { AdaRoundOptions, LearnedRounding } from './adaround';
import type { EqualizeOptions } from './equalize';
import type { GptqOptions } from './gptq/gptq';
import type { Unpaired } from './pairs';
import type { AwqOptions } from './scaling/awq';
import type { SmoothQuantOptions } from './scaling/smoothquant';

/** What can be done to a float model so that rounding its weights harms less. */
export type RepairStep =
  'equalize' | 'bias-correction' | 'adaround' | 'gptq' | 'awq' | 'smoothquant';

/** A step as it may be written: by the spelling that 0.1 had, too. */
export type RepairStepName = RepairStep | 'equalise';

export interface RepairOptions {
  /**
   * In any order: they are done as equalize, awq or smoothquant, adaround or gptq, bias-correction.
   */
  readonly steps: readonly RepairStepName[];
  readonly equalize?: EqualizeSettings;
  /** The same, as 0.1 spelled it. */
  readonly equalise?: EqualizeSettings;
  readonly adaround?: AdaRoundOptions & { readonly regularisation?: number };
  readonly gptq?: GptqOptions;
  readonly awq?: AwqOptions;
  readonly smoothquant?: SmoothQuantOptions;
}

/** The options, checked: each step once, by its name. */
export interface RepairSettings {
  readonly steps: readonly RepairStep[];
  readonly equalize?: EqualizeSettings;
  readonly adaround?: AdaRoundOptions;
  readonly gptq?: GptqOptions;
  readonly awq?: AwqOptions;
  readonly smoothquant?: SmoothQuantOptions;
}

export interface EqualizeSettings extends EqualizeOptions {
  /**
   * ReLU6 stands in the way of rescaling. `open` makes it a ReLU, as published, which changes outputs
   * where a value is above 6; `keep` leaves such pairs as they are. Default `open`.
   */
  readonly relu6?: 'open' | 'keep';
  /** Moves high biases past the ReLU where normalization tells of them. Default true. */
  readonly absorb?: boolean;
}

/** What was done to one layer. */
export interface LayerRepair {
  readonly id: string;
  /** How the bias was corrected. */
  readonly correction?: 'empirical' | 'analytic';
  /** Root mean square of what was added to the bias, in units of the layer's outputs. */
  readonly correctionRms?: number;
  /** How codes other than the nearest were found. */
  readonly rounding?: RoundingReport;
  /** What its input's channels were divided by, and its weights multiplied with. */
  readonly scaling?: ScalingReport;
}

/** Mean squared errors of a layer's outputs on the float model's examples, before its activation. */
export interface ScalingReport {
  readonly method: 'awq' | 'smoothquant';
  /** 0 where there are no factors. */
  readonly alpha: number;
  readonly error: number;
  /** By rounding to nearest alone. */
  readonly nearestError: number;
  /** The node that divides: one before it, or one of its own. Undefined where there are no factors. */
  readonly into: string | undefined;
  /** How many scales of its weights were shrunk. */
  readonly clipped: number;
  /** Why there are no factors; undefined where there are. */
  readonly kept?: string;
}

/** Mean squared errors of a layer's outputs on the examples, after its activation; codes changed. */
export interface RoundingReport extends Omit<LearnedRounding, 'codes'> {
  readonly method: 'adaround' | 'gptq';
  /** Why the layer stays with the nearest codes; undefined where it doesn't. */
  readonly kept?: string;
}

/** A layer's codes, and what is told of how they were found. */
export interface ChosenRounding {
  readonly weights: WeightCodes;
  readonly report: RoundingReport;
}

export interface RepairReport {
  readonly steps: readonly RepairStep[];
  /** Pairs of layers that were equalized, by id. */
  readonly pairs: readonly (readonly [first: string, second: string])[];
  readonly unpaired: readonly Unpaired[];
  readonly layers: readonly LayerRepair[];
  /** What needs to be known, as sentences. */
  readonly notes: readonly string[];
}

const STEPS: Readonly<Record<RepairStep, true>> = {
  equalize: true,
  'bias-correction': true,
  adaround: true,
  gptq: true,
  awq: true,
  smoothquant: true,
};

/** Steps that do the same thing in different ways. */
const EXCLUSIVE: readonly (readonly [RepairStep, RepairStep, what: string])[] = [
  ['adaround', 'gptq', 'choose the codes of weights'],
  ['awq', 'smoothquant', 'scale the inputs of layers'],
];

const RANGES = { absmax: true, span: true } as const;
const RELU6 = { open: true, keep: true } as const;

/** The step that a name stands for; another word stays as it is. */
export function repairStepOf(name: string): string {
  return name === 'equalise' ? 'equalize' : name;
}

/**
 * The options with each step once.
 * @throws HalfnoteError `unknown-repair`, `unknown-range`, `unknown-treatment-of-relu6`, `invalid-option`.
 */
export function checkRepair(options: RepairOptions): RepairSettings {
  const steps = options.steps.map(repairStepOf);
  for (const step of steps) fromTable(STEPS, step, 'repair');
  for (const [one, other, what] of EXCLUSIVE) {
    if (!steps.includes(one) || !steps.includes(other)) continue;
    throw new HalfnoteError(
      'invalid-option',
      `The repairs '${one}' and '${other}' both ${what}; allowed is one of them.`,
    );
  }
  const equalize = options.equalize ?? options.equalise;
  const { range = 'absmax', relu6 = 'open', maxIterations, tolerance } = equalize ?? {};
  fromTable(RANGES, range, 'range');
  fromTable(RELU6, relu6, 'treatment of ReLU6');
  needs('equalize.maxIterations', maxIterations, isCount, 'integers from 1 on');
  needs('equalize.tolerance', tolerance, (x) => x >= 0, 'numbers from 0 on');
  const { regularisation, ...rest } = options.adaround ?? {};
  const adaround = {
    ...(regularisation !== undefined && { regularization: regularisation }),
    ...rest,
  };
  const { iterations, batchSize, learningRate, regularization, beta, warmUp, seed } = adaround;
  needs('adaround.iterations', iterations, isCount, 'integers from 1 on');
  needs('adaround.batchSize', batchSize, isCount, 'integers from 1 on');
  needs('adaround.learningRate', learningRate, (x) => x > 0, 'numbers above 0');
  needs('adaround.regularization', regularization, (x) => x >= 0, 'numbers from 0 on');
  for (const exponent of beta ?? []) {
    needs('adaround.beta', exponent, (x) => x >= 1, 'two numbers from 1 on, the start and the end');
  }
  needs('adaround.warmUp', warmUp, (x) => x >= 0 && x <= 1, 'numbers from 0 to 1');
  needs('adaround.seed', seed, Number.isInteger, 'integers');
  const { gptq } = options;
  needs('gptq.percdamp', gptq?.percdamp, (x) => x >= 0, 'numbers from 0 on');
  needs('gptq.blockSize', gptq?.blockSize, isCount, 'integers from 1 on');
  needsFlag('gptq.actOrder', gptq?.actOrder);
  needsFlag('gptq.compensateInputs', gptq?.compensateInputs);
  const { awq, smoothquant } = options;
  needs('awq.grid', awq?.grid, isCount, 'integers from 1 on');
  needsFlag('awq.clip', awq?.clip);
  needs('smoothquant.alpha', smoothquant?.alpha, (x) => x >= 0 && x <= 1, 'numbers from 0 to 1');
  return {
    steps: [...new Set(steps as readonly RepairStep[])],
    ...(equalize && { equalize }),
    ...(options.adaround && { adaround }),
    ...(gptq && { gptq }),
    ...(awq && { awq }),
    ...(smoothquant && { smoothquant }),
  };
}

function needsFlag(name: string, value: unknown): void {
  if (value === undefined || typeof value === 'boolean') return;
  throw new HalfnoteError(
    'invalid-option',
    `${name} is ${JSON.stringify(value)}; allowed are true and false.`,
  );
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value > 0;
}

function needs(
  name: string,
  value: number | undefined,
  isAllowed: (value: number) => boolean,
  allowed: string,
): void {
  if (value === undefined || (Number.isFinite(value) && isAllowed(value))) return;
  throw new HalfnoteError('invalid-option', `${name} is ${String(value)}; allowed are ${allowed}.`);
}
