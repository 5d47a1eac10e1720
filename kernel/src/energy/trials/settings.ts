import { HalfnoteError, shown } from '../../errors';

/** How trials are made. Nothing needs to be said. */
export interface TrialsOptions {
  /** How many a variant; `auto`, the default: until the precision is reached or the budget ends, 10 at least. */
  readonly trials?: number | 'auto';
  /** Half the interval's width as a share of the value, for energy and time. Default 0.05. */
  readonly precision?: number;
  /** Seconds for everything. Default 120; without an end for a number of trials. */
  readonly budgetS?: number;
  /** Runs of each variant that aren't measured. Default: as many as a trial takes. */
  readonly warmUp?: number;
  /** Seconds of rest before each trial. Default 0.2. */
  readonly coolDownS?: number;
  /** Of the order of the variants and the lengths of rests. Default 1. */
  readonly seed?: number;
}

export interface TrialSettings {
  readonly trials: number | 'auto';
  /** Null: not asked for, as with a number of trials. */
  readonly precision: number | null;
  /** Null: without an end. */
  readonly budgetS: number | null;
  /** Null: as many as a trial takes. */
  readonly warmUp: number | null;
  readonly coolDownS: number;
  readonly seed: number;
}

const PRECISION = 0.05;
const BUDGET_S = 120;
const COOL_DOWN_S = 0.2;

/**
 * The settings in force.
 * @throws HalfnoteError `invalid-option` that names the option, its value and what is allowed.
 */
export function trialSettings(options: TrialsOptions = {}): TrialSettings {
  const {
    trials = 'auto',
    precision,
    budgetS,
    warmUp,
    coolDownS = COOL_DOWN_S,
    seed = 1,
  } = options;
  const auto = trials === 'auto';
  if (!auto) check('trials', trials, isCount, '"auto" or a whole number from 1');
  if (precision !== undefined)
    check('precision', precision, isShare, 'a share such as 0.05, above 0 and below 1');
  if (budgetS !== undefined) check('budgetS', budgetS, isPositive, 'a number of seconds above 0');
  if (warmUp !== undefined)
    check('warmUp', warmUp, (n) => n === 0 || isCount(n), 'a whole number from 0');
  check('coolDownS', coolDownS, (n) => n === 0 || isPositive(n), 'a number of seconds from 0');
  check('seed', seed, Number.isSafeInteger, 'a whole number');
  return {
    trials,
    precision: precision ?? (auto ? PRECISION : null),
    budgetS: budgetS ?? (auto ? BUDGET_S : null),
    warmUp: warmUp ?? null,
    coolDownS,
    seed,
  };
}

function check(
  name: string,
  value: unknown,
  allowed: (value: number) => boolean,
  what: string,
): void {
  if (typeof value === 'number' && allowed(value)) return;
  throw new HalfnoteError('invalid-option', `${name} is ${shown(value)}; it must be ${what}.`);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1;
}

function isPositive(value: number): boolean {
  return value > 0 && Number.isFinite(value);
}

function isShare(value: number): boolean {
  return value > 0 && value < 1;
}
