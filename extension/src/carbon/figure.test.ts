import type { CarbonReport, EnergyPart, EnergyWindow, Quantity } from 'halfnote/mime';
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
};

function quantity(value: number): Quantity {
  return {
    value,
    low: value * 0.9,
    high: value * 1.2,
    coverage: 0.95,
    method: 'estimated',
    statistical: { below: 0, above: 0 },
    systematic: { below: value * 0.1, above: value * 0.2 },
    samples: 2,
    gaps: 0,
    resets: 0,
    complete: true,
  };
}

function part(
  component: EnergyPart['component'],
  user: number,
  method: EnergyPart['method'],
): EnergyPart {
  const accountsJ = { user, halfnote: 1, rest: 2 };
  return { component, accountsJ, machineJ: user + 3, idleJ: null, method, source: 'a counter' };
}

let id = 0;

function window(name: string, parts: EnergyPart[], more: Partial<EnergyWindow> = {}): EnergyWindow {
  const user = parts.reduce((sum, { accountsJ }) => sum + accountsJ.user, 0);
  const accounts = { user, halfnote: 1, rest: 2 };
  return {
    id: (id += 1),
    parent: 0,
    name,
    kind: 'cell',
    status: 'ended',
    startedAt: '2026-11-29T05:00:00.000Z',
    durationS: 1,
    energyJ: quantity(user),
    machineJ: quantity(user + 3),
    accountsJ: { user: quantity(user), halfnote: quantity(1), rest: quantity(2) },
    exclusiveJ: accounts,
    idleJ: { user: null, machine: null },
    cpuS: accounts,
    co2eG: quantity(1),
    machineCo2eG: quantity(2),
    parts,
    problems: [],
    ...more,
  };
}

function report(windows: EnergyWindow[]): CarbonReport {
  const session = { id: 0, parent: null, kind: 'session' } as const;
  return {
    title: 'Energy',
    scope: 'session',
    complete: true,
    total: window('session', [part('cpu', 3, 'counter')], session),
    devices: [],
    windows,
    intensity: {
      gramsPerKWh: quantity(56),
      region: 'FRA',
      name: 'France',
      year: 2024,
      yearReason: null,
      source: 'Ember',
      licence: null,
      kind: 'average',
      spreadOf: 'none',
      alternatives: [],
    },
    pue: 1,
    notes: [],
  };
}

describe('carbonFigure', () => {
  it("stacks the user's energy by component and method, with one bar for each window", () => {
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
      ['interval', [3, 4]],
    ]);
  });

  it('draws the interval of each window at the end of its bar', () => {
    const figure = carbonFigure(report([window('a', [part('cpu', 10, 'counter')])]), theme);
    const { error_x: error } = figure.traces.at(-1) as unknown as {
      error_x: { array: number[]; arrayminus: number[] };
    };
    expect(error.array[0]).toBeCloseTo(2, 12);
    expect(error.arrayminus[0]).toBeCloseTo(1, 12);
  });

  it('hatches what was not measured', () => {
    const figure = carbonFigure(
      report([window('a', [part('cpu', 2, 'counter'), part('gpu', 1, 'modelled')])]),
      theme,
    );
    const shapes = figure.traces.slice(0, 2).map(({ marker }) => marker);
    expect(shapes).toMatchObject([{ pattern: { shape: '' } }, { pattern: { shape: '/' } }]);
  });

  it('chooses the unit by the largest window', () => {
    const figure = carbonFigure(report([window('a', [part('cpu', 0.0025, 'modelled')])]), theme);
    expect(figure.traces[0]).toMatchObject({ x: [2.5] });
    expect(figure.layout['xaxis']).toMatchObject({
      title: { text: "energy of the user's code, mJ" },
    });
  });

  it('shows the total when there are no windows, and survives figures that are no numbers', () => {
    expect(carbonFigure(report([]), theme).traces[0]).toMatchObject({ x: [3] });
    const broken = report([window('a', [part('cpu', NaN, 'modelled')])]);
    expect(carbonFigure(broken, theme).traces[0]).toMatchObject({ x: [3] });
    const negative = report([
      window('a', [part('cpu', -2, 'modelled'), part('gpu', 5, 'modelled')]),
    ]);
    expect(carbonFigure(negative, theme).traces[0]).toMatchObject({ x: [0] });
  });

  it('names a window that was interrupted', () => {
    const windows = [window('a', [part('cpu', 2, 'counter')], { status: 'interrupted' })];
    const { layout } = carbonFigure(report(windows), theme);
    expect(layout['yaxis']).toMatchObject({ ticktext: ['a, interrupted'] });
  });
});

describe('shown', () => {
  it('keeps the windows that took most, in their order', () => {
    const windows = Array.from({ length: 40 }, (_, index) =>
      window(`cell ${index}`, [part('cpu', index, 'modelled')]),
    );
    const kept = shown(report(windows)).map(({ name }) => name);
    expect(kept).toHaveLength(12);
    expect([kept[0], kept.at(-1)]).toEqual(['cell 28', 'cell 39']);
  });

  it("leaves out what holds nothing of the user's", () => {
    const outside = window('outside cells', [part('cpu', 4, 'counter')], { kind: 'outside' });
    const idle = window('idle', [part('cpu', 0, 'counter')]);
    const busy = window('busy', [part('cpu', 1, 'counter')]);
    expect(shown(report([outside, idle, busy])).map(({ name }) => name)).toEqual(['busy']);
  });
});
