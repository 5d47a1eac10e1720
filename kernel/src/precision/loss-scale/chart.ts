import { powerOfTwo } from '../../display/exponents';
import { roundTicks } from '../../display/ticks';
import { type Drawing, fixed, label } from '../../display/svg';
import { lossScaleHistory } from '../../payloads/loss-scale-history';
import type { LossScaleChanges } from '../../payloads/loss-scale-history';
import { exponentsOf, lossScaleCurve, skipMark } from './curve';

const LEFT = 52;
const WIDTH = 626;
const TOP = 26;
const HEIGHT = 96;
const MARGIN = 14;
const MOST_TICKS = 5;

/** The loss scale over steps on a log2 axis, skipped steps marked; nothing where nothing happened. */
export function lossScaleChart(lossScale: LossScaleChanges, width = WIDTH): Drawing | undefined {
  const history = lossScaleHistory(lossScale);
  if (history === undefined) return undefined;
  const plot = width - LEFT - MARGIN;
  const [low, high] = exponentsOf(history);
  const x = (step: number): number => LEFT + (step / history.steps) * plot;
  const y = (exponent: number): number => TOP + ((high - exponent) / (high - low)) * HEIGHT;
  const bottom = TOP + HEIGHT;
  return {
    title: 'Loss scale over the steps',
    description: history.summary,
    width,
    height: bottom + 38,
    body:
      label(0, 14, 'Loss scale', { size: 12 }) +
      legend(LEFT + plot) +
      scaleTicks(low, high, y, plot) +
      stepTicks(history.steps, x, bottom, LEFT + plot / 2) +
      lossScaleCurve(history, x, y),
  };
}

function legend(right: number): string {
  return skipMark(right - 78, 10) + label(right, 14, 'skipped step', { anchor: 'end' });
}

function scaleTicks(
  low: number,
  high: number,
  y: (exponent: number) => number,
  plot: number,
): string {
  const step = Math.max(1, Math.ceil((high - low) / MOST_TICKS));
  const ticks = Array.from(
    { length: Math.floor((high - low) / step) + 1 },
    (_, i) => low + i * step,
  );
  return ticks
    .map(
      (exponent) =>
        `<path d="M${LEFT} ${fixed(y(exponent))}h${plot}" stroke="currentColor" opacity="0.15"/>` +
        label(LEFT - 8, y(exponent) + 4, powerOfTwo(exponent), { anchor: 'end' }),
    )
    .join('');
}

function stepTicks(
  steps: number,
  x: (step: number) => number,
  bottom: number,
  middle: number,
): string {
  const ticks = roundTicks(0, steps, MOST_TICKS).filter(Number.isInteger);
  return (
    ticks
      .map(
        (step) =>
          `<path d="M${fixed(x(step))} ${bottom}v4" stroke="currentColor" opacity="0.6"/>` +
          label(x(step), bottom + 16, String(step), { anchor: 'middle', size: 10 }),
      )
      .join('') + label(middle, bottom + 32, 'optimizer step', { anchor: 'middle', size: 10 })
  );
}
