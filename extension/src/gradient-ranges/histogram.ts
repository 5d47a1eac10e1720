import { HUE, percent, powerOfTwo } from 'halfnote/mime';
import { isScaled, zone, type Zone } from 'halfnote/mime/ranges';
import { axis, axisTitle, baseLayout, shortened, type Figure, type Theme } from '../plot/figure';
import { bandShapes } from './bands';
import { exponentAxis, plotWidth, sides } from './heatmap';
import type { LayerReading, Reading } from './reading';

const HEIGHT = 230;

export interface Bin {
  readonly exponent: number;
  readonly values: number;
  readonly share: number;
  readonly zone: Zone;
}

/** The bins of a layer that hold values, with the zone they land in at the scale chosen. */
export function bins({ layer }: LayerReading, { format, kind, scaleExponent }: Reading): Bin[] {
  const shift = isScaled({ kind }) ? scaleExponent : 0;
  return layer.bins.flatMap((values, index) => {
    const exponent = layer.firstExponent + index;
    return values === 0
      ? []
      : [{ exponent, values, share: values / layer.count, zone: zone(exponent + shift, format) }];
  });
}

/** One layer's values by exponent, colored by what becomes of them. */
export function histogramFigure(
  open: LayerReading,
  reading: Reading,
  theme: Theme,
  width: number,
): Figure {
  const found = bins(open, reading);
  const { shapes, captions } = bandShapes(reading, theme, plotWidth(reading, width));
  return {
    height: HEIGHT,
    label:
      `Histogram of ${open.layer.name}: ${percent(open.stats.normal)} normal, ` +
      `${percent(open.stats.subnormal)} subnormal, ${percent(open.stats.underflow)} become zero, ` +
      `${percent(open.stats.overflow)} overflow.`,
    traces: [
      {
        type: 'bar',
        x: found.map(({ exponent }) => exponent),
        y: found.map(({ share }) => share),
        width: 0.9,
        marker: { color: found.map((bin) => HUE[bin.zone]) },
        hoverinfo: 'text',
        hovertext: found.map(
          (bin) =>
            `${powerOfTwo(bin.exponent)}: ${bin.values.toLocaleString('en')} values, ` +
            `${percent(bin.share).replace('<', '&lt;')}, ${bin.zone}`,
        ),
      },
    ],
    layout: {
      ...baseLayout(theme),
      showlegend: false,
      margin: { ...sides(reading), t: 24, b: 46 },
      xaxis: exponentAxis(reading, theme),
      yaxis: axis(theme, {
        automargin: false,
        tickformat: '.0%',
        rangemode: 'tozero',
        nticks: 5,
        title: axisTitle(theme, `share of ${shortened(open.layer.name, 22)}`),
      }),
      shapes,
      annotations: captions,
    },
  };
}
