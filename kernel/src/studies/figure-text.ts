import { significant } from '../display/units';
import type { ClaimVerdict } from './claim-verdict';
import type { FigureUnit, TestedClaim } from './tested-claim';

/** A figure in its unit: `1.23x`, `74.8%`, `−0.30 pp`. */
export function figureText(value: number, unit: FigureUnit, digits = significant): string {
  const { factor, suffix } = UNITS[unit];
  // What sums of equal figures leave in their last bits is none.
  const scaled = Math.abs(value) < 1e-12 ? 0 : factor * value;
  return `${digits(scaled).replace('-', '−')}${suffix}`;
}

/** The figure as it is written before its unit: 74.8 of a fraction that is shown as percent. */
export function inUnit(value: number, unit: FigureUnit): number {
  return UNITS[unit].factor * value;
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

/** What was measured, with the digits that tell the ends apart: `2.10x (2.05x to 2.15x, 7 trials)`. */
export function measuredText({ value, low, high, unit, trials }: ClaimVerdict): string {
  // The mean of equal figures may differ from them in its last bit.
  const isSame = high - low <= 1e-9 * Math.abs(value);
  if (isSame) return `${figureText(value, unit)} (each time, ${trials} trials)`;
  const texts = DIGITS.map((digits) =>
    [value, low, high].map((figure) =>
      figureText(figure, unit, (scaled) => significant(scaled, digits)),
    ),
  );
  const [shown = '', from = '', to = ''] = texts.find(([, a, b]) => a !== b) ?? texts.at(-1) ?? [];
  return `${shown} (${from} to ${to}, ${trials} trials)`;
}

const DIGITS = [3, 4, 5, 6];

/** `not here: fp16 is simulated here`. */
export function verdictText({ verdict, because }: ClaimVerdict): string {
  return because === '' ? verdict : `${verdict}: ${because}`;
}

/** As it is written in the claim, without the noise of binary fractions. */
const asGiven = (value: number): string => String(Number(value.toPrecision(6)));
