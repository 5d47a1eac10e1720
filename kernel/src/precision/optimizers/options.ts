import { HalfnoteError, nearest } from '../../errors';
import { isSchedule, type LearningRateSchedule } from '../schedules/schedule';

/** Options that all optimizers take. Names and defaults are Keras's. */
export interface CommonOptions {
  /** A number or a schedule. Default 0.001; for SGD 0.01. */
  readonly learningRate?: number | LearningRateSchedule;
  /**
   * For AdamW decoupled from the gradient: `w *= 1 - rate * weightDecay`, default 0.004. For the others
   * L2, as PyTorch's `weight_decay`: `g += weightDecay * w`, default 0.
   */
  readonly weightDecay?: number;
  /** Variables whose name contains one of these don't decay: `['bias', 'gamma', 'beta']`. */
  readonly excludeFromWeightDecay?: readonly string[];
  /** Limits the norm over all gradients, after they are unscaled. */
  readonly globalClipNorm?: number;
  /** Limits the norm of each gradient. */
  readonly clipNorm?: number;
  /** Limits each element of the gradients. */
  readonly clipValue?: number;
  /**
   * Micro-batches that make one step, with the mean of their gradients: works through `compile` and
   * `fit`. Clipping, decay and schedules count steps, not micro-batches. A save leaves out the
   * micro-batches of a step that isn't complete. Default 1.
   */
  readonly gradientAccumulationSteps?: number;
}

const COMMON: readonly string[] = [
  'learningRate',
  'weightDecay',
  'excludeFromWeightDecay',
  'globalClipNorm',
  'clipNorm',
  'clipValue',
  'gradientAccumulationSteps',
];

/** What a named number may be. */
const RANGES: Readonly<Record<string, readonly [text: string, ok: (value: number) => boolean]>> = {
  learningRate: ['numbers >= 0, or a schedule', (v) => v >= 0],
  weightDecay: ['numbers >= 0', (v) => v >= 0],
  globalClipNorm: ['numbers > 0', (v) => v > 0],
  clipNorm: ['numbers > 0', (v) => v > 0],
  clipValue: ['numbers > 0', (v) => v > 0],
  gradientAccumulationSteps: ['integers > 0', (v) => Number.isInteger(v) && v > 0],
  momentum: ['numbers >= 0', (v) => v >= 0],
  beta1: ['numbers in [0, 1)', (v) => v >= 0 && v < 1],
  beta2: ['numbers in [0, 1)', (v) => v >= 0 && v < 1],
  rho: ['numbers in [0, 1)', (v) => v >= 0 && v < 1],
  epsilon: ['numbers >= 0', (v) => v >= 0],
  initialAccumulatorValue: ['numbers >= 0', (v) => v >= 0],
};

/**
 * The options with the defaults of an optimizer.
 * @throws HalfnoteError `invalid-optimizer-option` that names the option, its value and what is allowed.
 */
export function optionsWith<T extends object>(
  name: string,
  given: Partial<T> & CommonOptions,
  defaults: T & CommonOptions,
): T & CommonOptions {
  if (typeof given !== 'object') {
    throw new HalfnoteError(
      'invalid-optimizer-option',
      `The options of ${name} are ${String(given)}; allowed is an object.`,
      `Write ${name}({ learningRate: 0.001 }).`,
    );
  }
  const allowed = [...new Set([...COMMON, ...Object.keys(defaults)])];
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (!allowed.includes(key)) {
      const near = nearest(key, allowed);
      throw new HalfnoteError(
        'invalid-optimizer-option',
        `${name} has no option "${key}"; allowed are ${allowed.join(', ')}.`,
        near.length > 0 ? `Did you mean ${near.join(' or ')}?` : undefined,
      );
    }
    check(name, key, value);
  }
  const defined = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(defined) };
}

function check(optimizer: string, key: string, value: unknown): void {
  const range = RANGES[key];
  if (range === undefined || (key === 'learningRate' && isSchedule(value))) return;
  const [text, ok] = range;
  if (typeof value === 'number' && Number.isFinite(value) && ok(value)) return;
  throw new HalfnoteError(
    'invalid-optimizer-option',
    `${key} of ${optimizer} is ${String(value)}; allowed are ${text}.`,
  );
}
