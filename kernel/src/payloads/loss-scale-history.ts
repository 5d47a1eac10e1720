import { scaleText } from '../display/exponents';
import { decodeNumber } from '../display/numbers';
import type { GradientRanges } from './ranges/schema';

/** The loss scale over the steps, as it is drawn and told. */
export interface LossScaleHistory {
  /** Corners of the step function: the scale's exponent from a step on. */
  readonly points: readonly { readonly step: number; readonly exponent: number }[];
  readonly steps: number;
  readonly skippedAt: readonly number[];
  /** The same in words. */
  readonly summary: string;
}

/** What a payload says of the loss scale's way. */
export type LossScaleChanges = Pick<GradientRanges['lossScale'], 'history' | 'steps' | 'skippedAt'>;

/** The history where there is one to draw: where the scale changed or a step was skipped. */
export function lossScaleHistory({
  history,
  steps,
  skippedAt,
}: LossScaleChanges): LossScaleHistory | undefined {
  const points = history.flatMap(({ step, scale }) => {
    const exponent = Math.log2(decodeNumber(scale));
    return Number.isFinite(exponent) ? [{ step, exponent }] : [];
  });
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return undefined;
  if (points.length === 1 && skippedAt.length === 0) return undefined;
  const end = Math.max(steps, last.step + 1);
  const skips = `${skippedAt.length} ${skippedAt.length === 1 ? 'step' : 'steps'} skipped`;
  return {
    points,
    steps: end,
    skippedAt,
    summary:
      `Loss scale from ${scaleText(2 ** first.exponent)} to ${scaleText(2 ** last.exponent)} ` +
      `over ${end} steps, ${points.length - 1} changes, ${skips}.`,
  };
}

/** The exponent in force when a step was tried. */
export function scaleAt({ points }: Pick<LossScaleHistory, 'points'>, step: number): number {
  return (points.findLast((point) => point.step <= step) ?? points[0])?.exponent ?? 0;
}
