import { combined } from '../../quantities/make';
import { printQuantity } from '../../quantities/print';
import type { WelchComparison } from '../../quantities/welch';

/** `lower: 0.90 times (0.88–0.92), g = -3.1, p = 0.0004`, or that no difference is shown, within what bounds. */
export function comparisonText({ verdict, ratio, hedgesG, pDifference }: WelchComparison): string {
  const { value, interval } = ratio;
  if (interval === null) return verdict;
  const [low, high] = interval;
  const statistical = { below: value - low, above: high - value };
  const times = printQuantity(combined(value, { statistical }, { method: 'estimated' }), '');
  return `${verdict}: ${times.replace(/ \(|$/, (end) => ` times${end}`)}${effect(hedgesG)}, p ${probability(pDifference)}`;
}

function effect(g: number): string {
  return Number.isFinite(g) ? `, g = ${g.toFixed(1)}` : '';
}

function probability(p: number): string {
  return p < 1e-4 ? '< 0.0001' : `= ${p.toPrecision(2)}`;
}
