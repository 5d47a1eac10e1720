import { ratio } from 'halfnote/mime';
import {
  COST_NAMES,
  costScale,
  frontLine,
  frontOf,
  pointText,
  worthName,
  type Cost,
  type Front,
  type FrontPoint,
  type PrecisionTable,
  type Worth,
} from 'halfnote/mime/precision';
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

const HEIGHT = 160;
const LONGEST_NAME = 20;
/** Of the axes' lengths: nearer marks would have their names on each other. */
const NEAR = { x: 0.16, y: 0.08 } as const;
const PLACES = ['top right', 'bottom right', 'top left', 'bottom left'] as const;

/** Formats by worth against cost, with intervals, their names, and the front as a line. */
export function frontFigure(table: PrecisionTable, cost: Cost, worth: Worth, theme: Theme): Figure {
  const front = frontOf(table, cost, worth);
  const scale = costScale(front, table);
  const spots = spotsOf(front, scale);
  const isPercent = worth === 'score' && table.metric === 'accuracy';
  const better = front.isMoreBetter ? 'up' : 'down';
  const name = worthName(worth, table);
  const line = frontLine(front).flatMap(
    ({ format }) => spots.find((spot) => spot.point.format === format) ?? [],
  );
  return {
    traces: [
      {
        type: 'scatter',
        mode: 'lines',
        name: 'front',
        hoverinfo: 'skip',
        line: { shape: 'hv', color: theme.accents[0], width: 2 },
        x: line.map(({ x }) => x),
        y: line.map(({ y }) => y),
      },
      ...(['native', 'simulated'] as const).flatMap((execution) =>
        marks(
          execution,
          spots.filter(({ point }) => point.execution === execution),
          { front, table, theme, unit: scale.unit },
        ),
      ),
    ],
    height: HEIGHT,
    label: `${name} against ${COST_NAMES[cost]}. ${front.points.map((point) => pointText(point, front, table)).join('; ')}. The table has all figures.`,
    layout: {
      ...baseLayout(theme),
      margin: { l: 56, r: 24, t: 30, b: 40 },
      legend: rowLegend(theme, { x: 1, xanchor: 'right', y: 1, yanchor: 'bottom' }),
      xaxis: axis(theme, {
        title: axisTitle(theme, `${COST_NAMES[cost]}, against ${literal(scale.of)} (better: left)`),
        zeroline: false,
        ...(scale.isLogarithmic
          ? { type: 'log', ...powersOfTwo(spots) }
          : {
              range: [0, 1.12 * Math.max(...spots.map(({ x }) => x))],
              ticksuffix: 'x',
              nticks: 7,
            }),
      }),
      yaxis: axis(theme, {
        title: axisTitle(theme, `${name} (better: ${better})`),
        zeroline: false,
        nticks: 6,
        ...(isPercent ? { tickformat: '.1~%' } : worth === 'sqnr' ? { ticksuffix: ' dB' } : {}),
      }),
    },
  };
}

/** Where a point stands: its cost against the baseline's, and its worth, or above all where it is exact. */
interface Spot {
  readonly point: FrontPoint;
  readonly x: number;
  readonly y: number;
  readonly name: string;
  readonly place: (typeof PLACES)[number];
}

function spotsOf({ points }: Front, { unit, isLogarithmic }: ReturnType<typeof costScale>): Spot[] {
  const finite = points.map(({ worth }) => worth).filter(Number.isFinite);
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  const top = finite.length === 0 ? 1 : most + ((most - least) * 0.12 || 1);
  const along = (x: number): number => (isLogarithmic ? Math.log2(x) : x);
  const at = points.map((point) => ({
    point,
    x: point.cost / unit,
    y: Number.isFinite(point.worth) ? point.worth : top,
  }));
  // What the axes span, with the intervals that stand on the points.
  const width = spread([...(isLogarithmic ? [] : [0]), ...at.map(({ x }) => along(x))]);
  const height = spread(at.flatMap(({ point, y }) => [y, ...(point.worthInterval ?? [])]));
  const taken: { readonly x: number; readonly y: number; readonly place: string }[] = [];
  return at.map(({ point, x, y }) => {
    const near = taken.filter(
      (other) =>
        Math.abs(along(other.x) - along(x)) < NEAR.x * width &&
        Math.abs(other.y - y) < NEAR.y * height,
    );
    const place = PLACES.find((name) => near.every((other) => other.place !== name)) ?? PLACES[0];
    taken.push({ x, y, place });
    const exact = point.worth === Infinity ? ' (exact)' : '';
    return { point, x, y, place, name: `${shortened(point.format, LONGEST_NAME)}${exact}` };
  });
}

function spread(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values) || 1;
}

interface Drawn {
  readonly front: Front;
  readonly table: PrecisionTable;
  readonly theme: Theme;
  readonly unit: number;
}

/** A native format is a disc, a simulated one an open diamond; gray where another one beats it. */
function marks(
  execution: FrontPoint['execution'],
  spots: readonly Spot[],
  { front, table, theme, unit }: Drawn,
): Trace[] {
  if (spots.length === 0) return [];
  const colors = spots.map(({ point }) => (point.isOnFront ? theme.accents[0] : theme.literature));
  const symbol = execution === 'native' ? 'circle' : 'diamond-open';
  return [
    {
      type: 'scatter',
      mode: 'markers+text',
      name: execution,
      x: spots.map(({ x }) => x),
      y: spots.map(({ y }) => y),
      text: spots.map(({ name }) => name),
      textposition: spots.map(({ place }) => place),
      textfont: { color: theme.text, size: 12 },
      cliponaxis: false,
      hoverinfo: 'text',
      hovertext: spots.map(({ point }) => literal(pointText(point, front, table))),
      marker: { symbol, size: 10, color: colors, line: { color: colors, width: 2 } },
      error_y: ends(
        spots.map(({ point: { worth, worthInterval } }) => [worth, worthInterval]),
        theme,
      ),
      error_x: ends(
        spots.map(({ point: { cost, costInterval } }) => [
          cost / unit,
          costInterval && [costInterval[0] / unit, costInterval[1] / unit],
        ]),
        theme,
      ),
    },
  ];
}

type Ends = readonly [value: number, interval: readonly [number, number] | undefined];

function ends(values: readonly Ends[], theme: Theme): object {
  return {
    type: 'data',
    symmetric: false,
    color: theme.muted,
    thickness: 1,
    width: 3,
    visible: values.some(([, interval]) => interval !== undefined),
    array: values.map(([value, interval]) => (interval === undefined ? 0 : interval[1] - value)),
    arrayminus: values.map(([value, interval]) =>
      interval === undefined ? 0 : value - interval[0],
    ),
  };
}

/** Ticks of a logarithmic axis, in words that say a share. */
function powersOfTwo(spots: readonly Spot[]): object {
  const logs = spots.map(({ x }) => Math.log2(x));
  const [low, high] = [Math.floor(Math.min(...logs)), Math.ceil(Math.max(...logs))];
  const exponents = Array.from({ length: Math.min(40, high - low + 1) }, (_, i) => low + i);
  return {
    tickvals: exponents.map((exponent) => 2 ** exponent),
    ticktext: exponents.map((exponent) =>
      exponent < 0 ? `1/${2 ** -exponent}x` : ratio(2 ** exponent),
    ),
    range: [(low - 0.2) * Math.log10(2), (Math.max(...logs) + 0.9) * Math.log10(2)],
  };
}
