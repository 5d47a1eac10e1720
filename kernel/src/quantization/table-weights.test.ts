import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadBackend } from '../start';
import { float64s, python } from '../formats/ml-dtypes.fixture';
import { exportOnnx } from '../export/onnx/export-onnx';
import { loadTfjs } from '../export/tfjs/load-tfjs';
import { saveTfjs } from '../export/tfjs/save-tfjs';
import type { TableWeightFormat, WeightFormat } from '../graph/quantized-graph';
import type { QuantizeOptions } from './options';
import { prepareQat } from './qat/prepare';
import { quantize } from './quantize';
import { chooseBits } from './sensitivity/choose-bits';
import { layerSensitivity } from './sensitivity/sensitivity';
import { furthest, images, network, numbers } from './small-network.fixture';
import { cloneModel } from '../models/walk';
import { decodeWeights, WEIGHT_BITS } from '../graph/weight-codes';

const FORMATS: readonly TableWeightFormat[] = [
  'log4',
  'log3',
  'codebook4',
  'codebook3',
  'codebook2',
];
const GRANULARITIES = ['per-tensor', 'per-channel', { group: 6 }] as const;

let folder = '';
beforeAll(() => {
  loadBackend();
  folder = mkdtempSync(join(tmpdir(), 'halfnote-table-weights-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A copy of the float model whose kernels are what `codesOf` says. */
async function withKernels(
  model: tf.LayersModel,
  kernelOf: (layer: string, kernel: Float32Array) => ArrayLike<number>,
): Promise<tf.LayersModel> {
  const copy = await cloneModel(model);
  for (const layer of copy.layers) {
    const [kernel, ...others] = layer.getWeights();
    if (kernel === undefined) continue;
    const values = kernelOf(layer.name, kernel.dataSync<'float32'>());
    layer.setWeights([tf.tensor([...Array.from(values)], kernel.shape), ...others]);
  }
  return copy;
}

/** NumPy: the nearest power of two by logarithm, of the exponents that the largest weight leaves. */
function numpyLog(kernel: Float32Array, bits: number): Float64Array {
  return float64s(
    python(
      `w = get(np.float32).astype(np.float64)\nlevels = 2 ** (${bits} - 1) - 1\n` +
        `top = np.round(np.log2(np.abs(w).max()))\ne = np.round(np.log2(np.abs(w)))\n` +
        `put(np.where(e > top - levels, np.sign(w) * 2.0 ** np.minimum(e, top), 0.0))`,
      kernel,
    ),
  );
}

/** scikit-learn, once for all kernels: each weight's cluster center, the best of 20 runs. */
function sklearnCodebooks(kernels: readonly Float32Array[], bits: number): Float64Array[] {
  const ends = kernels.map((_, i) =>
    kernels.slice(0, i + 1).reduce((sum, { length }) => sum + length, 0),
  );
  const centers = float64s(
    python(
      `import os; os.environ['OMP_NUM_THREADS'] = '1'\nfrom sklearn.cluster import KMeans\ndef centers(w):\n` +
        `    k = KMeans(2 ** ${bits}, n_init=20, random_state=1, tol=0).fit(w[:, None])\n` +
        `    return k.cluster_centers_[k.labels_, 0]\n` +
        `put(np.concatenate([centers(w) for w in np.split(get(np.float32).astype(np.float64), ${JSON.stringify(ends.slice(0, -1))})]))`,
      Float32Array.from(kernels.flatMap((kernel) => [...kernel])),
    ),
  );
  return ends.map((end, i) => centers.slice(ends[i - 1] ?? 0, end));
}

describe('weights that are looked up by their codes', () => {
  test.each(
    FORMATS.flatMap((weights) =>
      GRANULARITIES.map((granularity) => [weights, granularity] as const),
    ),
  )(
    '%s, %j: the model gives what the float model gives with the decoded weights',
    async (weights, granularity) => {
      const model = network();
      const small = await quantize(model, { weights, granularity });
      const decoded = new Map(
        small.graph.nodes.flatMap(({ id, op }) =>
          op.kind === 'linear' ? [[id, decodeWeights(op.weights)] as const] : [],
        ),
      );
      const reference = await withKernels(model, (name) => decoded.get(name) ?? []);
      const x = images();
      const expected = numbers(reference.predict(x));
      expect(furthest(numbers(small.predict(x)), expected)).toBeLessThan(2e-6);
      // Six weights are kept as they are by eight values and more.
      const isExact = typeof granularity === 'object' && /codebook[34]/.test(weights);
      const error = furthest(numbers(model.predict(x)), expected);
      if (isExact) expect(error).toBe(0);
      else expect(error).toBeGreaterThan(1e-4);
      for (const name of ['conv', 'depthwise', 'dense']) {
        expect(small.layers.find((layer) => layer.name === name)).toMatchObject({
          format: weights,
          execution: 'simulated',
        });
      }
      expect(small.execution).toBe('simulated');
      small.dispose();
    },
  );

  test.each(['log4', 'log3'] as const)('%s is as NumPy rounds logarithms', async (weights) => {
    const model = network();
    const small = await quantize(model, { weights, granularity: 'per-tensor' });
    const reference = await withKernels(model, (_, kernel) =>
      numpyLog(kernel, WEIGHT_BITS[weights]),
    );
    const x = images();
    const expected = numbers(reference.predict(x));
    expect(furthest(numbers(small.predict(x)), expected)).toBeLessThan(2e-6);
  });

  test.each(['codebook3', 'codebook2'] as const)(
    '%s is as scikit-learn clusters each layer, unless told otherwise',
    async (weights) => {
      const model = network();
      const small = await quantize(model, { weights });
      const layers = small.graph.nodes.flatMap(({ id, op }) => {
        if (op.kind !== 'linear') return [];
        const kernel = model.getLayer(id).getWeights()[0]?.dataSync<'float32'>() as Float32Array;
        return [{ kernel, ours: decodeWeights(op.weights) }];
      });
      const codebooks = sklearnCodebooks(
        layers.map(({ kernel }) => kernel),
        WEIGHT_BITS[weights],
      );
      expect(layers).toHaveLength(3);
      layers.forEach(({ kernel, ours }, i) => {
        const theirs = codebooks[i] ?? [];
        const error = (values: ArrayLike<number>): number =>
          kernel.reduce((sum, w, k) => sum + (w - (values[k] ?? NaN)) ** 2, 0);
        expect(new Set(ours).size).toBe(2 ** WEIGHT_BITS[weights]);
        expect(error(ours)).toBeLessThanOrEqual(error(theirs) * (1 + 1e-6));
        expect(error(ours)).toBeGreaterThan(error(theirs) * 0.9);
      });
    },
  );

  test.each<[WeightFormat, QuantizeOptions['granularity'], number]>([
    // Scales or values of codebooks: of depths 18, 6 and 54 and channels 6, 6 and 5.
    ['log4', undefined, 4 * (6 + 6 + 5)],
    ['log4', { group: 6 }, 4 * (3 * 6 + 6 + 9 * 5)],
    ['codebook4', undefined, 4 * 16 * 3],
    ['codebook2', 'per-channel', 4 * 4 * (6 + 6 + 5)],
    ['codebook2', { group: 6 }, 4 * 4 * (3 * 6 + 6 + 9 * 5)],
  ])(
    '%s, %j: keeps packed codes, and counts all that is kept',
    async (weights, granularity, floats) => {
      const small = await quantize(network(), {
        weights,
        ...(granularity === undefined ? {} : { granularity }),
      });
      const bits = WEIGHT_BITS[weights];
      const codes = [18 * 6, 6 * 6, 54 * 5].map((n) => Math.ceil((n * bits) / 8));
      const biases = 4 * (6 + 6 + 5);
      expect(small.weightBytes).toBe(codes.reduce((a, b) => a + b, 0) + floats + biases);
    },
  );

  test('hold for layers of their own, beside others', async () => {
    const small = await quantize(network(), { layers: { conv: 'codebook4', dense: 'log4' } });
    expect(small.layers.map(({ format }) => format)).toEqual(['codebook4', 'int8', 'fp32', 'log4']);
    expect(small.mode).toBe('dynamic');
  });

  test('stay what they are where all weights are zero, or fewer than there are codes', async () => {
    const model = tf.sequential({
      layers: [tf.layers.dense({ name: 'dense', inputShape: [3], units: 2, useBias: false })],
    });
    const x = tf.tensor2d([[1, 2, 3]]);
    for (const values of [
      [0, 0, 0, 0, 0, 0],
      [0.5, -0.25, 0.5, 0, 0, -0.25],
    ]) {
      model.setWeights([tf.tensor2d(values, [3, 2])]);
      const expected = numbers(model.predict(x));
      for (const weights of FORMATS.filter((name) => name !== 'log3')) {
        for (const granularity of ['per-tensor', 'per-channel'] as const) {
          const small = await quantize(model, { weights, granularity });
          expect(numbers(small.predict(x))).toEqual(expected);
        }
      }
    }
  });

  test.each(FORMATS)('%s: saved and loaded, by tfjs and ONNX, bit by bit', async (weights) => {
    const model = network();
    const small = await quantize(model, { weights, granularity: { group: 6 } });
    const x = images();
    const expected = numbers(small.predict(x));
    const path = join(folder, weights);
    const saved = await saveTfjs(path, small);
    expect(saved.weightBytes).toBe(small.weightBytes);
    const loaded = await loadTfjs(path);
    expect(furthest(numbers(loaded.predict(x) as tf.Tensor), expected)).toBeLessThan(2e-6);

    const onnx = await quantize(model, {
      weights,
      granularity: { group: 6 },
      engine: 'onnxruntime',
    });
    expect(furthest(numbers(onnx.predict(x)), expected)).toBeLessThan(2e-6);
    expect(onnx.execution).toBe('simulated');
    expect(() => exportOnnx(small, { format: 'int8' })).toThrow(
      `is quantized to ${weights}, and can't be written in int8`,
    );
  });

  test('are measured layer by layer, and chosen among others', async () => {
    const model = network();
    const x = tf.randomNormal([16, 7, 7, 2], 0, 1, 'float32', 5);
    const sensitivity = await layerSensitivity(model, {
      formats: ['log4', 'codebook4'],
      data: { x },
    });
    for (const layer of ['conv', 'depthwise', 'dense']) {
      const [log, book] = ['log4', 'codebook4'].map((format) =>
        sensitivity.row(layer, format as WeightFormat),
      );
      // Sixteen values where the weights are come closer than fifteen powers of two.
      expect(book?.sqnrDb).toBeGreaterThan(log?.sqnrDb ?? NaN);
    }
    const bits = await chooseBits(model, {
      formats: ['codebook4', 'codebook2', 'fp32'],
      budget: { meanBits: 4 },
      data: { x },
    });
    const chosen = await quantize(model, bits.options);
    expect(new Set(Object.values(bits.options.layers ?? {}))).not.toContain('fp32');
    expect(chosen.mode).toBe('weight-only');
  });

  test('are refused where they cannot be', async () => {
    const x = images();
    await expect(quantize(network(), { weights: 'log4', mode: 'dynamic' })).rejects.toThrow(
      "Mode 'dynamic' is for int8 weights, not for log4",
    );
    await expect(
      quantize(network(), { weights: 'codebook4', mode: 'static', calibrate: x }),
    ).rejects.toMatchObject({ code: 'unsupported-mode' });
    await expect(quantize(network(), { weights: 'codebook5' as WeightFormat })).rejects.toThrow(
      /Unknown weight format 'codebook5'.*codebook4/,
    );
    expect(() => prepareQat(network(), { weights: 'log4' as 'int4' })).toThrow(
      "Weights cannot be trained in 'log4'",
    );
    expect(() => prepareQat(network(), { layers: { dense: 'codebook4' } })).toThrow(
      "Weights cannot be trained in 'codebook4'",
    );
    const left = await quantize(network(), {
      weights: 'codebook4',
      calibrate: x,
      repair: 'adaround',
    });
    expect(left.notes.join('\n')).toContain('AdaRound left conv, depthwise, dense as they are');
  });
});

describe('scales that are powers of two', () => {
  test('run in the integer kernels, as those of any other rule', async () => {
    const options = { weights: 'int8', calibrate: images(), engine: 'tensorflow' } as const;
    const small = await quantize(network(), { ...options, scaleRule: 'power-of-two' });
    const usual = await quantize(network(), options);
    const weights = small.graph.nodes.flatMap(({ op }) => (op.kind === 'linear' ? [op] : []));
    for (const { weights: codes } of weights) {
      for (const scale of codes.scales) expect(Number.isInteger(Math.log2(scale))).toBe(true);
    }
    const kinds = ({ nodes }: typeof small): unknown[] =>
      nodes.map(({ id, kernel, execution }) => [id, kernel.replace(/, as 1x1/, ''), execution]);
    small.predict(images());
    usual.predict(images());
    expect(kinds(small)).toEqual(kinds(usual));
    expect(small.layers[0]?.execution).toBe(usual.layers[0]?.execution);
  });

  test('of activations hold the ranges they were given, and the model is that of the simulation', async () => {
    const model = network();
    const x = images();
    const scaleRule = 'power-of-two';
    const options = {
      calibrate: x,
      scaleRule,
      activationScale: scaleRule,
      outputs: 'uint8',
    } as const;
    const usual = await quantize(model, { calibrate: x, outputs: 'uint8' });
    const small = await quantize(model, { ...options, engine: 'tensorflow' });
    expect([...small.graph.activations.keys()]).toEqual([...usual.graph.activations.keys()]);
    for (const [id, { scale, zeroPoint }] of small.graph.activations) {
      const { scale: least, zeroPoint: zero } = usual.graph.activations.get(id) ?? {
        scale: NaN,
        zeroPoint: NaN,
      };
      expect(Number.isInteger(Math.log2(scale))).toBe(true);
      // The next power of two: no more than twice as wide, with the range inside.
      expect(scale).toBeGreaterThanOrEqual(least * 0.999);
      expect(scale).toBeLessThan(2 * least * 1.001);
      expect(-zeroPoint * scale).toBeLessThanOrEqual(-zero * least + scale);
      expect((255 - zeroPoint) * scale).toBeGreaterThanOrEqual((255 - zero) * least - scale);
    }
    const simulated = await quantize(model, { ...options, engine: 'simulated' });
    const expected = numbers(model.predict(x));
    expect(furthest(numbers(small.predict(x)), numbers(simulated.predict(x)))).toBeLessThan(0.01);
    expect(furthest(numbers(small.predict(x)), expected)).toBeLessThan(0.05);
    await expect(
      quantize(model, { mode: 'dynamic', activationScale: 'power-of-two' }),
    ).rejects.toThrow("activationScale 'power-of-two' is for mode 'static'");
    await expect(
      quantize(model, { calibrate: x, activationScale: 'pow2' as 'range' }),
    ).rejects.toThrow("Unknown activation scale 'pow2'. Allowed: range, power-of-two, delayed.");
  });
});
