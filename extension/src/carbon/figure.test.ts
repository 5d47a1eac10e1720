import type { CarbonReport, EnergyPart, EnergyWindow } from 'halfnote/mime';
import { describe, expect, it } from 'vitest';
import type { Theme } from '../plot/figure';
import { carbonFigure, shown } from './figure';

const theme: Theme = {
  text: '#000',
  muted: '#666',
  grid: '#ccc',
  background: '#fff',
  font: 'sans-serif',
  accents: ['#00f', '#f80', '#0a0'],
  literature: '#888',
  overflow: '#f00',
  underflow: '#f00',
  subnormal: '#fa0',
  ramp: ['#eef', '#88f', '#00f'],
};

function part(
  component: EnergyPart['component'],
  energyJ: EnergyPart['energyJ'],
  method: EnergyPart['method'],
): EnergyPart {
  return { component, energyJ, method, source: 'a counter' };
}

function window(name: string, parts: EnergyPart[]): EnergyWindow {
  const energyJ = parts.reduce((sum, { energyJ: joules }) => sum + Number(joules), 0);
  return { name, durationS: 1, energyJ, co2eG: 1, parts };
}

function report(windows: EnergyWindow[]): CarbonReport {
  return {
    title: 'Energy',
    scope: 'session',
    total: window('session', [part('cpu', 3, 'counter')]),
    windows,
    intensity: { gramsPerKWh: 56, region: 'FRA', year: '2024', source: 'Ember', kind: 'average' },
    pue: 1,
    notes: [],
  };
}

describe('carbonFigure', () => {
  it('stacks a trace for each component and method, with one bar for each window', () => {
    const figure = carbonFigure(
      report([
        window('a', [part('cpu', 2, 'counter'), part('dram', 1, 'modelled')]),
        window('b', [part('cpu', 3, 'modelled'), part('cpu', 1, 'modelled')]),
      ]),
      theme,
    );
    expect(figure.traces.map(({ name, x }) => [name, x])).toEqual([
      ['CPU, counter', [2, 0]],
      ['CPU, modelled', [0, 4]],
      ['Memory, modelled', [1, 0]],
    ]);
  });

  it('hatches what was not measured', () => {
    const figure = carbonFigure(
      report([window('a', [part('cpu', 2, 'counter'), part('gpu', 1, 'modelled')])]),
      theme,
    );
    const shapes = figure.traces.map(({ marker }) => marker);
    expect(shapes).toMatchObject([{ pattern: { shape: '' } }, { pattern: { shape: '/' } }]);
  });

  it('chooses the unit by the largest window', () => {
    const figure = carbonFigure(report([window('a', [part('cpu', 0.0025, 'modelled')])]), theme);
    expect(figure.traces[0]).toMatchObject({ x: [2.5] });
    expect(figure.layout['xaxis']).toMatchObject({ title: { text: 'energy, mJ' } });
  });

  it('shows the total when there are no windows, and survives figures that are no numbers', () => {
    expect(carbonFigure(report([]), theme).traces[0]).toMatchObject({ x: [3] });
    const broken = report([window('a', [part('cpu', 'NaN', 'modelled')])]);
    expect(carbonFigure(broken, theme).traces[0]).toMatchObject({ x: [0] });
  });
});

describe('shown', () => {
  it('keeps the windows that took most, in their order', () => {
    const windows = Array.from({ length: 40 }, (_, index) =>
      window(`cell ${index}`, [part('cpu', index, 'modelled')]),
    );
    const kept = shown(report(windows)).map(({ name }) => name);
    expect(kept).toHaveLength(24);
    expect([kept[0], kept.at(-1)]).toEqual(['cell 16', 'cell 39']);
  });
});
