import { fromTable } from '../../errors';
import type { AdaRoundOptions, LearnedRounding } from './adaround';
import type { EqualiseOptions } from './equalise';
import type { Unpaired } from './pairs';

/** What can be done to a float model so that rounding its weights harms less. */
export type RepairStep = 'equalise' | 'bias-correction' | 'adaround';

export interface RepairOptions {
  /** In any order: they are done as equalise, adaround, bias-correction. */
  readonly steps: readonly RepairStep[];
  readonly equalise?: EqualiseOptions & {
    /**
     * ReLU6 stands in the way of rescaling. `open` makes it a ReLU, as published, which changes
     * outputs where a value is above 6; `keep` leaves such pairs as they are. Default `open`.
     */
    readonly relu6?: 'open' | 'keep';
    /** Moves high biases past the ReLU where normalization tells of them. Default true. */
    readonly absorb?: boolean;
  };
  readonly adaround?: AdaRoundOptions;
}

/** What was done to one layer. */
export interface LayerRepair {
  readonly id: string;
  /** How the bias was corrected. */
  readonly correction?: 'empirical' | 'analytic';
  /** Root mean square of what was added to the bias, in units of the layer's outputs. */
  readonly correctionRms?: number;
  /** AdaRound's mean squared error on the examples, that of rounding to nearest, codes changed. */
  readonly rounding?: Omit<LearnedRounding, 'codes'>;
}

export interface RepairReport {
  readonly steps: readonly RepairStep[];
  /** Pairs of layers that were equalised, by id. */
  readonly pairs: readonly (readonly [first: string, second: string])[];
  readonly unpaired: readonly Unpaired[];
  readonly layers: readonly LayerRepair[];
  /** What needs to be known, as sentences. */
  readonly notes: readonly string[];
}

const STEPS: Readonly<Record<RepairStep, true>> = {
  equalise: true,
  'bias-correction': true,
  adaround: true,
};

/**
 * The steps as they were given, each once.
 * @throws HalfnoteError `unknown-repair`.
 */
export function checkSteps(steps: readonly string[]): RepairStep[] {
  for (const step of steps) fromTable(STEPS, step, 'repair');
  return [...new Set(steps)] as RepairStep[];
}
