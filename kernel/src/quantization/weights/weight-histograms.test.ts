import { afterAll, describe, expect, it } from 'vitest';
import { numpy } from '../../backend/oracle.fixture';
import { modelGraph } from '../../models/model-graph';
import { JUPYTER_DISPLAY } from '../../host';
import { MIME } from '../../payloads/mime-types';
import { weightHistograms as schema } from '../../payloads/weights/histograms';
import { loadBackend } from '../../start';
import { decodeWeights } from '../../graph/weight-codes';
import type { QuantizeOptions } from '../options';
import { quantize } from '../quantize';
import { network } from '../small-network.fixture';
import { weightPayload } from './payload';
import { weightHistograms } from './weight-histograms';
import type { WeightFigures } from './weight-figures';

loadBackend();
const model = network();

afterAll(() => {
  model.dispose();
});

/** A layer's weights as NumPy is given them: depth by channels. */
function kernelOf(name: string): Float32Array {
  const node = modelGraph(model).nodes.find(({ id }) => id === name);
  return Float32Array.from(node?.layer.getWeights()[0]?.dataSync() ?? []);
}

/** The figures of a layer, counted by NumPy: histograms of both, errors, the worst channel. */
const JUDGE = `
before, after = a[0].astype(float), a[1].astype(float)
channels = int(a[2][0])
span = (min(before.min(), after.min()), max(before.max(), after.max()))
error = after - before
db = lambda s, n: 10 * np.log10((s ** 2).sum(0) / (n ** 2).sum(0))
by = db(before.reshape(-1, channels), error.reshape(-1, channels))
worst = int(np.argmin(by))
column = before.reshape(-1, channels)[:, worst]
out = np.concatenate([
  np.histogram(before, 64, span)[0], np.histogram(after, 64, span)[0],
  [abs(error).max(), np.sqrt((error ** 2).mean()), db(before, error), worst, by[worst], column.min(), column.max(),
   ((before != 0) & (after == 0)).mean()]])`;

const FORMATS: readonly QuantizeOptions[] = [
  { weights: 'int8' },
  { weights: 'int4' },
  { weights: 'int2', scaleRule: 'mse' },
  { weights: 'fp8' },
  { weights: 'mxfp4' },
  { weights: 'codebook3' },
  { weights: 'log4' },
  { weights: 'ternary' },
];

describe.each(FORMATS)('weights in $weights', (options) => {
  it('have the figures that NumPy gives for the same arrays', async () => {
    const small = await quantize(model, options);
    const { layers } = weightHistograms(small);
    expect(layers.map(({ name }) => name)).toEqual(['conv', 'depthwise', 'dense']);
    for (const layer of layers) {
      const op = small.graph.nodes.find(({ id }) => id === layer.name)?.op;
      if (op?.kind !== 'linear') throw new Error('no product');
      const after = decodeWeights(op.weights);
      const judged = numpy(JUDGE, kernelOf(layer.name), after, Float32Array.of(layer.channels));
      const { histogram, maxError, rmsError, sqnrDb, worstChannel, zeroed } = layer;
      expect([...histogram.before, ...histogram.after]).toEqual([...judged.slice(0, 128)]);
      const { index, low, high } = worstChannel;
      const own = [maxError, rmsError, sqnrDb, index, worstChannel.sqnrDb, low, high, zeroed];
      own.forEach((figure, i) => {
        expect(figure).toBeCloseTo(judged[128 + i] ?? NaN, 5);
      });
    }
    small.dispose();
  });
});

