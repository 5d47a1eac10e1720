import { lossScaleHistory, powerOfTwo, significant, type LossScaleHistory } from 'halfnote/mime';
import {
  curvesOf,
  sentence,
  spanDecades,
  type NamedCurve,
  type TrainingRun,
} from 'halfnote/mime/training';
import {
  axis,
  axisTitle,
  baseLayout,
  literal,
  rowLegend,
  shortened,
  type Figure,
  type Theme,
  type Trace,
} from '../plot/figure';
import { lossScaleTraces } from '../plot/loss-scale';

const PANEL = 130;
const GAP = 18;
const EDGES = { l: 64, r: 12, t: 28, b: 46 } as const;

/** One of the charts above each other. */
interface Panel {
  readonly title: string;
  readonly traces: readonly Trace[];
  readonly axis: Readonly<Record<string, unknown>>;
}

/** Whether there is a point to draw. */
export function hasCurves(run: TrainingRun): boolean {
  return curvesOf(run).length > 0 || scaleOf(run) !== undefined;
}

/** Losses, metrics and the loss scale of a training, over one axis of steps. */
export function trainingFigure(run: TrainingRun, theme: Theme): Figure {
  const history = scaleOf(run);
  const panels = [
    ...curvesOf(run).map(({ title, curves }, i) => curvePanel(title, curves, theme, i === 0)),
    ...(history === undefined ? [] : [scalePanel(history, theme)]),
  ];
  const count = Math.max(1, panels.length);
  const height = count * PANEL + (count - 1) * GAP;
  const end = Math.max(run.step, run.steps ?? 0, 1);
  const axes = panels.map(({ title, axis: own }, i) => {
    const top = 1 - (i * (PANEL + GAP)) / height;
    const name = i === 0 ? 'yaxis' : `yaxis${i + 1}`;
    const domain = [Math.max(0, top - PANEL / height), top];
    const titled = { title: axisTitle(theme, shortened(title, 16)), automargin: false };
    return [name, axis(theme, { ...titled, zeroline: false, nticks: 5, ...own, domain })] as const;
  });
  return {
    height: height + EDGES.t + EDGES.b,
    label: `${sentence(run)} The table has the epochs.`,
    traces: panels.flatMap(({ traces }, i) =>
      traces.map((trace) => ({ ...trace, yaxis: i === 0 ? 'y' : `y${i + 1}` })),
    ),
    layout: {
      ...baseLayout(theme),
      margin: EDGES,
      hovermode: 'closest',
      legend: rowLegend(theme, { x: 1, xanchor: 'right', y: 1, yanchor: 'bottom' }),
      xaxis: axis(theme, {
        range: [0, end],
        zeroline: false,
        nticks: 8,
        anchor: count === 1 ? 'y' : `y${count}`,
        title: axisTitle(theme, 'step'),
      }),
      ...Object.fromEntries(axes),
    },
  };
}

function curvePanel(
  title: string,
  curves: readonly NamedCurve[],
  theme: Theme,
  isNamed: boolean,
): Panel {
  const style = {
    batch: { mode: 'lines', line: { color: theme.muted, width: 1 }, opacity: 0.6 },
    training: { mode: 'lines+markers', line: { color: theme.accents[0], width: 2 } },
    validation: {
      mode: 'lines+markers',
      line: { color: theme.accents[1], width: 2, dash: 'dash' },
      marker: { symbol: 'diamond' },
    },
  } as const;
  const values = curves.flatMap(({ points }) => points.map(([, value]) => value)).filter(isFinite);
  return {
    title,
    axis: spanDecades(values) ? { type: 'log', dtick: 1 } : { type: 'linear' },
    traces: curves.map(({ name, kind, points }) => {
      const drawn = points.filter(([, value]) => isFinite(value));
      return {
        type: 'scatter',
        name,
        showlegend: isNamed,
        ...style[kind],
        x: drawn.map(([step]) => step),
        y: drawn.map(([, value]) => value),
        hoverinfo: 'text',
        hovertext: drawn.map(
          ([step, value]) =>
            `step ${step.toLocaleString('en')}: ${literal(title)} ${significant(value)}, ${name}`,
        ),
      };
    }),
  };
}

/** Undefined where the loss scale neither changed nor skipped a step: then there is nothing to see. */
function scaleOf({ lossScale }: TrainingRun): LossScaleHistory | undefined {
  return lossScale === null ? undefined : lossScaleHistory(lossScale);
}

function scalePanel(history: LossScaleHistory, theme: Theme): Panel {
  const exponents = history.points.map(({ exponent }) => exponent);
  const low = Math.floor(Math.min(...exponents)) - 1;
  const high = Math.ceil(Math.max(...exponents)) + 1;
  const ticks = [...new Set([low, Math.round((low + high) / 2), high])];
  const [scale, skipped] = lossScaleTraces(history, theme);
  return {
    title: 'loss scale',
    axis: {
      range: [low - 0.5, high + 0.5],
      tickvals: ticks,
      ticktext: ticks.map((exponent) => literal(powerOfTwo(exponent))),
    },
    traces: [
      { ...scale, showlegend: false },
      { ...skipped, showlegend: history.skippedAt.length > 0 },
    ],
  };
}
