import { significant } from '../display/units';
import type { ClaimVerdict } from './claim-verdict';
import type { FigureUnit, TestedClaim } from './tested-claim';

/** A figure in its unit: `1.23x`, `74.8%`, `−0.30 pp`. */
export function figureText(value: number, unit: FigureUnit, digits = significant): string {
  const { factor, suffix } = UNITS[unit];
  return `${digits(factor * value).replace('-', '−')}${suffix}`;
}

const UNITS: Readonly<Record<FigureUnit, { readonly factor: number; readonly suffix: string }>> = {
  x: { factor: 1, suffix: 'x' },
  '%': { factor: 100, suffix: '%' },
  pp: { factor: 100, suffix: ' pp' },
  '': { factor: 1, suffix: '' },
};

/** The figures that bear a claim out: `4x to 6x`, `at least 1.8x`, `at most 1 pp`. */
export function claimRange({
  low,
  high,
  unit,
}: Pick<TestedClaim, 'low' | 'high' | 'unit'>): string {
  const [from, to] = [low, high].map((end) =>
    end === null ? undefined : figureText(end, unit, asGiven),
  );
  if (from === undefined) return `at most ${to ?? 'anything'}`;
  return to === undefined ? `at least ${from}` : `${from} to ${to}`;
}

/** What was measured: `2.10x (2.05x to 2.15x, 7 trials)`. */
export function measuredText(verdict: ClaimVerdict): string {
  const { value, low, high, unit, trials } = verdict;
  // The mean of equal figures may differ from them in its last bit.
  const isSame = high - low <= 1e-9 * Math.abs(value);
  const ends = isSame ? 'each time' : [low, high].map((end) => figureText(end, unit)).join(' to ');
  return `${figureText(value, unit)} (${ends}, ${trials} trials)`;
}

/** `not here: fp16 is simulated here`. */
export function verdictText({ verdict, because }: ClaimVerdict): string {
  return because === '' ? verdict : `${verdict}: ${because}`;
}

/** As it is written in the claim, without the noise of binary fractions. */
const asGiven = (value: number): string => String(Number(value.toPrecision(6)));
