import type { PrecisionClaim, PrecisionRow, PrecisionTable } from 'halfnote/mime/precision';
import { describe, expect, it } from 'vitest';
import type { Theme, Trace } from '../plot/figure';
import { precisionFigure } from './figure';

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

function row(format: string, more: Partial<PrecisionRow>): PrecisionRow {
  return {
    format,
    execution: 'native',
    engine: 'TensorFlow',
    note: '',
    latencyS: { median: 1, p95: 2, runs: 10 },
    throughputPerS: 32,
    speedup: 1,
    weightBytes: 400,
    energyJ: null,
    co2eG: null,
    score: 0.9,
    maxError: 0,
    sqnrDb: 'Infinity',
    literature: null,
    ...more,
  };
}

const claims: PrecisionClaim[] = [
  {
    quantity: 'speed',
    says: '1.7–4.6x',
    range: [1.7, 4.6],
    against: 'fp32',
    hardware: 'a CPU',
    conditions: 'a network; inference',
    source: 'paper2021',
  },
  {
    quantity: 'memory',
    says: '75%',
    range: [0.75, 0.75],
    against: 'fp32',
    conditions: 'weights; inference',
    source: 'paper2021',
  },
];

function table(rows: readonly PrecisionRow[]): PrecisionTable {
  return {
    title: 'Precision',
    model: { name: 'model', parameters: 100 },
    device: { name: 'CPU', engine: 'TensorFlow', threads: 2 },
    batchSize: 32,
    samples: 100,
    metric: 'accuracy',
    baseline: 'fp32',
    rows: [...rows],
    notes: [],
  };
}

const rows = [
  row('fp32', {}),
  row('bf16', { execution: 'simulated', speedup: null, latencyS: null, weightBytes: 200 }),
  row('int8', { speedup: 2.5, weightBytes: 100, claims }),
];
const simulated = precisionFigure(table(rows), theme, 800, true);

function trace(name: string, index = 0): Trace {
  const found = simulated.traces.filter((candidate) => candidate.name === name)[index];
  if (found === undefined) throw new Error(`no trace ${name}`);
  return found;
}

describe('precisionFigure', () => {
  it('draws no bar of speed for a simulated format, and says so in its place', () => {
    expect(trace('measured here')).toMatchObject({ x: ['fp32', 'int8'], y: [1, 2.5] });
    expect(simulated.layout['annotations']).toContainEqual(
      expect.objectContaining({ x: 'bf16', text: 'simulated' }),
    );
    expect(simulated.label).toContain('bf16: no speed claimed');
  });

  it("spans the literature's range from its least to its most", () => {
    const { x, base, y } = trace('literature');
    expect({ x, base }).toEqual({ x: ['int8'], base: [1.7] });
    expect(y).toEqual([expect.closeTo(2.9, 12)]);
    expect(trace('literature', 1)).toMatchObject({ x: ['int8'], base: [0.25] });
    expect(trace('literature')['hovertext']).toEqual([
      'int8: 1.7–4.6x<br>paper2021, a CPU, vs fp32',
    ]);
  });

  it('draws no claim against another format than the baseline, and none without a source', () => {
    const other = claims.map((claim) => ({ ...claim, against: 'fp16' }));
    const unsourced = claims.map((claim) => ({ ...claim, source: undefined }));
    for (const odd of [other, unsourced]) {
      const { traces } = precisionFigure(
        table([row('fp32', {}), row('int8', { claims: odd })]),
        theme,
        800,
        true,
      );
      const [drawn] = traces.filter(({ name }) => name === 'literature');
      expect(drawn).toMatchObject({ x: [] });
    }
  });

  it('shows weights as shares of the baseline, simulated or not', () => {
    expect(trace('measured here', 1)).toMatchObject({ y: [1, 0.5, 0.25] });
  });

  it('puts the charts one above the other where the output is narrow', () => {
    expect(precisionFigure(table(rows), theme, 400, true).height).toBe(2 * simulated.height);
  });

  it('does not fail without a baseline row', () => {
    expect(() => precisionFigure(table([row('int8', { claims })]), theme, 800, true)).not.toThrow();
  });

  it('gives plotly no markup from a notebook', () => {
    const hostile = table([
      row('<b>fp32</b>', {
        claims: claims.map((claim) => ({ ...claim, says: '<b>fp32', source: '<a href>' })),
      }),
    ]);
    const { label, ...figure } = precisionFigure(hostile, theme, 800, true);
    expect(label).toContain('<b>');
    expect(JSON.stringify(figure)).not.toMatch(/<b>fp32|<a href/);
  });

  it('leaves room above the fastest, and between the marks of many formats', () => {
    const claim = { ...claims[0], range: [8, 8] } as PrecisionClaim;
    const silent = (count: number): PrecisionRow[] => [
      row('fp32', {}),
      ...Array.from({ length: count }, (_, i) =>
        row(`f${i}`, { execution: 'simulated', speedup: null, claims: [claim] }),
      ),
    ];
    const layout = (count: number) =>
      precisionFigure(table(silent(count)), theme, 1000, true).layout as unknown as {
        readonly yaxis: { readonly range: readonly number[] };
        readonly annotations: readonly { readonly text: string; readonly xshift?: number }[];
      };
    expect(layout(1).yaxis.range[1]).toBeGreaterThan(8 * 1.05);
    const shifts = (count: number): unknown[] =>
      layout(count)
        .annotations.filter(({ text }) => text === 'simulated')
        .map(({ xshift }) => xshift);
    expect(shifts(3)).toEqual([-9, -9, -9]);
    // 23 formats have 20 pixels each, of which the gap between their marks is a third.
    expect(shifts(22)).toHaveLength(22);
    expect(Number(shifts(22)[0])).toBeCloseTo(-460 / 23 / 3, 6);
  });
});
