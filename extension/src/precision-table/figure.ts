import { decodeNumber, ratio } from 'halfnote/mime';
import {
  claimOrigin,
  drawnClaim,
  speedBaseline,
  type Claimed,
  type PrecisionRow,
  type PrecisionTable,
} from 'halfnote/mime/precision';
import {
  axis,
  baseLayout,
  caption,
  literal,
  rowLegend,
  type Figure,
  type Theme,
  type Trace,
} from '../plot/figure';

/** Narrower outputs show the two charts one above the other. */
const SIDE_BY_SIDE = 620;
const HEIGHT = 250;
/** So that a mark at the top, and its figure, are not cut off. */
const HEADROOM = 1.12;

/** Speed and weight of each format against the baseline; beside them what publications claim against the same, which may squeeze them, where it is asked for. */
export function precisionFigure(
  whole: PrecisionTable,
  theme: Theme,
  width: number,
  withLiterature: boolean,
): Figure {
  const table = withLiterature
    ? whole
    : { ...whole, rows: whole.rows.map((row) => ({ ...row, claims: [] })) };
  const wide = width >= SIDE_BY_SIDE;
  const [left, right] = wide
    ? [
        [0, 0.46],
        [0.54, 1],
      ]
    : [
        [0, 1],
        [0, 1],
      ];
  const [upper, lower] = wide
    ? [
        [0, 1],
        [0, 1],
      ]
    : [
        [0.6, 1],
        [0, 0.4],
      ];
  const formats = table.rows.map(({ format }) => literal(format));
  // Of the chart's width for each format.
  const room = ((wide ? 0.46 : 1) * width) / formats.length;
  const category = { type: 'category', categoryorder: 'array', categoryarray: formats };
  return {
    traces: [...speedTraces(table, theme), ...weightTraces(table, theme)],
    height: wide ? HEIGHT : 2 * HEIGHT,
    label: describe(table),
    layout: {
      ...baseLayout(theme),
      barmode: 'group',
      bargap: 0.35,
      bargroupgap: 0.08,
      margin: { l: 8, r: 8, t: 58, b: 8 },
      legend: rowLegend(theme, {
        x: 1,
        xanchor: 'right',
        y: 1,
        yanchor: 'top',
        yref: 'container',
      }),
      xaxis: axis(theme, { ...category, domain: left, anchor: 'y' }),
      yaxis: axis(theme, {
        domain: upper,
        ticksuffix: 'x',
        range: [0, HEADROOM * fastest(table)],
        nticks: 5,
      }),
      xaxis2: axis(theme, { ...category, domain: right, anchor: 'y2' }),
      yaxis2: axis(theme, {
        domain: lower,
        anchor: 'x2',
        tickformat: '.0%',
        rangemode: 'tozero',
        nticks: 5,
      }),
      shapes: [reference('x', 'y', theme), reference('x2', 'y2', theme)],
      annotations: [
        heading('', theme, `Speed against ${literal(speedBaseline(table))}`),
        heading('2', theme, `Weights against ${literal(table.baseline)}`),
        ...table.rows
          .filter(({ speedup }) => speedup === null)
          .map((row) => silence(row, theme, room)),
      ],
    },
  };
}

/** A chart's name, above its left edge. */
function heading(axes: string, theme: Theme, text: string): object {
  return caption(theme, `<b>${text}</b>`, {
    xref: `x${axes} domain`,
    yref: `y${axes} domain`,
    x: 0,
    y: 1,
    xanchor: 'left',
    yanchor: 'bottom',
    yshift: 8,
    font: { color: theme.text, size: 12 },
  });
}

/** The line at which a format is as good as the baseline. */
function reference(x: string, y: string, theme: Theme): object {
  return {
    type: 'line',
    xref: `${x} domain`,
    yref: y,
    x0: 0,
    x1: 1,
    y0: 1,
    y1: 1,
    line: { color: theme.muted, width: 1, dash: 'dot' },
  };
}

/** In place of the bar that a simulated format doesn't have. */
function silence({ format, execution }: PrecisionRow, theme: Theme, room: number): object {
  const isNarrow = room < 30;
  return caption(theme, execution === 'simulated' ? 'simulated' : 'not timed', {
    xref: 'x',
    yref: 'y',
    x: literal(format),
    y: 0,
    textangle: -90,
    yanchor: 'bottom',
    // Between the literature's marks, which stand on the right of their formats.
    xshift: isNarrow ? -room / 3 : -9,
    ...(isNarrow ? { font: { color: theme.text, size: 9 } } : {}),
  });
}

