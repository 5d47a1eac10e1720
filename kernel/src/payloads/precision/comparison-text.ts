import { printQuantity } from '../../quantities/print';
import type { TrialComparison } from './trials';
import type { WelchComparison } from '../../quantities/welch';

/** `lower: 0.90 times (0.88–0.92), g = -3.1, p = 0.0004`, or that no difference is shown, within what bounds. */
export function comparisonText(comparison: TrialComparison): string {
  const { verdict, ratio, interval, hedgesG, pDifference } = comparison;
  if (interval === null || ratio === null) return verdict;
  const [low, high] = interval;
  // Joules and seconds are positive, and so are their ratios, which Fieller doesn't know.
  const quantity = { value: ratio, low: Math.max(0, low), high, complete: true };
  const times = printQuantity(quantity, '');
  return `${verdict}: ${times.replace(/ \(|$/, (end) => ` times${end}`)}${effect(hedgesG)}${probability(pDifference)}`;
}

/** A test as it goes over the wire. */
export function onWire(comparison: WelchComparison): TrialComparison {
  const { verdict, ratio, pDifference, hedgesG } = comparison;
  return {
    verdict,
    ratio: finite(ratio.value),
    interval: ratio.interval === null ? null : [...ratio.interval],
    pDifference: finite(pDifference),
    hedgesG: finite(hedgesG),
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function effect(g: number | null): string {
  return g === null ? '' : `, g = ${g.toFixed(1)}`;
}

function probability(p: number | null): string {
  if (p === null) return '';
  return `, p ${p < 1e-4 ? '< 0.0001' : `= ${p.toPrecision(2)}`}`;
}
