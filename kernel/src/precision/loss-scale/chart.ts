import { powerOfTwo, scaleText } from '../../display/exponents';
import { decodeNumber } from '../../display/numbers';
import type { GradientRanges } from '../../payloads/schemas';
import { HUE, fixed, label, svg } from '../../display/svg';

const LEFT = 52;
const PLOT = 560;
const TOP = 26;
const HEIGHT = 96;
const MARGIN = 14;
const MOST_TICKS = 5;

/** The loss scale over the steps, as it is drawn and told. */
export interface LossScaleHistory {
  /** Corners of the step function: the scale's exponent from a step on. */
  readonly points: readonly { readonly step: number; readonly exponent: number }[];
  readonly steps: number;
  readonly skippedAt: readonly number[];
  /** The same in words. */
  readonly summary: string;
}

type Changes = Pick<GradientRanges['lossScale'], 'history' | 'steps' | 'skippedAt'>;

/** The history where there is one to draw: where the scale changed or a step was skipped. */
export function lossScaleHistory({
  history,
  steps,
  skippedAt,
}: Changes): LossScaleHistory | undefined {
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

/** The loss scale over steps on a log2 axis, skipped steps marked; nothing where nothing happened. */
export function lossScaleChart(lossScale: Changes): string {
  const history = lossScaleHistory(lossScale);
  if (history === undefined) return '';
  const exponents = history.points.map(({ exponent }) => exponent);
  const low = Math.floor(Math.min(...exponents)) - 1;
  const high = Math.ceil(Math.max(...exponents)) + 1;
  const x = (step: number): number => LEFT + (step / history.steps) * PLOT;
  const y = (exponent: number): number => TOP + ((high - exponent) / (high - low)) * HEIGHT;
  const bottom = TOP + HEIGHT;
  return svg({
    title: 'Loss scale over the steps',
    description: history.summary,
    width: LEFT + PLOT + MARGIN,
    height: bottom + 38,
    body:
      label(0, 14, 'Loss scale', { size: 12 }) +
      legend() +
      scaleTicks(low, high, y) +
      stepTicks(history.steps, x, bottom) +
      `<path d="${stepLine(history, x, y)}" fill="none" stroke="${HUE.normal}" stroke-width="1.8"/>` +
      history.skippedAt.map((step) => skipMark(x(step), y(scaleAt(history, step)))).join(''),
  });
}

function stepLine(
  { points, steps }: LossScaleHistory,
  x: (step: number) => number,
  y: (exponent: number) => number,
): string {
  const corners = points.map(({ step, exponent }, index) =>
    index === 0
      ? `M${fixed(x(step))} ${fixed(y(exponent))}`
      : `H${fixed(x(step))}V${fixed(y(exponent))}`,
  );
  return `${corners.join('')}H${fixed(x(steps))}`;
}

/** The exponent in force when a step was tried. */
export function scaleAt({ points }: Pick<LossScaleHistory, 'points'>, step: number): number {
  return (points.findLast((point) => point.step <= step) ?? points[0])?.exponent ?? 0;
}

/** A cross: told from the line by its shape, not by its colour alone. */
function skipMark(x: number, y: number): string {
  return `<path d="M${fixed(x - 3.5)} ${fixed(y - 3.5)}l7 7m0 -7l-7 7" stroke="${HUE.underflow}" stroke-width="1.8"/>`;
}

function legend(): string {
  return skipMark(LEFT + PLOT - 78, 10) + label(LEFT + PLOT, 14, 'skipped step', { anchor: 'end' });
}

function scaleTicks(low: number, high: number, y: (exponent: number) => number): string {
  const step = Math.max(1, Math.ceil((high - low) / MOST_TICKS));
  const ticks = Array.from(
    { length: Math.floor((high - low) / step) + 1 },
    (_, i) => low + i * step,
  );
  return ticks
    .map(
      (exponent) =>
        `<path d="M${LEFT} ${fixed(y(exponent))}h${PLOT}" stroke="currentColor" opacity="0.15"/>` +
        label(LEFT - 8, y(exponent) + 4, powerOfTwo(exponent), { anchor: 'end' }),
    )
    .join('');
}

function stepTicks(steps: number, x: (step: number) => number, bottom: number): string {
  const rough = steps / MOST_TICKS;
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
  const unit = [1, 2, 5, 10].map((f) => f * magnitude).find((size) => size >= rough) ?? magnitude;
  const ticks = Array.from({ length: Math.floor(steps / unit) + 1 }, (_, i) => i * unit);
  return (
    ticks
      .map(
        (step) =>
          `<path d="M${fixed(x(step))} ${bottom}v4" stroke="currentColor" opacity="0.6"/>` +
          label(x(step), bottom + 16, String(step), { anchor: 'middle', size: 10 }),
      )
      .join('') +
    label(LEFT + PLOT / 2, bottom + 32, 'optimizer step', { anchor: 'middle', size: 10 })
  );
}
