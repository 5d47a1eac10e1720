import { bytes, significant } from 'halfnote/mime';
import {
  changeText,
  markOf,
  type Plan,
  type Plans,
  type Sensitivity,
} from 'halfnote/mime/sensitivity';
import {
  axis,
  axisTitle,
  baseLayout,
  literal,
  rowLegend,
  shortened,
  type Figure,
  type Theme,
} from '../plot/figure';

/** Plans that are drawn of the curve. */
const DRAWN = 150;
const CURVE_HEIGHT = 150;
/** Layers of the chart of single ones; the table has all. */
const MOST_LAYERS = 40;
const LAYER_HEIGHT = 20;

/** What a harm is called, and how it is read. */
export interface Harm {
  readonly title: string;
  readonly of: (figures: Pick<Plan, 'sqnrDb' | 'kl' | 'drop'>) => number;
  readonly text: (value: number) => string;
}

/** What the payload's metric says of a layer or of all. */
export function harmOf({ metric, scoreMetric }: Sensitivity): Harm {
  switch (metric) {
    case 'kl':
      return { title: 'divergence (nats)', of: ({ kl }) => kl, text: significant };
    case 'accuracy':
    case 'loss':
      return {
        title: metric === 'accuracy' ? 'accuracy by (pt)' : 'loss by',
        of: ({ drop }) => (metric === 'accuracy' ? -100 * drop : drop),
        text: (value) => changeText(metric === 'accuracy' ? -value / 100 : value, scoreMetric),
      };
    case 'sqnr':
      return { title: 'signal to noise (dB)', of: ({ sqnrDb }) => sqnrDb, text: significant };
  }
}

/** All best plans, bytes against the noise that they should add; the chosen one and single formats are marked. */
export function curveFigure(plans: Plans, chosen: Plan | undefined, theme: Theme): Figure {
  const curve = plans.some(DRAWN).filter(({ sqnrDb }) => Number.isFinite(sqnrDb));
  const uniform = plans.formats.flatMap((format, index) => {
    const plan = plans.uniform(format);
    return plan === undefined || !Number.isFinite(plan.sqnrDb) ? [] : [{ format, index, plan }];
  });
  const hover = ({ bytes: size, sqnrDb }: Plan, name: string): string =>
    `${literal(name)}: ${bytes(size)}, ${significant(sqnrDb)} dB predicted`;
  const marked = chosen !== undefined && Number.isFinite(chosen.sqnrDb) ? [chosen] : [];
  return {
    height: CURVE_HEIGHT,
    label:
      `Curve of bytes of weights against the signal to noise that is predicted, for ${plans.length.toLocaleString('en')} choices of formats. ` +
      `${chosen === undefined ? 'None is chosen' : `Chosen: ${bytes(chosen.bytes)}, ${significant(chosen.sqnrDb)} dB`}. The table has the formats.`,
    traces: [
      {
        type: 'scatter',
        name: 'the best of each size',
        mode: 'lines',
        line: { color: theme.muted, width: 2, shape: 'hv' },
        x: curve.map((plan) => plan.bytes),
        y: curve.map((plan) => plan.sqnrDb),
        hoverinfo: 'text',
        hovertext: curve.map((plan) => hover(plan, 'best')),
      },
      ...uniform.map(({ format, index, plan }) => ({
        type: 'scatter' as const,
        name: literal(`all ${format}`),
        mode: 'markers',
        marker: { color: markOf(index).hue, symbol: markOf(index).symbol, size: 9 },
        x: [plan.bytes],
        y: [plan.sqnrDb],
        hoverinfo: 'text',
        hovertext: [hover(plan, `all ${format}`)],
      })),
      {
        type: 'scatter',
        name: 'chosen',
        mode: 'markers',
        marker: {
          color: theme.accents[1],
          symbol: 'circle-open-dot',
          size: 15,
          line: { width: 3, color: theme.accents[1] },
        },
        x: marked.map((plan) => plan.bytes),
        y: marked.map((plan) => plan.sqnrDb),
        hoverinfo: 'text',
        hovertext: marked.map((plan) => hover(plan, 'chosen')),
      },
    ],
    layout: {
      ...baseLayout(theme),
      margin: { l: 56, r: 12, t: 28, b: 42 },
      hovermode: 'closest',
      legend: rowLegend(theme, { x: 1, xanchor: 'right', y: 1, yanchor: 'bottom' }),
      xaxis: axis(theme, {
        zeroline: false,
        nticks: 8,
        ticksuffix: 'B',
        tickformat: '~s',
        title: axisTitle(theme, 'weights'),
      }),
      yaxis: axis(theme, {
        zeroline: false,
        nticks: 5,
        title: axisTitle(theme, 'predicted (dB)'),
      }),
    },
  };
}

/** A mark for each layer alone in each format, as the static chart has it. */
export function layersFigure(payload: Sensitivity, theme: Theme): Figure {
  const harm = harmOf(payload);
  const layers = payload.layers.slice(0, MOST_LAYERS);
  const names = layers.map((_, i) => i);
  const more = payload.layers.length - layers.length;
  return {
    height: 70 + LAYER_HEIGHT * Math.max(3, layers.length),
    label: `${harm.title} of each layer alone, by format${more > 0 ? `, of the first ${layers.length} layers` : ''}. The table has the figures.`,
    traces: payload.formats.map(({ name }, index) => {
      const { hue, symbol } = markOf(index);
      const values = layers.map((layer) => {
        const rated = layer.formats[index];
        return rated === undefined
          ? NaN
          : harm.of({ ...rated, sqnrDb: -10 * Math.log10(rated.relativeNoise) });
      });
      const drawn = names.filter((i) => Number.isFinite(values[i]));
      return {
        type: 'scatter',
        name: literal(name),
        mode: 'markers',
        marker: { color: hue, symbol, size: 9 },
        x: drawn.map((i) => values[i]),
        y: drawn,
        hoverinfo: 'text',
        hovertext: drawn.map(
          (i) =>
            `${literal(layers[i]?.name ?? '')}, ${literal(name)}: ${harm.text(values[i] ?? NaN)}`,
        ),
      };
    }),
    layout: {
      ...baseLayout(theme),
      margin: { l: 130, r: 12, t: 28, b: 40 },
      hovermode: 'closest',
      legend: rowLegend(theme, { x: 1, xanchor: 'right', y: 1, yanchor: 'bottom' }),
      xaxis: axis(theme, { nticks: 8, title: axisTitle(theme, harm.title) }),
      yaxis: axis(theme, {
        automargin: false,
        range: [layers.length - 0.5, -0.5],
        zeroline: false,
        tickvals: names,
        ticktext: layers.map(({ name }) => shortened(name, 18)),
      }),
    },
  };
}
