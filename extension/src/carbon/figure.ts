import {
  METHODS,
  printQuantity,
  si,
  windowName,
  windowRows,
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
const ROW = 22;
const MOST = 12;
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

/**
 * Energy of the user's code in each window, with what lies within, stacked by device and with its
 * interval; what wasn't measured is hatched.
 */
export function carbonFigure(report: CarbonReport, theme: Theme): Figure {
  const windows = shown(report);
  const unit = unitFor(windows);
  return {
    traces: [...traces(windows, unit.joules, theme), interval(windows, unit.joules, theme)],
    height: 34 + Math.max(2, windows.length) * ROW + 44,
    label: describe(report, windows),
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
        title: axisTitle(theme, `energy of the user's code, ${unit.name}`),
      }),
      yaxis: axis(theme, {
        range: [windows.length - 0.5, -0.5],
        tickvals: windows.map((_, index) => index),
        ticktext: windows.map((window) => shortened(windowName(window), NAME)),
        showgrid: false,
        zeroline: false,
      }),
    },
  };
}

/** The windows in which the user's code took something. */
export function drawable({ windows }: CarbonReport): readonly EnergyWindow[] {
  return windows.filter(({ kind, energyJ }) => kind !== 'outside' && energyJ.value > 0);
}

/** Those that a chart can hold, in the order of the table; the total where there are none. */
export function shown(report: CarbonReport): readonly EnergyWindow[] {
  const { total } = report;
  const rows = windowRows({ total, windows: drawable(report) }, MOST + 1).rows.map(
    ({ window }) => window,
  );
  const others = rows.filter((window) => window !== total);
  return others.length === 0 ? [total] : others;
}

/** The unit in which the largest window's energy has one to three digits before the point. */
function unitFor(windows: readonly EnergyWindow[]): {
  readonly joules: number;
  readonly name: string;
} {
  const most = windows.reduce((joules, { energyJ }) => Math.max(joules, finite(energyJ.value)), 0);
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

/** The interval of each window's sum, at the end of its bar. */
function interval(windows: readonly EnergyWindow[], joules: number, theme: Theme): Trace {
  const scaled = (value: number): number => finite(value) / joules;
  return {
    type: 'scatter',
    mode: 'markers',
    name: 'interval',
    showlegend: false,
    y: windows.map((_, row) => row),
    x: windows.map(({ energyJ }) => scaled(energyJ.value)),
    hoverinfo: 'text',
    hovertext: windows.map(
      ({ name, energyJ }) => `${literal(name)}<br>${printQuantity(energyJ, 'J')}`,
    ),
    marker: { color: theme.text, size: 1 },
    error_x: {
      type: 'data',
      symmetric: false,
      array: windows.map(({ energyJ }) => scaled(energyJ.high - energyJ.value)),
      arrayminus: windows.map(({ energyJ }) => scaled(energyJ.value - energyJ.low)),
      color: theme.text,
      thickness: 1.2,
      width: 4,
    },
  };
}

function sum(
  { parts }: EnergyWindow,
  component: EnergyPart['component'],
  method: Method,
): number | undefined {
  const found = parts.filter((part) => part.component === component && part.method === method);
  return found.length === 0
    ? undefined
    : found.reduce((joules, { accountsJ }) => joules + Math.max(0, finite(accountsJ.user)), 0);
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

function describe({ total, devices }: CarbonReport, windows: readonly EnergyWindow[]): string {
  const parts = devices.map(
    ({ component, accountsJ, method }) =>
      `${COMPONENTS[component]} ${printQuantity(accountsJ.user, 'J')}, ${method}`,
  );
  return (
    `Stacked bar chart of the energy of the user's code by device for ${windows.length} ` +
    `${windows.length === 1 ? 'window' : 'windows'}. ` +
    `In all ${printQuantity(total.energyJ, 'J')}: ${parts.join('; ')}. The table has all figures.`
  );
}
