import { HUE } from '../../display/hues';
import { fixed } from '../../display/svg';
import { scaleAt } from '../../payloads/loss-scale-history';
import type { LossScaleHistory } from '../../payloads/loss-scale-history';

/** The scale as a step function, with a cross at each skipped step. `x` places steps, `y` exponents of two. */
export function lossScaleCurve(
  history: LossScaleHistory,
  x: (step: number) => number,
  y: (exponent: number) => number,
): string {
  const { points, steps, skippedAt } = history;
  const corners = points.map(({ step, exponent }, index) =>
    index === 0
      ? `M${fixed(x(step))} ${fixed(y(exponent))}`
      : `H${fixed(x(step))}V${fixed(y(exponent))}`,
  );
  return (
    `<path d="${corners.join('')}H${fixed(x(steps))}" fill="none" stroke="${HUE.normal}" stroke-width="1.8"/>` +
    skippedAt.map((step) => skipMark(x(step), y(scaleAt(history, step)))).join('')
  );
}

/** A cross: told from the line by its shape, not by its color alone. */
export function skipMark(x: number, y: number): string {
  return `<path d="M${fixed(x - 3.5)} ${fixed(y - 3.5)}l7 7m0 -7l-7 7" stroke="${HUE.underflow}" stroke-width="1.8"/>`;
}

/** The exponents that an axis of the scale holds: one below the lowest to one above the highest. */
export function exponentsOf({ points }: LossScaleHistory): [low: number, high: number] {
  const exponents = points.map(({ exponent }) => exponent);
  return [Math.floor(Math.min(...exponents)) - 1, Math.ceil(Math.max(...exponents)) + 1];
}
