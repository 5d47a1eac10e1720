import { describe, expect, it } from 'vitest';
import { kvCacheTableOf } from '../generation/kv-cache/table';
import { JUPYTER_DISPLAY, type MimeBundle } from '../host';
import { inspectValue } from '../inspection/views';
import type { SensitivityRow } from '../quantization/sensitivity/result';
import { LayerSensitivity } from '../quantization/sensitivity/view';
import { inspection } from './inspection/schema';
import { kvCache } from './kv-cache/schema';
import { MIME } from './mime-types';
import { sensitivity } from './sensitivity/schema';

const FORMATS = ['int8', 'int4', 'int3', 'int2'] as const;

function layers(count: number): LayerSensitivity {
  const rows = Array.from({ length: count }, (_, layer) =>
    FORMATS.map((format, index): SensitivityRow => ({
      layer: `block_${layer}/dense`,
      kind: 'Dense',
      format,
      weights: 4096 + layer,
      bytes: 4200 >> index,
      floatBytes: 16_400 + 4 * layer,
      sqnrDb: 40 - 6 * index - layer / 7,
      relativeNoise: 10 ** ((6 * index - 40 + layer / 7) / 10),
      kl: 0.00123 * (index + 1),
      score: 0.97 - 0.0123 * index,
      drop: 0.0123 * index,
    })),
  ).flat();
  return new LayerSensitivity({
    ...{ model: 'net', metric: 'accuracy', scoreMetric: 'accuracy', score: 0.97 },
    ...{ samples: 360, formats: FORMATS, rows, fixedBytes: 512 },
  });
}

/**
 * Bytes that do not grow with the data, and outweigh three kB of it: the style, the verdict, heads and captions
 * of two tables, the frame of a picture, notes.
 */
const PAGE = 6000;

const LLAMA = { layers: 32, heads: 32, kvHeads: 8, headDim: 128, sequence: 8192, batch: 1 };

const views = [
  {
    view: 'a number in the usual formats',
    mime: MIME.inspection,
    schema: inspection,
    bundle: (): MimeBundle => inspectValue(0.1)[JUPYTER_DISPLAY](),
  },
  {
    view: 'caches in all formats',
    mime: MIME.kvCache,
    schema: kvCache,
    bundle: (): MimeBundle => kvCacheTableOf(LLAMA)[JUPYTER_DISPLAY](),
  },
  {
    view: 'the sensitivity of 12 layers',
    mime: MIME.sensitivity,
    schema: sensitivity,
    bundle: (): MimeBundle => layers(12)[JUPYTER_DISPLAY](),
  },
  {
    view: 'the sensitivity of 60 layers',
    mime: MIME.sensitivity,
    schema: sensitivity,
    page: 0,
    bundle: (): MimeBundle => layers(60)[JUPYTER_DISPLAY](),
  },
];

describe.each(views)('what a notebook stores of $view', ({ mime, schema, bundle, page = PAGE }) => {
  const data = bundle();

  it('is valid after it was JSON', () => {
    expect(schema.safeParse(JSON.parse(JSON.stringify(data[mime]))).error).toBeUndefined();
  });

  it('is at most three times its payload, and a page that all have', () => {
    const size = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
    expect(size(data)).toBeLessThan(page + 3 * size(data[mime]));
  });
});
