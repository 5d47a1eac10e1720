import { describe, expect, it } from 'vitest';
import { picturesIn } from '../display/pictures.fixture';
import type { MimeBundle } from '../host';
import { sampleReport } from '../energy/session.fixture';
import { carbonBundle } from '../energy/view';
import { ModelPlot, type ModelPlotResult } from '../analysis/model-plot/view';
import { WeightHistograms, type WeightHistogramsResult } from '../quantization/weights/view';
import { JUPYTER_DISPLAY } from '../host';
import { modelGraph } from './graph/schema';
import { weightHistograms } from './weights/histograms';
import { comparisonBundle } from '../precision/ranges/compare-view';
import { gradientRangesBundle } from '../precision/ranges/view';
import { rangeComparison } from './ranges/comparison';
import { MIME } from './mime-types';
import { carbonReport, type CarbonReport } from './carbon-report';
import { gradientRanges } from './ranges/schema';
import { precisionTable } from './precision/table';
import { precisionTableBundle } from '../analysis/comparison/view';
import {
  sampleGradientRanges,
  sampleLayer,
  samplePrecisionTable,
  sampleFormats,
  sampleComparison,
  sampleTimedRanges,
} from './samples.fixture';

const EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>\u001B[31m';

/** The value with every string in it replaced, but those whose values are fixed. */
function poisoned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(poisoned);
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? EVIL : value;
  const fixed = new Set([
    'execution',
    'method',
    'metric',
    'kind',
    'component',
    'scope',
    'status',
    'spreadOf',
  ]);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, fixed.has(key) ? item : poisoned(item)]),
  );
}

const samplePlot: ModelPlotResult = {
  model: 'digits',
  isQuantized: true,
  color: 'error',
  nodes: ['conv', 'head'].map((name, i) => ({
    name,
    kind: 'Dense',
    shape: '?×10',
    format: 'int8',
    weightBytes: 400,
    sqnrDb: 40 - i,
    why: 'in integers',
    inputs: i === 0 ? [] : [0],
  })),
  layouts: [
    {
      name: 'layers',
      width: 158,
      height: 90,
      boxes: [0, 1].map((i) => ({ x: 0, y: 54 * i, width: 158, height: 36, nodes: [i] })),
      edges: [{ from: 0, to: 1, points: [79, 36, 79, 54] }],
    },
  ],
  notes: ['drawn whole'],
};

const sampleWeights: WeightHistogramsResult = {
  model: 'digits',
  mode: 'dynamic',
  repairs: ['equalize'],
  layers: [40, Infinity].map((sqnrDb, i) => ({
    name: `dense_${i}`,
    kind: 'Dense',
    format: 'int8' as const,
    weights: 4,
    channels: 2,
    groupSize: 2,
    maxError: 0.01,
    rmsError: 0.001,
    sqnrDb,
    scale: { low: 0.01, high: 0.02, count: 2 },
    zeroPoint: 0,
    saturated: 0,
    zeroed: 0.25,
    worstChannel: { index: 1, low: -1, high: 1, sqnrDb },
    histogram: { low: -1, high: 1, before: [2, 2], after: [1, 3] },
  })),
};

const views = [
  {
    view: 'the graph of a model',
    mime: MIME.modelGraph,
    schema: modelGraph,
    sample: samplePlot,
    build: (payload: unknown) => new ModelPlot(payload as ModelPlotResult)[JUPYTER_DISPLAY](),
  },
  {
    view: 'weights before and after rounding',
    mime: MIME.weightHistograms,
    schema: weightHistograms,
    sample: sampleWeights,
    build: (payload: unknown) =>
      new WeightHistograms(payload as WeightHistogramsResult)[JUPYTER_DISPLAY](),
  },
  {
    view: 'precision table',
    mime: MIME.precisionTable,
    schema: precisionTable,
    sample: samplePrecisionTable,
    build: (payload: unknown) => precisionTableBundle(payload as typeof samplePrecisionTable),
  },
  {
    view: 'gradient ranges',
    mime: MIME.gradientRanges,
    schema: gradientRanges,
    sample: sampleGradientRanges,
    build: (payload: unknown) => gradientRangesBundle(payload as typeof sampleGradientRanges),
  },
  {
    view: 'gradient ranges over time',
    mime: MIME.gradientRanges,
    schema: gradientRanges,
    sample: sampleTimedRanges,
    build: (payload: unknown) => gradientRangesBundle(payload as typeof sampleTimedRanges),
  },
  {
    view: 'gradients of two runs',
    mime: MIME.gradientComparison,
    schema: rangeComparison,
    sample: sampleComparison,
    build: (payload: unknown) => comparisonBundle(payload as typeof sampleComparison),
  },
  {
    view: 'carbon',
    mime: MIME.carbon,
    schema: carbonReport,
    sample: sampleReport(),
    build: (payload: unknown) => carbonBundle(payload as CarbonReport),
  },
];

function html(bundle: MimeBundle): string {
  return String(bundle['text/html']);
}