describe('what lies beyond the largest number of the format', () => {
  const beyond = `
codes, scale = a[1], a[2]
x = a[0].reshape(-1, len(scale)) / scale
out = [np.mean((x < a[3][0] * 1.000001) | (x > a[3][1] * 1.000001))]`;

  it('is counted as NumPy does, by the scale of each channel', async () => {
    const small = await quantize(model, { weights: 'int3', scaleRule: 'mse' });
    for (const layer of weightHistograms(small).layers) {
      const op = small.graph.nodes.find(({ id }) => id === layer.name)?.op;
      if (op?.kind !== 'linear') throw new Error('no product');
      const { scales } = op.weights;
      const [judged = NaN] = numpy(
        beyond,
        kernelOf(layer.name),
        Float32Array.from(op.weights.codes),
        scales,
        Float32Array.of(-4, 3),
      );
      expect(judged).toBeGreaterThan(0);
      expect(layer.saturated).toBeCloseTo(judged, 6);
    }
    small.dispose();
  });

  it('is nothing where the scale is that of the largest weight, and unknown of codebooks', async () => {
    const shares = async (options: QuantizeOptions): Promise<(number | null)[]> => {
      const small = await quantize(model, options);
      const found = weightHistograms(small).layers.map(({ saturated }) => saturated);
      small.dispose();
      return found;
    };
    expect(await shares({ weights: 'int8' })).toEqual([0, 0, 0]);
    expect(await shares({ weights: 'codebook2' })).toEqual([null, null, null]);
  });
});

describe('the scales', () => {
  it.each<[QuantizeOptions, number, number]>([
    [{ weights: 'int8', granularity: 'per-tensor' }, 1, 0],
    [{ weights: 'int8' }, 5, 54],
    [{ weights: 'int4', group: 2 } as never, 27 * 5, 2],
  ])('of a dense layer by %j', async (options, count, groupSize) => {
    const { group, ...rest } = options as QuantizeOptions & { readonly group?: number };
    const small = await quantize(model, {
      ...rest,
      ...(group === undefined ? {} : { granularity: { group } }),
    });
    const layer = weightHistograms(small).layer('dense');
    expect(layer).toMatchObject({ groupSize, zeroPoint: 0, scale: { count } });
    small.dispose();
  });
});

describe('what a notebook shows', () => {
  it('is a valid payload, and a table and a picture of the noisiest layers', async () => {
    const small = await quantize(model, { weights: 'int2' });
    const bundle = weightHistograms(small)[JUPYTER_DISPLAY]();
    const sent: unknown = JSON.parse(JSON.stringify(bundle[MIME.weightHistograms]));
    expect(schema.safeParse(sent).error).toBeUndefined();
    expect(String(bundle['text/plain'])).toMatch(
      /^Rounding to int2 changes the weights of \w+ most of 3 layers: by \d/,
    );
    expect(String(bundle['text/html'])).toMatch(/<img alt="Weights of network before and after/);
    expect(sent).toMatchObject({ verdict: { tone: 'problem' } });
    small.dispose();
  });

  it('leaves out layers that stay in float', async () => {
    const small = await quantize(model, { exclude: ['conv', 'depthwise'] });
    expect(weightHistograms(small).layers.map(({ name }) => name)).toEqual(['dense']);
    small.dispose();
  });

  it('keeps to 300 kB with 300 layers, of which the noisiest have their histograms', async () => {
    const small = await quantize(model, { weights: 'int4' });
    const [layer] = weightHistograms(small).layers as [WeightFigures];
    small.dispose();
    const many = Array.from({ length: 300 }, (_, i) => ({
      ...layer,
      name: `block_${i}/attention/dense_${i}`,
      sqnrDb: 20 + ((i * 7) % 300) / 10,
      histogram: {
        ...layer.histogram,
        before: layer.histogram.before.map((n) => n * 99_999 + i),
        after: layer.histogram.after.map((n) => n * 99_999 + i),
      },
    }));
    const payload = weightPayload('large', many, []);
    expect(JSON.stringify(payload).length).toBeLessThan(300_000);
    expect(payload.layers).toHaveLength(300);
    const db = (has: boolean): number[] =>
      payload.layers
        .filter(({ histogram }) => (histogram !== null) === has)
        .map(({ sqnrDb }) => Number(sqnrDb));
    expect(db(true).length).toBeGreaterThan(50);
    expect(Math.max(...db(true))).toBeLessThanOrEqual(Math.min(...db(false)));
  });
});

it('refuses a model in float, and says what to do', () => {
  expect(() => weightHistograms(model as never)).toThrow(/takes what quantize\(\)/);
});
