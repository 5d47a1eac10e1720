import {
  METHODS,
  decodeNumber,
  si,
  type CarbonReport,
  type EnergyPart,
  type EnergyWindow,
} from 'halfnote/mime';
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

export const COMPONENTS = { cpu: 'CPU', dram: 'Memory', gpu: 'GPU' } as const;
const ORDER = ['cpu', 'dram', 'gpu'] as const;
const ROW = 26;
const MOST = 24;
const NAME = 34;
const PATTERNS = {
  counter: '',
  'integrated power': '',
  estimated: '-',
  modelled: '/',
  literature: 'x',
} as const;

const UNITS = [
  { joules: 1e6, name: 'MJ' },
  { joules: 1e3, name: 'kJ' },
  { joules: 1, name: 'J' },
  { joules: 1e-3, name: 'mJ' },
  { joules: 1e-6, name: 'µJ' },
] as const;

type Method = EnergyPart['method'];

/** Energy of each window, stacked by component; what wasn't measured is hatched. */
export function carbonFigure(report: CarbonReport, theme: Theme): Figure {
  const windows = shown(report);
  const unit = unitFor(windows);
  return {
    traces: traces(windows, unit.joules, theme),
    height: 34 + Math.max(2, windows.length) * ROW + 44,
    label: describe(report),
    layout: {
      ...baseLayout(theme),
      barmode: 'stack',
      bargap: 0.35,
      margin: { l: 8, r: 16, t: 34, b: 44 },
      legend: rowLegend(theme, { x: 0, y: 1, yanchor: 'bottom', traceorder: 'normal' }),
      showlegend: true,
      xaxis: axis(theme, {
        rangemode: 'tozero',
        nticks: 7,
        title: axisTitle(theme, `energy, ${unit.name}`),
      }),
      yaxis: axis(theme, {
        range: [windows.length - 0.5, -0.5],
        tickvals: windows.map((_, index) => index),
        ticktext: windows.map(({ name }) => shortened(name, NAME)),
        showgrid: false,
        zeroline: false,
      }),
    },
  };
}

/** The windows that a chart can hold: all, or those that took most, in their order. */
export function shown({ windows, total }: CarbonReport): readonly EnergyWindow[] {
  if (windows.length === 0) return [total];
  if (windows.length <= MOST) return windows;
  const energy = (window: EnergyWindow): number => decodeNumber(window.energyJ);
  const kept = new Set(windows.toSorted((a, b) => energy(b) - energy(a)).slice(0, MOST));
  return windows.filter((window) => kept.has(window));
}

/** The unit in which the largest window's energy has one to three digits before the point. */
function unitFor(windows: readonly EnergyWindow[]): {
  readonly joules: number;
  readonly name: string;
} {
  const most = windows.reduce(
    (joules, { energyJ }) => Math.max(joules, finite(decodeNumber(energyJ))),
    0,
  );
  return UNITS.find(({ joules }) => most >= joules) ?? { joules: 1, name: 'J' };
}

function traces(windows: readonly EnergyWindow[], joules: number, theme: Theme): Trace[] {
  return ORDER.flatMap((component, index) =>
    METHODS.flatMap((method) => {
      const energies = windows.map((window) => sum(window, component, method));
      if (energies.every((energy) => energy === undefined)) return [];
      const color = theme.accents[index] ?? theme.muted;
      return [
        {
          type: 'bar' as const,
          orientation: 'h',
          name: `${COMPONENTS[component]}, ${method}`,
          y: windows.map((_, row) => row),
          x: energies.map((energy) => (energy ?? 0) / joules),
          hoverinfo: 'text',
          hovertext: energies.map(
            (energy, row) =>
              `${literal(windows[row]?.name ?? '')}<br>${COMPONENTS[component]}: ${si(energy ?? 0, 'J')}, ${method}`,
          ),
          marker: {
            color,
            line: { color, width: 1 },
            pattern: { shape: PATTERNS[method], size: 6, fgcolor: color, bgcolor: 'rgba(0,0,0,0)' },
          },
        },
      ];
    }),
  );
}

function sum(
  { parts }: EnergyWindow,
  component: EnergyPart['component'],
  method: Method,
): number | undefined {
  const found = parts.filter((part) => part.component === component && part.method === method);
  return found.length === 0
    ? undefined
    : found.reduce((joules, { energyJ }) => joules + finite(decodeNumber(energyJ)), 0);
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

function describe({ total, windows }: CarbonReport): string {
  const parts = total.parts.map(
    ({ component, energyJ, method }) =>
      `${COMPONENTS[component]} ${si(decodeNumber(energyJ), 'J')}, ${method}`,
  );
  return (
    `Stacked bar chart of energy by component for ${Math.max(1, windows.length)} windows. ` +
    `In all ${si(decodeNumber(total.energyJ), 'J')}: ${parts.join('; ')}. The table has all figures.`
  );
}
