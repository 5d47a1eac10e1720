import { HalfnoteError, shown } from '../../errors';

/** What a training has to reach: `accuracy>=0.95`, `loss<=0.1`. */
export interface Target {
  readonly metric: string;
  readonly value: number;
  /** `>=`, else `<=`. */
  readonly atLeast: boolean;
}

const FORM = /^\s*([A-Za-z_]\w*)\s*(>=|<=)\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)\s*(%)?\s*$/i;

/** What is allowed, for messages. */
export const TARGET_FORM =
  'a metric, >= or <=, and a number, such as accuracy>=0.95, accuracy>=95% or loss<=0.1';

export function parseTarget(text: string): Target | undefined {
  const [, metric = '', relation, number, percent] = FORM.exec(text) ?? [];
  if (metric === '') return undefined;
  const value = Number(number) / (percent === undefined ? 1 : 100);
  return { metric, value, atLeast: relation === '>=' };
}

/** @throws HalfnoteError `invalid-option` for what is no target. */
export function requireTarget(given: unknown): Target {
  const target = typeof given === 'string' ? parseTarget(given) : undefined;
  if (target !== undefined) {
    const { metric, value } = target;
    if (!isAccuracy(metric) || (value >= 0 && value <= 1)) return target;
    throw new HalfnoteError(
      'invalid-option',
      `target is ${shown(given)}; an accuracy is a share of the samples, from 0 to 1, or from 0% to 100%.`,
      'Write accuracy>=0.95 or accuracy>=95%.',
    );
  }
  throw new HalfnoteError(
    'invalid-option',
    `target is ${shown(given)}; allowed are ${TARGET_FORM}.`,
  );
}

/** Whether a metric is the accuracy, by either of its names, of the training or of validation data. */
export function isAccuracy(metric: string): boolean {
  return ['accuracy', 'acc'].includes(bare(metric));
}

/** `val_accuracy` as `accuracy`. */
export function bare(metric: string): string {
  return metric.replace(/^val_/, '');
}

export function printTarget({ metric, value, atLeast }: Target): string {
  return `${metric} ${atLeast ? '>=' : '<='} ${value}`;
}
