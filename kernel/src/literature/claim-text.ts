import type { Claim, Quantity } from './claim';

/** What a quantity's figures are of, for a column: `Memory saved`. */
export const QUANTITY_NAMES: Readonly<Record<Quantity, string>> = {
  speed: 'Speed',
  memory: 'Memory saved',
  energy: 'Energy saved',
  accuracy: 'Accuracy',
};

/** The figure of a claim: `1.5–5.5x`, `up to 1.9x`, `39–42%`, `17–33% more`; or its words. */
export function claimText(claim: Pick<Claim, 'quantity' | 'low' | 'high' | 'says'>): string {
  const { quantity, low, high, says } = claim;
  if (says !== undefined) return says;
  return quantity === 'speed' ? interval(low, high, times, 'x') : saved(low, high);
}

/** What was run and how: `PyTorch AMP, several networks; training`. */
export function conditionsText({ conditions, use, how }: Claim): string {
  const marks = how === 'measured' || how === 'documented' ? [] : [how];
  return [conditions, use, ...marks].join('; ');
}

/** With the machine: `8x V100; PyTorch AMP, several networks; training`. */
export function whereText(claim: Claim): string {
  const conditions = conditionsText(claim);
  return claim.hardware === 'any' ? conditions : `${claim.hardware}; ${conditions}`;
}

function saved(low: number | null, high: number | null): string {
  if (high !== null && high < 0) {
    return `${interval(-high, low === null ? null : -low, percent, '%')} more`;
  }
  if (low !== null && low < 0 && high !== null) {
    return `${percent(-low)}% more to ${percent(high)}% less`;
  }
  return interval(low, high, percent, '%');
}

function interval(
  low: number | null,
  high: number | null,
  show: (value: number) => string,
  unit: string,
): string {
  const [from, to] = [low, high].map((end) => (end === null ? undefined : show(end)));
  if (from === undefined) return `up to ${to ?? '?'}${unit}`;
  if (to === undefined) return `more than ${from}${unit}`;
  return from === to ? `${from}${unit}` : `${from}–${to}${unit}`;
}

/** No more digits than the source has. */
const times = (value: number): string => String(Number(value.toPrecision(3)));

const percent = (fraction: number): string => String(Number((fraction * 100).toPrecision(3)));