describe.each(views)('the fallback of $view', ({ mime, schema, sample, build }) => {
  it('comes with a payload that is valid after it was JSON', () => {
    const sent: unknown = JSON.parse(JSON.stringify(build(sample)[mime]));
    expect(schema.safeParse(sent).error).toBeUndefined();
  });

  it('lets no text of the payload become markup or a terminal command', () => {
    const bundle = build(poisoned(sample));
    expect(html(bundle)).toContain('&lt;script&gt;');
    const own =
      /<img alt="[^"]*" title="[^"]*" width="[\d.]+" height="[\d.]+" style="[^"]*" src="data:[^"]*"\/>/g;
    expect(html(bundle).replace(own, '')).not.toMatch(/<script|<img/);
    for (const drawing of picturesIn(html(bundle))) expect(drawing).not.toMatch(/<script|<img/);
    expect(bundle['text/plain']).not.toContain('\u001B');
  });

  it('has no script, no handler and nothing from elsewhere', () => {
    const attributes = html(build(sample)).replaceAll('http://www.w3.org/2000/svg', '');
    expect(attributes).not.toMatch(/<script|\son\w+=|https?:|url\(|<link|<iframe/);
    expect(attributes).not.toMatch(/ id="/);
  });

  it('has a caption, headings with scope, and a named picture', () => {
    expect(html(build(sample))).toMatch(/<caption/);
    expect(html(build(sample))).not.toMatch(/<th(?! scope)[ >]/);
    expect(html(build(sample))).toMatch(/<img alt="[^"]{20,}" title="[^"]+"/);
    expect(picturesIn(html(build(sample)))[0]).toMatch(/^<svg xmlns.*<\/svg>$/);
  });

  it('closes what it opens', () => {
    const open: string[] = [];
    for (const [, slash, name, end] of html(build(sample)).matchAll(
      /<(\/?)([a-z]+)[^>]*?(\/?)>/g,
    )) {
      if (end === '/') continue;
      if (slash === '') open.push(name ?? '');
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
  });
});

describe('the precision table', () => {
  const text = String(precisionTableBundle(samplePrecisionTable)['text/plain']);

  it('says for each row whether it is native or simulated, and how energy came about', () => {
    const rows = text
      .split('\n')
      .filter((line) => /^(fp32|fp16|bf16|int8) +(native|simulated)/.test(line));
    expect(rows.map((row) => row.split(/\s+/)[1])).toEqual([
      'native',
      'simulated',
      'native',
      'native',
    ]);
    expect(rows[0]).toContain('65.7 mJ modelled');
  });

  it('claims no speed for a simulated format', () => {
    expect(text).toMatch(/^fp16 +simulated +97\.22% +the same +– +– /m);
  });

  it('says where a lower precision loses accuracy', () => {
    expect(text).toMatch(/^int8 .* 1\.4 pt lower, not tested /m);
    expect(text).toMatch(/^bf16 .* 0\.3 pt lower, not tested /m);
  });

  it('sends infinity as a word', () => {
    const payload = precisionTableBundle(samplePrecisionTable)[MIME.precisionTable];
    expect(payload).toMatchObject({ rows: [{ sqnrDb: 'Infinity' }, {}, {}, {}] });
  });
});

describe('gradient ranges', () => {
  it('are stored in three times their data, and drawn by a few dozen nodes, for a hundred layers', () => {
    const layers = Array.from({ length: 100 }, (_, i) =>
      sampleLayer(`layer${i}`, -20 - i / 10, 4, [64, 64]),
    );
    const bundle = gradientRangesBundle({ ...sampleGradientRanges, layers });
    const [drawing] = picturesIn(html(bundle));
    expect(drawing?.match(/<(path|rect|text|image)/g)?.length).toBeLessThan(220);
    expect(html(bundle)).toMatch(/: 8 of 100 layers, those that lose most/);
    const size = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
    expect(size(bundle) / size(bundle[MIME.gradientRanges])).toBeLessThan(3);
  });

  it('begin with the verdict, and show what was lost by step, in a picture of some kB', () => {
    const bundle = gradientRangesBundle(sampleTimedRanges);
    const size = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
    // Of so few steps the data is smaller than a picture.
    expect(size(bundle) - size(bundle[MIME.gradientRanges])).toBeLessThan(24_000);
    const [drawing] = picturesIn(html(bundle));
    expect(drawing).toContain('Lost at each step, by layer');
    expect(drawing).toContain('loss scale 1024 (2¹⁰) to 65536 (2¹⁶)');
    expect(html(bundle)).toMatch(
      /^<div class="halfnote"[^>]*>(<style>[^<]*<\/style>)?<div class="halfnote-verdict"/,
    );
    expect(bundle['text/plain']).toMatch(/^In fp16 at loss scales from 1024 .*\nNext: import/);
  });

  it('show a format that has no known range without figures', () => {
    const bundle = gradientRangesBundle({ ...sampleGradientRanges, format: 'posit8' });
    expect(bundle['text/plain']).toContain('No range of posit8 is known here');
  });

  it('show nothing wrong when no step was recorded', () => {
    const bundle = gradientRangesBundle({ ...sampleGradientRanges, layers: [], recordedSteps: 0 });
    expect(bundle['text/plain']).not.toMatch(/NaN%|Infinity|undefined/);
    expect(html(bundle)).not.toMatch(/NaN"|Infinity|undefined/);
  });

  it('draw layers that hold nothing but zeros', () => {
    const zeros = { ...sampleLayer('dead', -10, 2, [8], 1), bins: [], count: 320, zero: 320 };
    const bundle = gradientRangesBundle({
      ...sampleGradientRanges,
      layers: [zeros],
      formats: [...sampleFormats],
    });
    expect(bundle['text/plain']).toMatch(/^dead +8 +100% +0%/m);
    expect(html(bundle)).not.toMatch(/NaN[" ]|Infinity/);
  });
});
