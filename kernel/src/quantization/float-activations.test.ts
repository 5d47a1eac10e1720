import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { deviceFacts } from '../backend/load';
import { exportOnnx } from '../export/onnx/export-onnx';
import { loadOnnx } from '../export/onnx/onnx-model';
import { BLOCK_FORMATS, decodeBlocks, encodeBlocks } from '../formats/blocks';
import { FLOAT_TYPES, float32s, python } from '../formats/ml-dtypes.fixture';
import { BLOCK_WEIGHT_FORMATS } from '../formats/names';
import { elementOf } from '../graph/float-codes';
import { decodeWeights } from '../graph/weight-codes';
import { limits } from '../formats/limits';
import { loadBackend } from '../start';
import { ACTIVATION_FORMATS, isScaled } from './float-activations';
import type { QuantizeOptions } from './options';
import { quantize } from './quantize';
import type { QuantizedModel } from './quantized-model';

beforeAll(() => {
  loadBackend();
});

const INPUTS = 40;
const UNITS = 3;
const network = (): tf.LayersModel =>
  tf.sequential({
    name: 'network',
    layers: [
      tf.layers.dense({
        name: 'dense',
        inputShape: [INPUTS],
        units: UNITS,
        kernelInitializer: tf.initializers.glorotNormal({ seed: 3 }),
      }),
    ],
  });
const rows = (seed: number, size = 1): tf.Tensor2D =>
  tf.randomNormal([4, INPUTS], 0, size, 'float32', seed);
const numbers = (y: tf.Tensor | tf.Tensor[]): number[] => [
  ...([y].flat()[0] as tf.Tensor).dataSync(),
];

function kernelOf({ graph }: QuantizedModel): Float32Array {
  const [op] = graph.nodes.flatMap(({ op: own }) => (own.kind === 'linear' ? [own] : []));
  return op === undefined ? new Float32Array() : decodeWeights(op.weights);
}

/**
 * NumPy: the inputs rounded by ml_dtypes with a scale, times the decoded weights, in float64; results
 * rounded to a type.
 */
function judged(
  x: tf.Tensor2D,
  kernel: Float32Array,
  type: string,
  scale: string,
  results = 'np.float64',
): number[] {
  const both = Float32Array.of(...x.dataSync(), ...kernel);
  return [
    ...float32s(
      python(
        `a = get(np.float32)\nx, w = a[:${x.size}].reshape(-1, ${INPUTS}), a[${x.size}:].reshape(${INPUTS}, ${UNITS})\n` +
          `m = np.float32(ml.finfo(${type}).max)\ns = np.float32(${scale})\n` +
          `r = np.clip(x / s, -m, m).astype(${type}).astype(np.float64) * s\ny = r @ w.astype(np.float64)\n` +
          `put(y.astype(${results}).astype(np.float32))`,
        both,
      ),
    ),
  ];
}

const close = (found: readonly number[], expected: readonly number[], by = 2e-5): void => {
  expect(found).toHaveLength(expected.length);
  found.forEach((y, i) => {
    expect(Math.abs(y - (expected[i] ?? NaN))).toBeLessThan(by);
  });
};

