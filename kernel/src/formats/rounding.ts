import { fromTable } from '../errors';

/** How a number between two neighboring values of a format is rounded. */
export type Rounding =
  'nearest-even' | 'nearest-away' | 'toward-zero' | 'up' | 'down' | 'to-odd' | 'stochastic';

/** Where a number lies between its two neighbors, seen from zero. */
export interface Between {
  /** Distance from the neighbor nearer to zero, in spacings: 0 <= fraction < 1. */
  readonly fraction: number;
  readonly negative: boolean;
  /** Is the significand of the neighbor nearer to zero odd, in spacings? Then the other's is even. */
  readonly odd: boolean;
  /** A random number in [0, 1); asked for by `stochastic` only. */
  readonly random: () => number;
}

interface RoundingRule {
  /** What it does, in a sentence's words. */
  readonly summary: string;
  /** Takes the neighbor away from zero? Never asked where the fraction is 0. */
  readonly away: (between: Between) => boolean;
  /** Is a number beyond the largest finite value rounded to that value? */
  readonly staysFinite: (negative: boolean) => boolean;
}

const no = (): boolean => false;
const yes = (): boolean => true;

export const ROUNDINGS: Readonly<Record<Rounding, RoundingRule>> = {
  'nearest-even': {
    summary: 'to the nearest, ties to the even significand',
    away: ({ fraction, odd }) => fraction > 0.5 || (fraction === 0.5 && odd),
    staysFinite: no,
  },
  'nearest-away': {
    summary: 'to the nearest, ties away from zero',
    away: ({ fraction }) => fraction >= 0.5,
    staysFinite: no,
  },
  'toward-zero': { summary: 'toward zero', away: no, staysFinite: yes },
  up: {
    summary: 'up, toward +infinity',
    away: ({ negative }) => !negative,
    staysFinite: (negative) => negative,
  },
  down: {
    summary: 'down, toward -infinity',
    away: ({ negative }) => negative,
    staysFinite: (negative) => !negative,
  },
  'to-odd': {
    summary: 'to the neighbor with the odd significand',
    away: ({ odd }) => !odd,
    staysFinite: yes,
  },
  stochastic: {
    summary: 'to either neighbor, the more probably the nearer it is',
    away: ({ fraction, random }) => random() < fraction,
    staysFinite: no,
  },
};

/**
 * The rule of a rounding mode.
 * @throws HalfnoteError `unknown-rounding`.
 */
export function roundingRule(name: Rounding): RoundingRule {
  return fromTable(ROUNDINGS, name, 'rounding');
}
