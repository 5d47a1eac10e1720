import { inspect } from 'node:util';
import { HalfnoteError } from '../../errors';

/** What mixed bits may take, or may cost. One of: */
export type BitBudget =
  /**
   * All weights of the model as `quantize` keeps them here, with scales and biases, layers that stay
   * in float too: its `weightBytes`.
   */
  | { readonly bytes: number }
  /** Bits per quantized weight, on average. */
  | { readonly meanBits: number }
  /** Accuracy that may be lost, as a share: 0.005 is half a point. */
  | { readonly accuracyDrop: number }
  /** Signal to noise that the outputs must have. */
  | { readonly sqnrDb: number };

export type BudgetKind = 'bytes' | 'meanBits' | 'accuracyDrop' | 'sqnrDb';

export interface SettledBudget {
  readonly kind: BudgetKind;
  readonly limit: number;
}

const KINDS: readonly BudgetKind[] = ['bytes', 'meanBits', 'accuracyDrop', 'sqnrDb'];
const ALLOWED = '{bytes}, {meanBits}, {accuracyDrop} or {sqnrDb}';

/** @throws HalfnoteError `invalid-budget`. */
export function settleBudget(budget: unknown): SettledBudget {
  if (typeof budget !== 'object' || budget === null) {
    throw bad(`budget must be ${ALLOWED}, not ${inspect(budget, { depth: 0 })}.`);
  }
  const given = Object.entries(budget).filter(([, value]) => value !== undefined);
  const [entry, ...others] = given;
  const kind = KINDS.find((name) => name === entry?.[0]);
  if (entry === undefined || others.length > 0 || kind === undefined) {
    const names = given.map(([name]) => name).join(', ') || 'nothing';
    throw bad(`budget has ${names}; it must be one of ${ALLOWED}.`);
  }
  const limit: unknown = entry[1];
  const isFine =
    typeof limit === 'number' && Number.isFinite(limit) && (kind === 'sqnrDb' || limit >= 0);
  if (!isFine)
    throw bad(
      `budget.${kind} is ${String(limit)}; allowed are finite numbers${kind === 'sqnrDb' ? '' : ' from 0'}.`,
    );
  if (kind === 'accuracyDrop' && limit > 1) {
    throw bad(`budget.accuracyDrop is ${limit}; it is a share of 1: half a point is 0.005.`);
  }
  return { kind, limit };
}

/** A budget's unit, and what a number of it is. */
const UNITS: Readonly<Record<string, (n: number) => BitBudget>> = {
  B: (n) => ({ bytes: n }),
  kB: (n) => ({ bytes: n * 1e3 }),
  MB: (n) => ({ bytes: n * 1e6 }),
  bits: (n) => ({ meanBits: n }),
  pt: (n) => ({ accuracyDrop: n / 100 }),
  dB: (n) => ({ sqnrDb: n }),
};

/**
 * A budget as text: `20kB`, `4bits` (a weight, on average), `0.5pt` (of accuracy lost), `30dB`.
 * @throws HalfnoteError `invalid-budget`.
 */
export function parseBudget(text: string): BitBudget {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)([a-z]+)$/i.exec(text.trim()) ?? [];
  const make = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  if (digits !== undefined && make !== undefined) return make(Number(digits));
  throw new HalfnoteError(
    'invalid-budget',
    `"${text}" is no budget; allowed are a number and one of ${Object.keys(UNITS).join(', ')}: 20kB, 4bits, 0.5pt, 30dB.`,
  );
}

/** The budget in words: `at most 20 kB`. */
export function budgetText({ kind, limit }: SettledBudget): string {
  switch (kind) {
    case 'bytes':
      return `at most ${limit.toLocaleString('en')} bytes of weights`;
    case 'meanBits':
      return `at most ${units(limit, 'bit')} a weight`;
    case 'accuracyDrop':
      return `at most ${units(100 * limit, 'point')} of accuracy lost`;
    case 'sqnrDb':
      return `at least ${limit} dB of signal to noise`;
  }
}

/** With all digits that were given. */
function units(value: number, what: string): string {
  const figure = Number(value.toPrecision(6));
  return `${figure} ${what}${figure === 1 ? '' : 's'}`;
}

function bad(message: string): HalfnoteError {
  return new HalfnoteError('invalid-budget', message, 'For example: budget: {meanBits: 4}.');
}
