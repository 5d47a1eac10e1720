import * as tf from '@tensorflow/tfjs';
import { describe, expect, it, test } from 'vitest';
import { loadBackend } from '../start';
import { HalfnoteError } from '../errors';
import { JUPYTER_DISPLAY } from '../host';
import { tiedEmbedding } from '../layers/tied-embedding';
import type { QuantizeOptions } from './options';
import { quantize } from './quantize';
import { quantizeGraph } from './quantize-graph';

loadBackend();

const dense = (name: string, units: number, inputs?: number): tf.layers.Layer =>
  tf.layers.dense({
    name,
    units,
    kernelInitializer: tf.initializers.randomNormal({ stddev: 0.3, seed: units }),
    ...(inputs === undefined ? {} : { inputShape: [inputs] }),
  });

const mlp = (): tf.Sequential =>
  tf.sequential({
    name: 'mlp',
    layers: [
      dense('dense_1', 32, 64),
      tf.layers.reLU({ name: 'relu' }),
      dense('dense_2', 48),
      tf.sequential({ name: 'inner', layers: [dense('deep', 16, 48)] }),
      dense('head', 10),
    ],
  });

const x = tf.randomNormal([40, 64], 0, 1, 'float32', 1);

const formats = async (options: QuantizeOptions): Promise<string[]> => {
  const small = await quantize(mlp(), options);
  const rows = small.layers.map(({ name, format }) => `${name} ${format}`);
  small.dispose();
  return rows.filter((row) => !row.startsWith('relu'));
};

const failure = async (options: QuantizeOptions, model = mlp()): Promise<HalfnoteError> => {
  const before = tf.memory().numTensors;
  const error: unknown = await quantize(model, options).catch((reason: unknown) => reason);
  expect(tf.memory().numTensors).toBe(before);
  if (!(error instanceof HalfnoteError)) throw new Error(`not refused: ${String(error)}`);
  return error;
};

/** Root mean square of the error, relative to that of the outputs. */
async function relativeError(model: tf.LayersModel, options: QuantizeOptions): Promise<number> {
  const small = await quantize(model, options);
  try {
    return tf.tidy(() => {
      const expected = model.predict(x) as tf.Tensor;
      const error = tf.sub(small.predict(x) as tf.Tensor, expected);
      return tf.sqrt(tf.div(tf.mean(tf.square(error)), tf.mean(tf.square(expected)))).dataSync()[0];
    }) as number;
  } finally {
    small.dispose();
  }
}

describe('the weights of a layer', () => {
  test('take fewer bytes and make larger errors the fewer bits they have', async () => {
    const model = mlp();
    const bits = { int8: 8, int4: 4, int3: 3, int2: 2, ternary: 2, binary: 1 } as const;
    const elements = 64 * 32 + 32 * 48 + 48 * 16 + 16 * 10;
    const others = 2 * 4 * (32 + 48 + 16 + 10);
    let last = 0;
    for (const [weights, width] of Object.entries(bits)) {
      const options = {
        weights: weights as 'int8',
        mode: 'weight-only',
        scaleRule: 'mse',
        engine: 'simulated',
      } as const;
      const small = await quantize(model, options);
      expect(small.weightBytes).toBeLessThanOrEqual(
        Math.ceil((elements * width) / 8) + others + 16,
      );
      expect(small.layers[0]?.execution).not.toBe(undefined);
      small.dispose();
      if (weights === 'ternary' || weights === 'binary') continue;
      const error = await relativeError(model, options);
      expect(error, weights).toBeGreaterThan(last);
      last = error;
    }
    expect(last).toBeLessThan(1);
  });

  test('are nearer with a scale for each group, nearest with one that minimizes the error', async () => {
    const model = mlp();
    const error = (options: QuantizeOptions): Promise<number> =>
      relativeError(model, { weights: 'int4', ...options });
    const tensor = await error({ granularity: 'per-tensor' });
    const channel = await error({ granularity: 'per-channel' });
    const group = await error({ granularity: { group: 16 } });
    const mse = await error({ granularity: { group: 16 }, scaleRule: 'mse' });
    expect(channel).toBeLessThan(tensor);
    expect(group).toBeLessThan(channel);
    expect(mse).toBeLessThan(group);
  });

  test('can be repaired before they are rounded', async () => {
    const model = mlp();
    const options = { weights: 'int3', calibrate: x } as const;
    const plain = await relativeError(model, { weights: 'int3' });
    const steps = ['adaround', 'bias-correction'] as const;
    expect(await relativeError(model, { ...options, repair: steps })).toBeLessThan(plain);
    const small = await quantize(model, { ...options, repair: 'bias-correction' });
    expect(small.repair?.layers.map(({ id }) => id)).toContain('inner/deep');
    expect(small.notes.join(' ')).toContain('Corrected the biases of 4 layers by the examples.');
    small.dispose();
  });
});