describe('activations in floats', () => {
  test.each(['e4m3', 'e5m2', 'fp16', 'bf16', 'e3m2'] as const)(
    '%s: dynamic is each batch rounded by its own scale, or cast, as NumPy and ml_dtypes have it',
    async (format) => {
      const small = await quantize(network(), { weights: format, mode: 'dynamic' });
      const isCast = format === 'fp16' || format === 'bf16';
      const execution = isCast ? deviceFacts().formats[format].execution : 'simulated';
      expect(small.layers[0]).toMatchObject({ format, execution });
      expect(small.layers[0]?.kernel).toBe(
        execution === 'native'
          ? `matMul in ${format}, sums in fp32`
          : `matMul in fp32 on ${format} weights and activations`,
      );
      expect(small.notes.join()).toContain(
        execution === 'native' ? 'multiplied so by the machine' : 'multiplied in fp32: simulated',
      );
      for (const x of [rows(1), rows(2, 100)]) {
        const scale = isCast ? '1' : 'np.abs(x).max() / m';
        close(
          numbers(small.predict(x)),
          judged(
            x,
            kernelOf(small),
            FLOAT_TYPES[format],
            scale,
            isCast ? FLOAT_TYPES[format] : 'float',
          ),
          // Where a sum is between two numbers of the format, its order decides.
          (isCast ? limits(format).epsilon : 2e-5) * (1 + Math.max(...numbers(tf.abs(x)))),
        );
      }
      small.dispose();
    },
  );

  test('static keeps the scale of the calibration, by an observer or as a power of two, and saturates', async () => {
    const calibrate = rows(5);
    const largest = Math.max(...numbers(tf.abs(calibrate)));
    const small = await quantize(network(), { weights: 'fp8', calibrate });
    expect(small.mode).toBe('static');
    const [op] = small.graph.nodes.flatMap(({ op: own }) => (own.kind === 'linear' ? [own] : []));
    expect(op?.activations).toEqual({ format: 'e4m3', scale: Math.fround(largest / 448) });
    expect(small.graph.activations.size).toBe(0);
    const x = rows(6, 10);
    const scale = String(Math.fround(largest / 448));
    close(numbers(small.predict(x)), judged(x, kernelOf(small), FLOAT_TYPES.e4m3, scale), 1e-4);
    expect(small.notes.join(' ')).toContain('e4m3, scaled by calibration');
    const power = await quantize(network(), {
      weights: 'fp8',
      calibrate,
      activationScale: 'power-of-two',
    });
    const [other] = power.graph.nodes.flatMap(({ op: own }) =>
      own.kind === 'linear' ? [own] : [],
    );
    expect(Number.isInteger(Math.log2(Number(other?.activations?.scale)))).toBe(true);
  });

  test('delayed goes by the largest of the batches before: a larger one saturates once', async () => {
    const small = await quantize(network(), {
      weights: 'fp8',
      mode: 'dynamic',
      activationScale: 'delayed',
    });
    const [first, second] = [rows(7), rows(8, 50)];
    const max = Math.max(...numbers(tf.abs(first)));
    numbers(small.predict(first));
    const expected = (scale: string): number[] =>
      judged(second, kernelOf(small), FLOAT_TYPES.e4m3, scale);
    close(numbers(small.predict(second)), expected(`${max} / m`), 5e-3);
    close(numbers(small.predict(second)), expected('np.abs(x).max() / m'), 5e-3);
  });

  test.each(BLOCK_WEIGHT_FORMATS.filter((format) => format !== 'nf4'))(
    '%s: blocks along the last axis, the last shorter',
    async (format) => {
      const small = await quantize(network(), { weights: format, mode: 'dynamic' });
      const x = rows(9);
      const values = x.dataSync<'float32'>();
      const rounded = Array.from({ length: 4 }, (_, r) =>
        decodeBlocks(encodeBlocks(format, values.slice(r * INPUTS, (r + 1) * INPUTS))),
      );
      expect(INPUTS % BLOCK_FORMATS[format].size).not.toBe(0);
      const kernel = kernelOf(small);
      const expected = rounded.flatMap((row) =>
        Array.from({ length: UNITS }, (_, c) =>
          row.reduce((sum, v, d) => sum + v * (kernel[d * UNITS + c] ?? 0), 0),
        ),
      );
      close(numbers(small.predict(x)), expected);
      small.dispose();
    },
  );

  test('after a ReLU are in the ONNX file too: its runtime does not take FP8 for unsigned', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ inputShape: [INPUTS], units: 8, activation: 'relu' }),
        tf.layers.dense({ units: 4 }),
      ],
    });
    const small = await quantize(model, { weights: 'fp8', calibrate: rows(14) });
    const file = await loadOnnx(exportOnnx(small));
    const x = rows(15, 4);
    close(numbers(await file.predict([x])), numbers(small.predict(x)), 1e-4);
    await file.dispose();
  });

  test('may be of another format than the weights, and only where the base is one of floats', async () => {
    const small = await quantize(network(), { weights: 'nf4', activations: 'fp8' });
    expect(small.layers[0]?.kernel).toBe('matMul in fp32 on nf4 weights and e4m3 activations');
    expect(small.mode).toBe('dynamic');
    expect(ACTIVATION_FORMATS).not.toContain('nf4');
    expect(ACTIVATION_FORMATS).not.toContain('e2m1');
  });

  test('a row that is not finite gives NaN and changes no other', async () => {
    const small = await quantize(network(), { weights: 'fp8', mode: 'dynamic' });
    const x = rows(10);
    const good = numbers(small.predict(x));
    const bad = tf.concat([x, tf.fill([1, INPUTS], NaN)]);
    const found = numbers(small.predict(bad));
    close(found.slice(0, good.length), good);
    expect(found.slice(good.length).every(Number.isNaN)).toBe(true);
  });

  test.each<[string, QuantizeOptions]>([
    ['static FP8', { weights: 'fp8', mode: 'static' }],
    ['dynamic FP8', { weights: 'e5m2', mode: 'dynamic' }],
    ['fp16', { weights: 'fp16', mode: 'dynamic' }],
    ['bf16', { weights: 'bf16', mode: 'dynamic' }],
  ])('%s is in the ONNX file, which ONNX Runtime runs as the model does', async (_, options) => {
    const calibrate = options.mode === 'static' ? { calibrate: rows(12) } : {};
    const small = await quantize(network(), { ...options, ...calibrate });
    const file = await loadOnnx(exportOnnx(small));
    const x = rows(11);
    close(numbers(await file.predict([x])), numbers(small.predict(x)));
    await file.dispose();
  });

  test.each(ACTIVATION_FORMATS)(
    '%s: the ONNX file rounds as the format does, edges and subnormals too',
    async (format) => {
      // The identity as weights: each output is the input as it is rounded.
      const model = tf.sequential({
        layers: [tf.layers.dense({ inputShape: [INPUTS], units: INPUTS, useBias: false })],
      });
      model.setWeights([tf.eye(INPUTS)]);
      const small = await quantize(model, { weights: 'fp16', activations: format });
      const { max, minNormal, minSubnormal } = limits(elementOf(format));
      const powers = Array.from({ length: 4 * INPUTS }, (_, i) => 2 ** (i / 8 - 12));
      const edges = [0, max, max / 2, minNormal, minSubnormal, 1, 1.5, 31, 33];
      const x = tf.tensor2d(
        Float32Array.of(
          ...rows(17, 5).dataSync(),
          ...powers.map((v, i) => (i % 3 === 0 ? -v : v)),
          ...Array.from({ length: INPUTS }, (_, i) => {
            const v = edges[i % edges.length] ?? 0;
            return Math.abs(v) > 2 ** 60 || (v !== 0 && v < 2 ** -60) ? 3 : i % 2 === 0 ? v : -v;
          }),
        ),
        [9, INPUTS],
      );
      const file = await loadOnnx(exportOnnx(small));
      const expected = numbers(small.predict(x));
      const found = numbers(await file.predict([x]));
      // A scale that is no power of two may differ by its last bit.
      const by = isScaled(format) ? 2 ** -22 : 0;
      found.forEach((y, i) => {
        const right = expected[i] ?? NaN;
        expect(Math.abs(y - right)).toBeLessThanOrEqual(by * Math.abs(right));
      });
      const broken = tf.concat([x, tf.fill([1, INPUTS], NaN)]);
      const rest = numbers(await file.predict([broken])).slice(expected.length);
      expect(rest.every(Number.isNaN)).toBe(true);
      await file.dispose();
      small.dispose();
    },
  );

  test.each(['mxfp8', 'mxint8', 'fp6', 'bf16'] as const)(
    '%s of a convolution: in the ONNX file too, along the channels',
    async (weights) => {
      const model = tf.sequential({
        layers: [
          tf.layers.conv2d({ inputShape: [6, 5, 40], filters: 6, kernelSize: 3, padding: 'same' }),
          tf.layers.depthwiseConv2d({ kernelSize: 3, activation: 'relu' }),
          tf.layers.flatten(),
          tf.layers.dense({ units: 3 }),
        ],
      });
      const small = await quantize(model, { weights, mode: 'dynamic' });
      const x = tf.randomNormal([3, 6, 5, 40], 0, 1, 'float32', 18);
      const file = await loadOnnx(exportOnnx(small));
      const expected = numbers(small.predict(x));
      const far = numbers(await file.predict([x])).map((y, i) => y - (expected[i] ?? NaN));
      const size = (values: readonly number[]): number => Math.hypot(...values);
      expect(size(far)).toBeLessThan((weights === 'bf16' ? 4e-3 : 1e-5) * size(expected));
      await file.dispose();
    },
  );

  test('delayed: the ONNX file has the scale of the batches so far, and is refused before any', async () => {
    const options = { weights: 'fp8', mode: 'dynamic', activationScale: 'delayed' } as const;
    const small = await quantize(network(), options);
    expect(() => exportOnnx(small)).toThrow(/'dense' are scaled by earlier batches.* seen none/);
    small.predict(rows(19, 7));
    const file = await loadOnnx(exportOnnx(small));
    const x = rows(20, 3);
    close(numbers(await file.predict([x])), numbers(small.predict(x)), 1e-3);
    const largest = Math.max(...numbers(tf.abs(rows(19, 7))));
    const [scale] = small.nodes.map(({ activationScale }) => activationScale);
    expect(scale).toBeCloseTo(largest / 448, 6);
    await file.dispose();
  });

  test('run in ONNX Runtime as simulated, or are refused there: never left as they are', async () => {
    const refused: string[] = [];
    const runs: readonly QuantizeOptions[] = [
      ...ACTIVATION_FORMATS.map((weights) => ({ weights })),
      { weights: 'fp8', activationScale: 'delayed' },
    ];
    for (const options of runs) {
      const asked = { ...options, mode: 'dynamic' } as const;
      const simulated = await quantize(network(), { ...asked, engine: 'simulated' });
      const x = rows(16, 3);
      await quantize(network(), { ...asked, engine: 'onnxruntime' }).then(
        (small) => {
          close(numbers(small.predict(x)), numbers(simulated.predict(x)), 1e-4);
          small.dispose();
        },
        (error: unknown) => {
          expect(String(error)).toMatch(/scaled by earlier batches, which a file does not/);
          refused.push(String(options.activationScale ?? options.weights));
        },
      );
      simulated.dispose();
    }
    expect(refused).toEqual(['delayed']);
  });

  test('of products over a sequence run there too', async () => {
    const layers = [tf.layers.dense({ name: 'dense', inputShape: [5, INPUTS], units: UNITS })];
    const sequence = tf.sequential({ layers });
    const x = tf.randomNormal([2, 5, INPUTS], 0, 3, 'float32', 8);
    for (const weights of ['e4m3', 'e5m2'] as const) {
      for (const how of [{ mode: 'dynamic' }, { mode: 'static', calibrate: x }] as const) {
        const options: QuantizeOptions = { weights, ...how };
        const simulated = await quantize(sequence, { ...options, engine: 'simulated' });
        const small = await quantize(sequence, { ...options, engine: 'onnxruntime' });
        close(numbers(small.predict(x)), numbers(simulated.predict(x)), 1e-4);
        const file = await loadOnnx(exportOnnx(simulated));
        close(numbers(await file.predict(x)), numbers(simulated.predict(x)), 1e-4);
        await file.dispose();
        for (const one of [simulated, small]) one.dispose();
      }
    }
  });

  test('without a scale take no calibration', async () => {
    const calibrate = rows(13);
    await expect(
      quantize(network(), { weights: 'fp16', mode: 'static', calibrate }),
    ).rejects.toThrow(/which fp16 has not/);
    await expect(quantize(network(), { weights: 'mxfp8', calibrate })).rejects.toThrow(
      /makes no use of `calibrate`/,
    );
  });

  test.each<[QuantizeOptions, RegExp]>([
    [{ weights: 'fp8', activations: 'fp8', mode: 'weight-only' }, /leaves activations in fp32/],
    [{ weights: 'nf4', mode: 'dynamic' }, /Activations cannot be rounded to nf4/],
    [
      { weights: 'int8', activations: 'fp8' },
      /chosen for weights in floats and blocks, not in int8/,
    ],
    [{ weights: 'fp8', mode: 'static' }, /needs example inputs/],
    [{ weights: 'fp16', mode: 'dynamic', activationScale: 'delayed' }, /'delayed' is for mode/],
    [{ weights: 'int4', mode: 'dynamic' }, /Mode 'dynamic' is for int8 weights, not for int4/],
  ])('are refused where they cannot be: %j', async (options, message) => {
    await expect(quantize(network(), options)).rejects.toThrow(message);
  });
});
