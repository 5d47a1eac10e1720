import { HUE } from '../display/hues';
import { type Drawing, fixed, label, NARROW } from '../display/svg';
import { powerOfTwo } from '../display/exponents';
import { roundTicks, tickTexts } from '../display/ticks';
import { significant } from '../display/units';
import { exponentsOf, lossScaleCurve } from '../precision/loss-scale/curve';
import { lossScaleHistory, type LossScaleHistory } from '../payloads/loss-scale-history';
import { valueAxis } from './value-axis';
import type { TrainingRun } from '../payloads/training/run';
import { curvesOf, type CurveGroup, type NamedCurve } from '../payloads/training/curves';

const LEFT = 52;
const WIDTH = 626;
const MARGIN = 14;
const PANEL = 84;
/** A title; below it, where there is no room beside it, the keys. */
const [HEAD, TALL_HEAD] = [22, 38];
const GAP = 14;
const FOOT = 34;

/** Where panels have their curves. */
interface Area {
  readonly x: (step: number) => number;
  readonly plot: number;
  /** Above the curves. */
  readonly head: number;
}

/** Losses, metrics and the loss scale over the steps, one below the other; nothing before the first point. */
export function trainingChart(run: TrainingRun, width = WIDTH): Drawing | undefined {
  const plot = width - LEFT - MARGIN;
  const steps = Math.max(run.step, run.steps ?? 0, 1);
  const x = (step: number): number => LEFT + (step / steps) * plot;
  const area = { x, plot, head: width < NARROW ? TALL_HEAD : HEAD };
  const groups = curvesOf(run);
  const history = run.lossScale === null ? undefined : lossScaleHistory(run.lossScale);
  const panels = [
    ...groups.map(({ title, curves }) => curvePanel(title, curves, area)),
    ...(history === undefined ? [] : [scalePanel(history, run.lossScale?.skippedSteps ?? 0, area)]),
  ];
  if (panels.length === 0) return undefined;
  const pitch = area.head + PANEL + GAP;
  const bottom = panels.length * pitch - GAP;
  return {
    title: run.title,
    description: described(run, groups),
    width,
    height: bottom + FOOT,
    body:
      panels.map((panel, i) => `<g transform="translate(0 ${i * pitch})">${panel}</g>`).join('') +
      stepTicks(steps, area, bottom),
  };
}

function described(run: TrainingRun, groups: readonly CurveGroup[]): string {
  const last = groups.flatMap(({ title, curves }) =>
    curves.map(
      ({ name, points }) => `${title} (${name}) ${significant(points.at(-1)?.[1] ?? NaN)}`,
    ),
  );
  return (
    [`${run.step} steps`, ...(last.length === 0 ? [] : [`at the end ${last.join(', ')}`])].join(
      '; ',
    ) + '.'
  );
}

/** Curves that share an axis; those of validation are dashed. */
function curvePanel(title: string, curves: readonly NamedCurve[], { x, plot, head }: Area): string {
  const values = curves.flatMap(({ points }) => points.map(([, value]) => value)).filter(isFinite);
  const axis = valueAxis(values, head + PANEL, head);
  const lines = curves.map((curve) => line(curve, x, axis.at)).join('');
  const name = axis.isLogarithmic ? `${title} (logarithmic)` : title;
  return (
    label(0, 12, name, { size: 12 }) +
    keys(curves, LEFT + plot, head - 10) +
    grid(axis.ticks, axis.at, tickTexts(axis.ticks), plot) +
    lines
  );
}

const STYLE = {
  batch: `stroke="${HUE.neutral}" stroke-width="1" opacity="0.7"`,
  training: `stroke="${HUE.normal}" stroke-width="1.8"`,
  validation: `stroke="${HUE.subnormal}" stroke-width="1.8" stroke-dasharray="5 3"`,
} as const;

function line(
  { kind, points }: NamedCurve,
  x: (step: number) => number,
  y: (value: number) => number,
): string {
  const at = points.filter(([, value]) => isFinite(value));
  const path = at.map(([step, value]) => `${fixed(x(step))} ${fixed(y(value))}`).join('L');
  const dots = at.map(
    ([step, value]) =>
      `<circle cx="${fixed(x(step))}" cy="${fixed(y(value))}" r="2.2" fill="${kind === 'validation' ? HUE.subnormal : HUE.normal}"/>`,
  );
  return (
    (at.length > 1 ? `<path d="M${path}" fill="none" ${STYLE[kind]}/>` : '') +
    // A line of one point can't be seen, and epochs are few.
    (kind !== 'batch' && at.length <= 30 ? dots.join('') : '')
  );
}

function keys(curves: readonly NamedCurve[], to: number, y: number): string {
  let right = to;
  return curves
    .toReversed()
    .map(({ name, kind }) => {
      const end = right;
      const start = end - name.length * 6 - 26;
      right = start - 12;
      return (
        `<path d="M${fixed(start)} ${y - 4}h20" fill="none" ${STYLE[kind]}/>` +
        label(start + 26, y, name, { size: 10 })
      );
    })
    .join('');
}

function scalePanel(
  history: LossScaleHistory,
  skippedSteps: number,
  { x, plot, head }: Area,
): string {
  const [low, high] = exponentsOf(history);
  const y = (exponent: number): number => head + ((high - exponent) / (high - low)) * PANEL;
  const ticks = roundTicks(low, high, 4).filter(Number.isInteger);
  const skipped = `✕ ${skippedSteps} ${skippedSteps === 1 ? 'step' : 'steps'} skipped`;
  return (
    label(0, 12, 'Loss scale', { size: 12 }) +
    label(LEFT + plot, head - 10, skipped, { size: 10, anchor: 'end' }) +
    grid(ticks, y, ticks.map(powerOfTwo), plot) +
    lossScaleCurve(history, x, y)
  );
}

function grid(
  ticks: readonly number[],
  y: (value: number) => number,
  texts: readonly string[],
  plot: number,
): string {
  return ticks
    .map(
      (tick, i) =>
        `<path d="M${LEFT} ${fixed(y(tick))}h${plot}" stroke="currentColor" opacity="0.15"/>` +
        label(LEFT - 8, y(tick) + 4, texts[i] ?? '', { anchor: 'end', size: 10 }),
    )
    .join('');
}

function stepTicks(steps: number, { x, plot }: Area, bottom: number): string {
  const ticks = roundTicks(0, steps, 5).filter(Number.isInteger);
  const marks = ticks.map(
    (step) =>
      `<path d="M${fixed(x(step))} ${bottom}v4" stroke="currentColor" opacity="0.6"/>` +
      label(x(step), bottom + 15, String(step), { anchor: 'middle', size: 10 }),
  );
  return (
    marks.join('') + label(LEFT + plot / 2, bottom + 29, 'step', { anchor: 'middle', size: 10 })
  );
}
