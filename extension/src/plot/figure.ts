/** A plotly figure as plain data, so that it can be built and tested without a page. */
export interface Figure {
  readonly traces: readonly Trace[];
  readonly layout: Readonly<Record<string, unknown>>;
  /** Pixels. */
  readonly height: number;
  /** What the chart says, for readers who do not see it. */
  readonly label: string;
}

/** The trace types in use. None of them needs WebGL. */
export interface Trace {
  readonly type: 'bar' | 'heatmap' | 'scatter';
  readonly name?: string;
  readonly [property: string]: unknown;
}

/** The colors and fonts of the page's theme. */
export interface Theme {
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly background: string;
  readonly font: string;
  /** Fills of series: the measured one, or the first component, ... */
  readonly accents: readonly [string, string, string];
  readonly literature: string;
  /** Where a format cannot hold a value, or only with fewer bits. */
  readonly overflow: string;
  readonly underflow: string;
  readonly subnormal: string;
}

/** Layout that every figure shares: transparent, in the theme's type and grid. */
export function baseLayout(theme: Theme): Record<string, unknown> {
  return {
    paper_bgcolor: 'rgba(0,0,0,0)',
    plot_bgcolor: 'rgba(0,0,0,0)',
    font: { family: theme.font, size: 12, color: theme.text },
    hoverlabel: {
      bgcolor: theme.background,
      bordercolor: theme.grid,
      font: { family: theme.font, size: 12, color: theme.text },
      align: 'left',
    },
    dragmode: false,
  };
}

/** The title of an axis, or of a color scale. */
export function axisTitle(theme: Theme, text: string): object {
  return { text, font: { color: theme.muted, size: 12 } };
}

/** A legend in one row, where `place` puts it. */
export function rowLegend(theme: Theme, place: Readonly<Record<string, unknown>>): object {
  return { orientation: 'h', font: { color: theme.text }, ...place };
}

/** A caption within a chart, without an arrow. */
export function caption(
  theme: Theme,
  text: string,
  place: Readonly<Record<string, unknown>>,
): object {
  return { text, showarrow: false, font: { color: theme.muted, size: 11 }, ...place };
}

/** An axis in the theme's colors, with `more` on top. */
export function axis(theme: Theme, more: Readonly<Record<string, unknown>>): object {
  return {
    gridcolor: theme.grid,
    zerolinecolor: theme.grid,
    linecolor: theme.grid,
    tickcolor: theme.grid,
    fixedrange: true,
    automargin: true,
    ...more,
  };
}

/** `text` as plotly shows it literally: plotly reads a subset of HTML in every string. */
export function literal(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** `text` as {@link literal}, cut to `length` signs with an ellipsis. */
export function shortened(text: string, length: number): string {
  const signs = Array.from(text);
  return literal(signs.length > length ? `${signs.slice(0, length - 1).join('')}…` : text);
}