describe('layers by name', () => {
  test.each<[string, QuantizeOptions, string[]]>([
    ['all, without options', {}, ['dense_1 int8', 'dense_2 int8', 'inner/deep int8', 'head int8']],
    [
      'a pattern and a name with formats of their own',
      { layers: { 'dense_*': 'int4', head: 'fp32' } },
      ['dense_1 int4', 'dense_2 int4', 'inner/deep int8', 'head fp32'],
    ],
    [
      'the same as text',
      { layers: 'dense_*=int4, head=fp32' },
      ['dense_1 int4', 'dense_2 int4', 'inner/deep int8', 'head fp32'],
    ],
    [
      'the last rule that matches',
      { layers: { '*': 'int4', dense_2: { weights: 'int2', granularity: { group: 8 } } } },
      ['dense_1 int4', 'dense_2 int2', 'inner/deep int4', 'head int4'],
    ],
    [
      'exclude, by path',
      { exclude: ['inner/deep', 'head'] },
      ['dense_1 int8', 'dense_2 int8', 'inner/deep fp32', 'head fp32'],
    ],
    [
      'include, by pattern',
      { include: 'dense_?' },
      ['dense_1 int8', 'dense_2 int8', 'inner/deep fp32', 'head fp32'],
    ],
    [
      'exclude before layers before include',
      { include: 'dense_1', layers: { deep: 'int4', dense_1: 'int4' }, exclude: 'dense_1' },
      ['dense_1 fp32', 'dense_2 fp32', 'inner/deep int4', 'head fp32'],
    ],
  ])('%s', async (_, options, rows) => {
    expect(await formats(options)).toEqual(rows);
    if (options.layers === undefined) {
      expect(await formats({ ...options, calibrate: x })).toEqual(rows);
    }
  });

  test('say in the report why a layer stays in float', async () => {
    const options = { exclude: 'head', layers: { deep: 'fp32' }, include: ['dense_1', 'deep'] };
    const small = await quantize(mlp(), options as QuantizeOptions);
    const reasons = small.layers.map(({ name, reason }) => [name, reason]);
    expect(reasons).toContainEqual(['head', "excluded by 'head'"]);
    expect(reasons).toContainEqual(['inner/deep', "fp32 by 'deep'"]);
    expect(reasons).toContainEqual(['dense_2', 'not included']);
    small.dispose();
  });

  test('keep a layer in float together with what would be fused into it', async () => {
    const { graph } = await quantizeGraph(mlp(), { exclude: 'relu' });
    expect(graph.nodes.slice(0, 2).map(({ id, op }) => `${id} ${op.kind}`)).toEqual([
      'dense_1 linear',
      'relu float',
    ]);
  });

  test('all calls of a shared layer follow its name', async () => {
    const shared = tf.layers.dense({ name: 'shared', units: 4 });
    const input = tf.input({ shape: [4] });
    const twice = shared.apply(shared.apply(input)) as tf.SymbolicTensor;
    const model = tf.model({ inputs: input, outputs: twice });
    const small = await quantize(model, { layers: { shared: 'int4' } });
    expect(small.layers.map(({ name, format }) => `${name} ${format}`)).toEqual([
      'shared int4',
      'shared#2 int4',
    ]);
    small.dispose();
  });

  test.each(['tensorflow', 'simulated'] as const)(
    'a shared layer in float counts its bytes once, in %s',
    async (engine) => {
      const shared = dense('shared', 8);
      const input = tf.input({ shape: [8] });
      const twice = shared.apply(shared.apply(input)) as tf.SymbolicTensor;
      const model = tf.model({
        inputs: input,
        outputs: dense('head', 4).apply(twice) as typeof twice,
      });
      const small = await quantize(model, { weights: 'int8', exclude: 'shared', engine });
      expect(small.layers.map(({ weightBytes }) => weightBytes)).toEqual([
        4 * (8 * 8 + 8),
        0,
        8 * 4 + 4 * 4 + 4 * 4,
      ]);
      expect(small.weightBytes).toBe(4 * (8 * 8 + 8) + 8 * 4 + 8 * 4);
      small.dispose();
    },
  );

  test('tied embeddings are quantized by name where they are a product', async () => {
    const tied = tiedEmbedding({ name: 'tied', inputDim: 20, outputDim: 8 });
    const tokens = tf.input({ shape: [5], dtype: 'int32' });
    const vectors = dense('dense', 8).apply(tied.apply(tokens));
    const model = tf.model({ inputs: tokens, outputs: tied.apply(vectors) as tf.SymbolicTensor });
    const small = await quantize(model, { weights: 'int4', layers: { tied: 'int8' } });
    expect(small.layers.map(({ name, format }) => `${name} ${format}`)).toEqual([
      'tied fp32',
      'dense int4',
      'tied#2 int8',
    ]);
    small.dispose();
  });
});

