import type { PrecisionRow, PrecisionTable } from 'halfnote/mime/precision';
import { describe, expect, it } from 'vitest';
import type { Theme, Trace } from '../plot/figure';
import { firstRows } from './first-rows';
import { frontFigure } from './front-figure';

const theme = { accents: ['#00f', '#f80', '#0a0'], literature: '#888' } as unknown as Theme;

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
    scoreInterval: [0.87, 0.92],
    maxError: 0,
    sqnrDb: 'Infinity',
    literature: null,
    ...more,
  };
}

const simulated = {
  execution: 'simulated',
  latencyS: null,
  throughputPerS: null,
  speedup: null,
} as const;
const rows = [
  row('fp32', {}),
  row('bf16', { ...simulated, weightBytes: 200, sqnrDb: 40 }),
  row('int8', {
    latencyS: { median: 0.5, p95: 1, runs: 9 },
    weightBytes: 100,
    score: 0.89,
    sqnrDb: 30,
  }),
];
const table = (own: readonly PrecisionRow[]): PrecisionTable => ({
  title: 'Precision',
  model: { name: 'model', parameters: 100 },
  device: { name: 'CPU', engine: 'TensorFlow', threads: 2 },
  batchSize: 32,
  samples: 100,
  metric: 'accuracy',
  baseline: 'fp32',
  rows: [...own],
  notes: [],
});
const traces = (...asked: Parameters<typeof frontFigure>): readonly Trace[] =>
  frontFigure(...asked).traces;

describe('frontFigure', () => {
  it('draws accuracy with its interval against the share of bytes, and the front as steps', () => {
    const [front, native, other] = traces(table(rows), 'bytes', 'score', theme);
    expect(front).toMatchObject({ x: [0.25, 0.5], y: [0.89, 0.9], line: { shape: 'hv' } });
    expect(native).toMatchObject({ x: [1, 0.25], text: ['fp32', 'int8'] });
    expect(other).toMatchObject({ name: 'simulated', x: [0.5] });
    const { array } = native?.['error_y'] as { array: number[] };
    expect(array[0]).toBeCloseTo(0.02, 9);
  });

  it('draws no simulated format against time', () => {
    const names = traces(table(rows), 'time', 'score', theme).map(({ name }) => name);
    expect(names).toEqual(['front', 'native']);
  });

  it('puts what equals fp32 above all, and says so', () => {
    const [, native] = traces(table(rows), 'bytes', 'sqnr', theme);
    expect(native?.['text']).toEqual(['fp32 (exact)', 'int8']);
    expect((native?.['y'] as number[])[0]).toBeGreaterThan(40);
  });

  it('gives plotly no markup from a notebook', () => {
    const hostile = table([row('<b>fp32</b>', {}), row('<a href>', { weightBytes: 9 })]);
    const { label, ...figure } = frontFigure(hostile, 'bytes', 'score', theme);
    expect(label).toContain('<b>');
    expect(JSON.stringify(figure)).not.toMatch(/<b>fp32|<a href/);
  });
});

describe('the first rows of a long table', () => {
  it('are the baseline and the formats on a front, in the order of the table', () => {
    const worse = Array.from({ length: 9 }, (_, i) => row(`w${i}`, { ...simulated, score: 0.5 }));
    const shown = firstRows(table([...worse, ...rows])).map(({ format }) => format);
    expect(shown).toHaveLength(5);
    expect(shown.slice(-3)).toEqual(['fp32', 'bf16', 'int8']);
    expect(firstRows(table(rows))).toHaveLength(3);
  });
});
