import { HalfnoteError } from '../../errors';

/** A learning rate as a function of the optimizer's steps. A value: it holds no state. */
export interface LearningRateSchedule {
  /** What {@link scheduleFrom} makes it of again: numbers only, so that a checkpoint can hold it. */
  readonly config: ScheduleConfig;
  /** The rate of a step, the first being 0. */
  at(step: number): number;
}

export type ScheduleConfig = { readonly schedule: ScheduleName } & Readonly<
  Record<string, string | number | boolean>
>;

export interface StepOptions {
  readonly initial: number;
  /** Steps between two changes. */
  readonly stepSize: number;
  /** Factor of a change. Default 0.1. */
  readonly gamma?: number;
}

export interface ExponentialOptions {
  readonly initial: number;
  /** Factor over `decaySteps` steps. */
  readonly decayRate: number;
  /** Default 1: the factor of each step, as PyTorch's `gamma`. */
  readonly decaySteps?: number;
  /** Changes only every `decaySteps`. Default false. */
  readonly staircase?: boolean;
}

export interface PolynomialOptions {
  readonly initial: number;
  /** Default 0. */
  readonly end?: number;
  readonly decaySteps: number;
  /** Default 1: linear. */
  readonly power?: number;
}

export interface CosineOptions {
  /** The rate from which the cosine falls. */
  readonly initial: number;
  /** Default 0. */
  readonly end?: number;
  /** Steps of the cosine, those of the warm-up not among them. */
  readonly decaySteps: number;
  /** Steps in which the rate first rises linearly to `initial`. Default 0. */
  readonly warmupSteps?: number;
  /** Where the warm-up begins. Default 0. */
  readonly warmupFrom?: number;
}

/** Learning-rate schedules: `optimizers.adamw({ learningRate: schedules.cosine({ ... }) })`. */
export const schedules = Object.freeze({
  /** The same rate at every step. */
  constant(rate: number): LearningRateSchedule {
    return schedule('constant', { rate }, () => rate);
  },

  /** `initial * gamma^floor(step / stepSize)`: PyTorch's `StepLR`. */
  step({ initial, stepSize, gamma = 0.1 }: StepOptions): LearningRateSchedule {
    needs('stepSize', stepSize, stepSize > 0);
    return schedule(
      'step',
      { initial, stepSize, gamma },
      (step) => initial * gamma ** Math.floor(step / stepSize),
    );
  },

  /** `initial * decayRate^(step / decaySteps)`: Keras's `ExponentialDecay`, PyTorch's `ExponentialLR`. */
  exponential(options: ExponentialOptions): LearningRateSchedule {
    const { initial, decayRate, decaySteps = 1, staircase = false } = options;
    needs('decaySteps', decaySteps, decaySteps > 0);
    return schedule('exponential', { initial, decayRate, decaySteps, staircase }, (step) => {
      const part = step / decaySteps;
      return initial * decayRate ** (staircase ? Math.floor(part) : part);
    });
  },

  /** From `initial` to `end` by a power: Keras's `PolynomialDecay`, PyTorch's `PolynomialLR`. */
  polynomial(options: PolynomialOptions): LearningRateSchedule {
    const { initial, end = 0, decaySteps, power = 1 } = options;
    needs('decaySteps', decaySteps, decaySteps > 0);
    return schedule('polynomial', { initial, end, decaySteps, power }, (step) => {
      const left = 1 - Math.min(step, decaySteps) / decaySteps;
      return (initial - end) * left ** power + end;
    });
  },

  /** Half a cosine from `initial` to `end`, after a linear warm-up: Keras's `CosineDecay`. */
  cosine(options: CosineOptions): LearningRateSchedule {
    const { initial, end = 0, decaySteps, warmupSteps = 0, warmupFrom = 0 } = options;
    needs('decaySteps', decaySteps, decaySteps > 0);
    needs('warmupSteps', warmupSteps, warmupSteps >= 0);
    const config = { initial, end, decaySteps, warmupSteps, warmupFrom };
    return schedule('cosine', config, (step) => {
      if (step < warmupSteps) return warmupFrom + ((initial - warmupFrom) * step) / warmupSteps;
      const part = Math.min(step - warmupSteps, decaySteps) / decaySteps;
      return end + (initial - end) * 0.5 * (1 + Math.cos(Math.PI * part));
    });
  },
});

export type ScheduleName = keyof typeof schedules;

/** True for a schedule, also one that a user wrote: an object with `at` and `config`. */
export function isSchedule(value: unknown): value is LearningRateSchedule {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { at?: unknown }).at === 'function'
  );
}

/**
 * The schedule that a config tells.
 * @throws HalfnoteError `unknown-schedule`.
 */
export function scheduleFrom(config: ScheduleConfig): LearningRateSchedule {
  const { schedule: name, ...options } = config;
  const make = Object.hasOwn(schedules, name) ? schedules[name] : undefined;
  if (make === undefined) {
    throw new HalfnoteError(
      'unknown-schedule',
      `"${name}" is not a learning-rate schedule; allowed are ${Object.keys(schedules).join(', ')}.`,
    );
  }
  if (name === 'constant') return schedules.constant(Number(options['rate']));
  return (make as (options: object) => LearningRateSchedule)(options);
}

function schedule(
  name: ScheduleName,
  options: Readonly<Record<string, number | boolean>>,
  at: (step: number) => number,
): LearningRateSchedule {
  for (const [key, value] of Object.entries(options)) {
    needs(key, value, typeof value === 'boolean' || Number.isFinite(value));
  }
  return Object.freeze({ config: Object.freeze({ schedule: name, ...options }), at });
}

function needs(name: string, value: unknown, ok: boolean): void {
  if (ok) return;
  throw new HalfnoteError(
    'invalid-schedule',
    `${name} of a learning-rate schedule is ${String(value)}; allowed are finite numbers, ` +
      'and for counts of steps numbers > 0.',
  );
}