describe('bad input', () => {
  it.each<[string, QuantizeOptions, string, RegExp]>([
    [
      'a layer that is not there',
      { exclude: 'haed' },
      'unknown-layer',
      /'haed' in `exclude`.*\n.*head/,
    ],
    ['a pattern without a layer', { include: 'conv*' }, 'unknown-layer', /'conv\*' in `include`/],
    [
      'no format',
      { layers: { head: 'int5' as 'int4' } },
      'unknown-weight-format',
      /Allowed: .*int8.*, fp32\./,
    ],
    ['text without =', { layers: 'head' }, 'invalid-layers', /"head" doesn't say which layer/],
    [
      'a list',
      { layers: ['head'] as unknown as string },
      'invalid-layers',
      /doesn't say which layer/,
    ],
    ['null', { layers: { head: null as unknown as 'int4' } }, 'invalid-layers', /head: null/],
    [
      'numbers',
      { exclude: [1] as unknown as string[] },
      'invalid-exclude',
      /\[ 1 \] names no layers/,
    ],
    [
      'a layer without weights',
      { layers: { relu: 'int4' } },
      'not-quantizable',
      /'relu'.*no weights/,
    ],
    [
      'a group of 7',
      { weights: 'int4', granularity: { group: 7 } },
      'invalid-group',
      /4 layers: 'dense_1' \(64 by 7\), .*\. Allowed for all layers: 1, 2,/,
    ],
    [
      'a group of 0',
      { granularity: { group: 0 } },
      'unknown-granularity',
      /\{ group: 0 \} is no granularity/,
    ],
    [
      'static int4',
      { weights: 'int4', mode: 'static', calibrate: x },
      'unsupported-mode',
      /Mode 'static' is for int8 weights, not for int4/,
    ],
    [
      'int4 with examples',
      { weights: 'int4', calibrate: x },
      'calibration-unused',
      /makes no use of/,
    ],
    ['adaround without examples', { repair: 'adaround' }, 'calibration-missing', /adaround/],
    [
      'an unknown repair',
      { repair: 'magic' as 'adaround' },
      'unknown-repair',
      /Unknown repair 'magic'/,
    ],
    ['an unknown engine', { engine: 'gpu' as 'auto' }, 'unknown-engine', /Allowed: auto/],
    [
      'an infinite sample',
      { calibrate: tf.fill([1, 64], Infinity) },
      'calibration-not-finite',
      /is Infinity at \[0, 0\]/,
    ],
  ])('%s is refused', async (_, options, code, message) => {
    const error = await failure(options);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  test.each([NaN, -Infinity])('a weight that is %d is named by layer and index', async (value) => {
    const model = mlp();
    const kernel = Float32Array.from({ length: 32 * 48 }, (_, i) => (i === 50 ? value : 1));
    model.getLayer('dense_2').setWeights([tf.tensor2d(kernel, [32, 48]), tf.zeros([48])]);
    const error = await failure({}, model);
    expect(error.code).toBe('not-finite');
    expect(error.message).toContain(`Layer 'dense_2' has ${value} in its kernel at [1, 2]`);
  });

  test('a channel of zeros stays exactly zero in every format, and is noted', async () => {
    const model = tf.sequential({ layers: [dense('only', 3, 4)] });
    model.setWeights([tf.tensor2d([1, 0, 2, 3, 0, 4, 5, 0, 6, -7, 0, -8], [4, 3]), tf.zeros([3])]);
    const input = tf.ones([2, 4]);
    for (const weights of ['int8', 'int4', 'int3', 'int2', 'ternary', 'binary'] as const) {
      const small = await quantize(model, { weights });
      const output = (small.predict(input) as tf.Tensor).arraySync() as number[][];
      expect(output.map((row) => row[1])).toEqual([0, 0]);
      expect(output.flat().every(Number.isFinite)).toBe(true);
      expect(small.notes.join(' ')).toContain("output channel 1 of 'only' are zero");
      small.dispose();
    }
  });

  test('inputs of another shape are refused by name', async () => {
    const small = await quantize(mlp());
    expect(() => small.predict(tf.zeros([2, 63]))).toThrow(
      /The input has shape \[2, 63\]; the model takes \[any, 64\]/,
    );
    expect(() => small.predict([x, x])).toThrow(/2 tensors for a model with 1 input/);
    expect(() => small.predict(null as unknown as tf.Tensor)).toThrow(/holds null/);
    expect(() => small.predict(x, { batchSize: 0 })).toThrow(/batchSize is 0/);
    small.dispose();
  });

  test('integers that are asked to train say what to do instead', async () => {
    const small = await quantize(mlp(), { weights: 'int4' });
    await expect(small.fit(x, x, { epochs: 1 })).rejects.toThrow(
      /cannot be trained: codes of int4 have no gradients\.\n.*quantization-aware training/,
    );
    small.dispose();
  });
});

describe('predict', () => {
  test('leaves out masked steps as the float model does, in every mode', async () => {
    const [model, unmasked] = [true, false].map((maskZero) =>
      tf.sequential({
        layers: [
          tf.layers.embedding({ inputDim: 9, outputDim: 8, maskZero, inputLength: 7 }),
          tf.layers.dense({ units: 8, activation: 'relu' }),
          tf.layers.lstm({ units: 6 }),
          tf.layers.dense({ units: 3 }),
        ],
      }),
    ) as [tf.Sequential, tf.Sequential];
    let seed = 0;
    const weights = model
      .getWeights()
      .map(({ shape }) => tf.randomNormal(shape, 0, 0.7, 'float32', ++seed));
    for (const either of [model, unmasked]) either.setWeights(weights);
    const steps = tf.tensor2d([3, 4, 5, 0, 0, 0, 0, 8, 1, 2, 3, 4, 0, 0], [2, 7]);
    const expected = model.predict(steps) as tf.Tensor;
    const other = unmasked.predict(steps) as tf.Tensor;
    expect(tf.max(tf.abs(tf.sub(other, expected))).dataSync()[0]).toBeGreaterThan(0.3);
    for (const options of [{}, { calibrate: steps }, { mode: 'weight-only' }] as const) {
      const small = await quantize(model, options);
      const before = tf.memory().numTensors;
      const actual = small.predict(steps) as tf.Tensor;
      expect(tf.memory().numTensors).toBe(before + 1);
      const error = tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0];
      expect(error).toBeLessThan(0.1);
      small.dispose();
    }
  });

  test('gives the same in batches as at once, and leaves nothing behind', async () => {
    // Engines may differ by a quantum, and each batch size may have its own.
    const small = await quantize(mlp(), { calibrate: x, engine: 'tensorflow' });
    const once = small.predict(x, { batchSize: 40 }) as tf.Tensor;
    const before = tf.memory().numTensors;
    const parts = small.predict(x, { batchSize: 7 }) as tf.Tensor;
    expect(tf.memory().numTensors).toBe(before + 1);
    expect(parts.dataSync()).toEqual(once.dataSync());
    small.dispose();
  });

  test('shows which engine is the faster for a batch size, where there is a choice', async () => {
    const small = await quantize(mlp(), { calibrate: x });
    (small.predict(x, { batchSize: 40 }) as tf.Tensor).dispose();
    const text = small[JUPYTER_DISPLAY]()['text/plain'];
    for (const { batch, chosen, candidates } of small.choices) {
      expect(batch).toBe(40);
      expect(small.engine).toBe(chosen.engine);
      const times = candidates.map(({ milliseconds }) => milliseconds);
      expect(chosen.milliseconds).toBe(Math.min(...times));
      expect(text).toMatch(/Batches of 40: .* in [\d.]+ ms, .* in [\d.]+ ms \(measured/);
    }
    expect(small.choices.length + small.notes.filter((n) => /is not used/.test(n)).length).toBe(1);
    small.dispose();
  });

  test('takes an empty batch', async () => {
    const small = await quantize(mlp());
    expect((small.predict(tf.zeros([0, 64])) as tf.Tensor).shape).toEqual([0, 10]);
    small.dispose();
  });
});

describe('the output of a last convolution', () => {
  const convolution = (name: string, filters: number): tf.layers.Layer =>
    tf.layers.conv2d({
      name,
      filters,
      kernelSize: 3,
      padding: 'same',
      inputShape: [6, 6, 4],
      kernelInitializer: tf.initializers.heNormal({ seed: name.length }),
    });
  const model = tf.sequential({ layers: [convolution('inner', 4), convolution('last', 4)] });
  const images = tf.randomNormal([4, 6, 6, 4], 0, 1, 'float32', 2);

  it('is rounded to codes, in integer kernels, to the nearest of what it was', async () => {
    const rounded = await quantize(model, { calibrate: images, engine: 'tensorflow' });
    const float = await quantize(model, {
      calibrate: images,
      engine: 'tensorflow',
      outputs: 'float',
    });
    expect(rounded.nodes.map(({ kernel, execution }) => [kernel, execution])).toEqual(
      Array(2).fill(['_MklQuantizedConv2DWithBiasAndReluAndRequantize (u8 x s8 -> u8)', 'native']),
    );
    expect(float.graph.activations.has('last')).toBe(false);
    const { scale = NaN, zeroPoint = NaN } = rounded.graph.activations.get('last') ?? {};
    const code = (value: number): number =>
      Math.min(Math.max(Math.round(value / scale) + zeroPoint, 0), 255);
    const [codes = [], exact = []] = [rounded, float].map((made) =>
      Array.from((made.predict(images) as tf.Tensor).dataSync(), code),
    );
    const off = codes.map((value, i) => Math.abs(value - (exact[i] ?? NaN)));
    // A quantum apart where the exact value is a tie but for float32's rounding.
    expect(Math.max(...off)).toBeLessThanOrEqual(1);
    expect(off.filter((distance) => distance > 0).length).toBeLessThanOrEqual(2);
    expect(new Set(codes).size).toBeGreaterThan(100);
    for (const made of [rounded, float]) made.dispose();
  });

  it('may stay float, and the convolution is simulated in ONNX Runtime then', async () => {
    const small = await quantize(model, {
      calibrate: images,
      engine: 'onnxruntime',
      outputs: 'float',
    });
    expect(small.nodes.map(({ id, kernel, execution }) => [id, kernel, execution])).toEqual([
      ['inner', 'QLinearConv (u8 x s8)', 'native'],
      ['last', 'Conv in fp32', 'simulated'],
    ]);
    expect(small.execution).toBe('simulated');
    small.dispose();
  });

  it('is named in the error when its rounding is unknown', async () => {
    const options = { calibrate: images, outputs: 'int8' } as unknown as QuantizeOptions;
    await expect(quantize(model, options)).rejects.toThrow(
      "Unknown rounding of outputs 'int8'. Allowed: auto, float, uint8.",
    );
  });

  it('of a dense layer is float unless asked for', async () => {
    const dense = tf.sequential({ layers: [tf.layers.dense({ units: 8, inputShape: [16] })] });
    const x = tf.randomNormal([8, 16], 0, 1, 'float32', 3);
    const outputs = async (option: QuantizeOptions): Promise<string[]> => {
      const { graph } = await quantizeGraph(dense, { calibrate: x, ...option });
      return [...graph.activations.keys()];
    };
    const [input = '', output = ''] = await outputs({ outputs: 'uint8' });
    expect(await outputs({})).toEqual([input]);
    expect(output).toBe(dense.layers[0]?.name);
  });
});