/** The largest speed that is shown, measured or from the literature. */
function fastest(table: PrecisionTable): number {
  const speeds = table.rows.flatMap((row) => [
    ...(row.speedup === null ? [] : [decodeNumber(row.speedup)]),
    ...(drawnClaim(row, 'speed', table)?.range ?? []),
  ]);
  return Math.max(1, ...speeds.filter(Number.isFinite));
}

function speedTraces(table: PrecisionTable, theme: Theme): Trace[] {
  const timed = table.rows.flatMap(({ format, speedup }) =>
    speedup === null ? [] : [{ format, speedup: decodeNumber(speedup) }],
  );
  return [
    {
      type: 'bar',
      name: 'measured here',
      legendgroup: 'measured',
      offsetgroup: 'measured',
      x: timed.map(({ format }) => literal(format)),
      y: timed.map(({ speedup }) => speedup),
      text: timed.map(({ speedup }) => ratio(speedup)),
      ...figuresOnBars(theme),
      hovertext: timed.map(
        ({ format, speedup }) => `${literal(format)}: ${ratio(speedup)}, measured`,
      ),
      hoverinfo: 'text',
      marker: { color: theme.accents[0] },
    },
    claimed(table, theme, {
      quantity: 'speed',
      extent: (range) => range,
      axes: {},
      showlegend: true,
    }),
  ];
}

function weightTraces(table: PrecisionTable, theme: Theme): Trace[] {
  const base = table.rows.find(({ format }) => format === table.baseline)?.weightBytes;
  if (base === undefined || base === 0) return [];
  const axes = { xaxis: 'x2', yaxis: 'y2' };
  return [
    {
      type: 'bar',
      name: 'measured here',
      legendgroup: 'measured',
      offsetgroup: 'measured',
      showlegend: false,
      ...axes,
      x: table.rows.map(({ format }) => literal(format)),
      y: table.rows.map(({ weightBytes }) => weightBytes / base),
      text: table.rows.map(({ weightBytes }) => share(weightBytes / base)),
      ...figuresOnBars(theme),
      hovertext: table.rows.map(
        ({ format, weightBytes }) =>
          `${literal(format)}: ${share(weightBytes / base)} of ${literal(table.baseline)}`,
      ),
      hoverinfo: 'text',
      marker: { color: theme.accents[0] },
    },
    claimed(table, theme, {
      quantity: 'memory',
      extent: ([low, high]) => [1 - high, 1 - low],
      axes,
      showlegend: false,
    }),
  ];
}

/** Above them, where they can be read in any theme. */
function figuresOnBars(theme: Theme): object {
  return { textposition: 'outside', cliponaxis: false, textfont: { color: theme.text, size: 11 } };
}

function share(value: number): string {
  return `${Math.round(value * 100)}%`;
}

interface ClaimOptions {
  readonly quantity: Claimed;
  /** Where a claim's interval stands on the axis. */
  readonly extent: (range: readonly [number, number]) => readonly [number, number];
  readonly axes: object;
  readonly showlegend: boolean;
}

/** Bars from the least to the most that a publication claims. */
function claimed(table: PrecisionTable, theme: Theme, options: ClaimOptions): Trace {
  const cited = table.rows.flatMap((row) => {
    const claim = drawnClaim(row, options.quantity, table);
    if (claim === undefined) return [];
    const [low, high] = options.extent(claim.range);
    return [{ format: row.format, low, high, claim }];
  });
  return {
    type: 'bar',
    name: 'literature',
    legendgroup: 'literature',
    offsetgroup: 'literature',
    showlegend: options.showlegend,
    ...options.axes,
    x: cited.map(({ format }) => literal(format)),
    base: cited.map(({ low }) => low),
    // A single figure is drawn as a line.
    y: cited.map(({ low, high }) => Math.max(high - low, 0.012 * high)),
    hovertext: cited.map(
      ({ format, claim }) =>
        `${literal(format)}: ${literal(claim.says)}<br>${literal(claimOrigin(claim, table))}`,
    ),
    hoverinfo: 'text',
    marker: {
      color: theme.literature,
      line: { color: theme.literature, width: 1 },
      pattern: {
        shape: '/',
        size: 5,
        fgopacity: 0.9,
        fgcolor: theme.literature,
        bgcolor: 'rgba(0,0,0,0)',
      },
    },
  };
}

function describe(table: PrecisionTable): string {
  const { rows } = table;
  const parts = rows.map(({ format, speedup }) =>
    speedup === null
      ? `${format}: no speed claimed`
      : `${format}: ${ratio(decodeNumber(speedup))} the speed`,
  );
  return `Bar chart of speed and weight bytes against ${speedBaseline(table)}. ${parts.join('; ')}. The table has all figures.`;
}
