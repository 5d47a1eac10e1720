import { caption, literal, type Theme } from '../plot/figure';
import { edges, type Reading } from './reading';

interface Band {
  readonly from: number;
  readonly to: number;
  readonly color: string;
  readonly text: string;
}

/** Room in pixels that a band's caption needs to be readable. */
const CAPTION = 62;

/** The chosen format's bands within the charts' span, as plotly shapes and captions. */
export function bandShapes(
  reading: Reading,
  theme: Theme,
  width: number,
): { readonly shapes: readonly object[]; readonly captions: readonly object[] } {
  const [low, high] = [reading.span[0] - 0.5, reading.span[1] + 0.5];
  const bands = bandsOf(reading, theme)
    .map((band) => ({ ...band, from: Math.max(low, band.from), to: Math.min(high, band.to) }))
    .filter(({ from, to }) => to > from);
  const pixels = width / (high - low);
  return {
    shapes: [
      ...bands.slice(1).map(({ from }) => ({
        type: 'line',
        layer: 'above',
        xref: 'x',
        yref: 'y domain',
        x0: from,
        x1: from,
        y0: 0,
        y1: 1,
        line: { color: theme.muted, width: 1, dash: 'dot' },
      })),
      ...bands.map(({ from, to, color }) => ({
        type: 'rect',
        layer: 'below',
        xref: 'x',
        yref: 'y domain',
        x0: from,
        x1: to,
        y0: 0,
        y1: 1,
        line: { width: 0 },
        fillcolor: color,
      })),
    ],
    captions: bands
      .filter(({ from, to }) => (to - from) * pixels > CAPTION)
      .map(({ from, to, text }) =>
        caption(theme, text, {
          xref: 'x',
          yref: 'y domain',
          x: (from + to) / 2,
          y: 1,
          yanchor: 'bottom',
        }),
      ),
  };
}

/** A bin spans half an exponent to either side of its position on the axis. */
function bandsOf(reading: Reading, theme: Theme): Band[] {
  const { zero, normal, overflow } = edges(reading.format, reading);
  const name = literal(reading.format.label);
  return [
    { from: -Infinity, to: zero - 0.5, color: theme.underflow, text: 'becomes 0' },
    { from: zero - 0.5, to: normal - 0.5, color: theme.subnormal, text: 'subnormal' },
    { from: normal - 0.5, to: overflow - 0.5, color: 'rgba(0,0,0,0)', text: `${name} normal` },
    { from: overflow - 0.5, to: Infinity, color: theme.overflow, text: 'overflows' },
  ];
}
