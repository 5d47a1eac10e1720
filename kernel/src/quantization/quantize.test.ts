import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deviceFacts } from '../backend/load';
import { loadBackend } from '../start';
import { JUPYTER_DISPLAY } from '../host';
import { accuracy, type Digits, loadDigits } from './digits.fixture';
import { quantize } from './quantize';

beforeAll(() => {
  loadBackend();
});

/** tfjs names the levels of `verbose` in a type that is not exported. */
const QUIET = { verbose: 0 } as unknown as tf.ModelFitArgs;

const seeded = (seed: number): ReturnType<typeof tf.initializers.glorotUniform> =>
  tf.initializers.glorotUniform({ seed });

function mlp(): tf.Sequential {
  return tf.sequential({
    name: 'mlp',
    layers: [
      tf.layers.dense({
        inputShape: [64],
        units: 48,
        activation: 'relu',
        kernelInitializer: seeded(1),
      }),
      tf.layers.dropout({ rate: 0.2 }),
      tf.layers.dense({ units: 10, activation: 'softmax', kernelInitializer: seeded(2) }),
    ],
  });
}

function cnn(): tf.Sequential {
  return tf.sequential({
    name: 'cnn',
    layers: [
      tf.layers.reshape({ inputShape: [64], targetShape: [8, 8, 1] }),
      tf.layers.conv2d({
        filters: 8,
        kernelSize: 3,
        padding: 'same',
        kernelInitializer: seeded(3),
      }),
      tf.layers.batchNormalization(),
      tf.layers.reLU(),
      tf.layers.depthwiseConv2d({
        kernelSize: 3,
        padding: 'same',
        depthwiseInitializer: seeded(4),
      }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.conv2d({
        filters: 16,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: seeded(5),
      }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 10, activation: 'softmax', kernelInitializer: seeded(6) }),
    ],
  });
}

describe('on the digits', () => {
  let digits: Digits;
  beforeAll(() => {
    digits = loadDigits();
  });
  afterAll(() => {
    tf.dispose([digits.train.x, digits.train.y, digits.test.x, digits.test.y]);
  });

  it.each([
    ['an MLP', mlp],
    ['a CNN', cnn],
  ])('%s keeps its accuracy within a point in every mode', async (_, build) => {
    const model = build();
    model.compile({ optimizer: tf.train.adam(0.005), loss: 'categoricalCrossentropy' });
    await model.fit(digits.train.x, digits.train.y, {
      ...QUIET,
      epochs: 12,
      batchSize: 50,
      shuffle: false,
    });
    const { x, y } = digits.test;
    const float = tf.tidy(() => accuracy(model.predict(x) as tf.Tensor, y));
    expect(float).toBeGreaterThan(0.92);
    const calibrate = digits.train.x.slice([0, 0], [256, -1]);
    for (const options of [
      { mode: 'dynamic' },
      { mode: 'static', calibrate },
      { mode: 'static', calibrate, observer: 'percentile' },
      { mode: 'static', calibrate, observer: 'moving-average' },
      { mode: 'weight-only' },
      { mode: 'dynamic', granularity: 'per-tensor' },
    ] as const) {
      const small = await quantize(model, options);
      const score = tf.tidy(() => accuracy(small.predict(x) as tf.Tensor, y));
      expect(score, JSON.stringify(options.mode)).toBeGreaterThanOrEqual(float - 0.01);
      expect(small.weightBytes).toBeLessThan(0.5 * small.floatWeightBytes);
      small.dispose();
    }
  });
});

describe('quantize', () => {
  it('says of each layer what became of it', async () => {
    const model = cnn();
    const small = await quantize(model);
    const rows = small.layers.map(({ kind, format }) => `${kind} ${format}`);
    expect(rows).toEqual([
      'Reshape fp32',
      'Conv2D int8',
      'BatchNormalization folded',
      'ReLU folded',
      'DepthwiseConv2D int8',
      'MaxPooling2D fp32',
      'Conv2D int8',
      'Flatten fp32',
      'Dense int8',
    ]);
    const conv = small.layers[1];
    expect(conv?.execution).toBe(deviceFacts().formats.int8.execution);
    // 3 x 3 x 1 x 8 codes, 8 scales and 8 biases of 4 bytes.
    expect(conv?.weightBytes).toBe(72 + 32 + 32);
    expect(conv?.floatWeightBytes).toBe(4 * (72 + 8));
    expect(small.layers[3]?.reason).toBe(`folded into ${conv?.name ?? ''}`);
    small.dispose();
  });

  it('leaves layers without an integer kernel in float, by name and reason', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.simpleRNN({ inputShape: [8, 2], units: 3, name: 'signal' }),
        tf.layers.dense({ units: 4 }),
      ],
    });
    const small = await quantize(model);
    expect(small.layers[0]).toMatchObject({
      name: 'signal',
      format: 'fp32',
      execution: undefined,
      reason: 'no integer kernel for SimpleRNN',
    });
    expect(small.notes.join(' ')).toContain('Weights in float: signal.');
    expectClose(model, small, tf.randomNormal([5, 8, 2], 0, 1, 'float32', 1), 0.05);
    small.dispose();
  });

  it('follows functional models with merges, shared and nested layers', async () => {
    const shared = tf.layers.dense({ units: 6, activation: 'tanh', name: 'shared' });
    const inner = tf.sequential({
      name: 'inner',
      layers: [tf.layers.dense({ inputShape: [6], units: 5, activation: 'relu', name: 'deep' })],
    });
    const a = tf.input({ shape: [4] });
    const b = tf.input({ shape: [4] });
    const left = shared.apply(a) as tf.SymbolicTensor;
    const right = shared.apply(b) as tf.SymbolicTensor;
    const sum = tf.layers.add().apply([left, right]) as tf.SymbolicTensor;
    const nested = inner.apply(sum) as tf.SymbolicTensor;
    const model = tf.model({ inputs: [a, b], outputs: [nested, sum] });
    const inputs = [
      tf.randomNormal([9, 4], 0, 1, 'float32', 2),
      tf.randomNormal([9, 4], 0, 1, 'float32', 3),
    ];
    for (const calibrate of [undefined, inputs]) {
      const small = await quantize(model, calibrate === undefined ? {} : { calibrate });
      expect(small.layers.map(({ name }) => name)).toContain('inner/deep');
      const expected = model.predict(inputs) as tf.Tensor[];
      const actual = small.predict(inputs) as tf.Tensor[];
      expect(actual.map(({ shape }) => shape)).toEqual([
        [9, 5],
        [9, 6],
      ]);
      actual.forEach((tensor, i) => {
        expect(largest(tensor, expected[i] as tf.Tensor)).toBeLessThan(0.1);
      });
      small.dispose();
    }
  });

  it('folds batch normalization with trained statistics, exactly in float terms', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({ inputShape: [6, 6, 2], filters: 3, kernelSize: 3, useBias: false }),
        tf.layers.batchNormalization(),
      ],
    });
    const norm = model.layers[1] as tf.layers.Layer;
    norm.setWeights([
      tf.tensor1d([1.5, 0.5, 2]),
      tf.tensor1d([0.1, -0.2, 0.3]),
      tf.tensor1d([0.2, 0.4, -0.6]),
      tf.tensor1d([0.5, 2, 4]),
    ]);
    const small = await quantize(model, { mode: 'weight-only' });
    expectClose(model, small, tf.randomNormal([4, 6, 6, 2], 0, 1, 'float32', 4), 0.05);
    small.dispose();
  });

  it('does not fold what another layer or an output still needs', async () => {
    const input = tf.input({ shape: [4] });
    const dense = tf.layers.dense({ units: 3 }).apply(input) as tf.SymbolicTensor;
    const norm = tf.layers.batchNormalization().apply(dense) as tf.SymbolicTensor;
    const model = tf.model({ inputs: input, outputs: [norm, dense] });
    const small = await quantize(model);
    expect(small.layers.map(({ format }) => format)).toEqual(['int8', 'fp32']);
    small.dispose();
  });

  it('keeps values in integers between products, in static mode', async () => {
    const model = cnn();
    const calibrate = tf.randomUniform([40, 64], 0, 1, 'float32', 8);
    const small = await quantize(model, { calibrate });
    expect(small.layers.map(({ format }) => format)).toEqual([
      'uint8',
      'int8',
      'folded',
      'folded',
      'int8',
      'uint8',
      'int8',
      'uint8',
      'int8',
    ]);
    expect(small.graph.activations.size).toBe(7);
    expectClose(model, small, calibrate, 0.05);
    small.dispose();
  });

  it('leaves every weight of the model as it was, bit for bit, and its layers their methods', async () => {
    const model = cnn();
    const x = tf.randomUniform([4, 64], 0, 1, 'float32', 9);
    const bits = (): Uint8Array[] =>
      model.getWeights().map((weight) => new Uint8Array(weight.dataSync().slice().buffer));
    const state = (): unknown =>
      model.layers.map((layer) => [
        Object.getOwnPropertyNames(layer).sort(),
        layer.inboundNodes.length,
        layer.trainable,
      ]);
    const [weights, layers] = [bits(), state()];
    for (const options of [
      { mode: 'dynamic' },
      { calibrate: x },
      { weights: 'int4', exclude: 'depthwise*' },
    ] as const) {
      const small = await quantize(model, options);
      (small.predict(x) as tf.Tensor).dispose();
      small.dispose();
    }
    expect(bits()).toEqual(weights);
    expect(state()).toEqual(layers);
  });

  it('does not change the model, nor follow its later changes', async () => {
    const model = mlp();
    const x = tf.randomUniform([8, 64], 0, 1, 'float32', 5);
    const before = (model.predict(x) as tf.Tensor).dataSync();
    const small = await quantize(model);
    const quantized = (small.predict(x) as tf.Tensor).dataSync();
    expect((model.predict(x) as tf.Tensor).dataSync()).toEqual(before);
    model.setWeights(model.getWeights().map((w) => tf.zerosLike(w)));
    expect((small.predict(x) as tf.Tensor).dataSync()).toEqual(quantized);
    model.dispose();
    expect((small.predict(x) as tf.Tensor).dataSync()).toEqual(quantized);
    small.dispose();
  });

  it('leaks no tensor over 50 predictions, and none after dispose', async () => {
    const model = cnn();
    const x = tf.randomUniform([40, 64], 0, 1, 'float32', 6);
    // Gives the model's weights to TensorFlow, so that they are counted from the start.
    (model.predict(x) as tf.Tensor).dispose();
    const start = tf.memory().numTensors;
    const native = nativeTensors();
    for (const options of [
      { mode: 'dynamic' },
      { calibrate: x },
      { mode: 'weight-only' },
    ] as const) {
      const small = await quantize(model, options);
      // By then it is one program, which keeps what depends on constants alone.
      for (let i = 0; i < 8; i++) (small.predict(x) as tf.Tensor).dispose();
      const tensors = tf.memory().numTensors;
      const handles = nativeTensors();
      for (let i = 0; i < 50; i++) (small.predict(x) as tf.Tensor).dispose();
      expect(tf.memory().numTensors).toBe(tensors);
      expect(nativeTensors()).toBe(handles);
      small.dispose();
      small.dispose();
    }
    expect(tf.memory().numTensors).toBe(start);
    expect(nativeTensors()).toBe(native);
  });

  it('predicts within a tidy', async () => {
    const model = mlp();
    const small = await quantize(model);
    const x = tf.zeros([3, 64]);
    const count = tf.memory().numTensors;
    const shape = tf.tidy(() => (small.predict(x) as tf.Tensor).shape);
    expect(shape).toEqual([3, 10]);
    expect(tf.memory().numTensors).toBe(count);
    expect((small.predict(x) as tf.Tensor).shape).toEqual([3, 10]);
    small.dispose();
    expect(() => small.predict(x)).toThrow(/has been disposed/);
  });

  it('shows itself as a table in HTML and text', async () => {
    const small = await quantize(mlp());
    const bundle = small[JUPYTER_DISPLAY]();
    expect(bundle['text/html']).toContain('<table');
    expect(bundle['text/html']).not.toContain('<script');
    expect(bundle['text/plain']).toMatch(
      /^int8: [\d,]+ of [\d,]+ bytes of weights \(2\d\.\d%\)[^]*mlp in int8 \(dynamic\)/,
    );
    small.dispose();
  });

  it('says what is wrong with its options', async () => {
    const model = mlp();
    await expect(quantize(model, { mode: 'static' })).rejects.toThrow(/needs example inputs/);
    await expect(quantize(model, { mode: 'statik' as 'static' })).rejects.toThrow(
      /Unknown quantization mode 'statik'.*\n.*'static'/,
    );
    await expect(quantize(model, { weights: 'int5' as 'int8' })).rejects.toThrow(
      /Unknown weight format 'int5'\. Allowed: .*int8/,
    );
    await expect(quantize(model, { observer: 'minmax' as 'min-max' })).rejects.toThrow(
      /Allowed: min-max/,
    );
    await expect(quantize(model, { calibrate: tf.fill([2, 64], NaN) })).rejects.toThrow(
      /calibrate, for input '.*', is NaN at \[0, 0\]/,
    );
    await expect(quantize({} as tf.LayersModel)).rejects.toThrow(/takes a tf\.Sequential/);
    await expect(quantize(null as unknown as tf.LayersModel)).rejects.toThrow(
      /^quantize\(\) takes .*, not null/,
    );
  });
});

describe('calibration data', () => {
  const two = (): tf.LayersModel => {
    const inputs = [tf.input({ shape: [4] }), tf.input({ shape: [3] })];
    const joined = tf.layers.concatenate().apply(inputs) as tf.SymbolicTensor;
    const output = tf.layers.dense({ units: 2 }).apply(joined) as tf.SymbolicTensor;
    return tf.model({ inputs, outputs: output });
  };

  it.each<[string, () => tf.LayersModel, () => unknown, string, RegExp]>([
    ['no rows', mlp, () => tf.zeros([0, 64]), 'empty', /calibrate has no samples.*\[0, 64\]/],
    ['no tensors', mlp, () => [], 'empty', /calibrate has no samples: the list/],
    ['text', mlp, () => 'hello', 'mismatch', /calibrate must be made of tensors.*a string/],
    ['numbers', mlp, () => [[1, 2]], 'mismatch', /calibrate must be made of .*a number/],
    ['null', mlp, () => null, 'mismatch', /calibrate must be made of tensors.* null/],
    [
      'another width',
      mlp,
      () => tf.zeros([5, 3]),
      'mismatch',
      /calibrate has shape \[5, 3\]; the model takes \[any, 64\]/,
    ],
    [
      'a bad second batch',
      mlp,
      () => [tf.zeros([5, 64]), tf.zeros([5])],
      'mismatch',
      /calibrate has shape \[5\]; the model takes \[any, 64\]/,
    ],
    ['too few inputs', two, () => tf.zeros([5, 4]), 'mismatch', /1 tensor for a model with 2/],
    [
      'inputs in the wrong order',
      two,
      () => [tf.zeros([5, 3]), tf.zeros([5, 4])],
      'mismatch',
      /shape \[5, 3\] for input 1; the model takes \[any, 4\]/,
    ],
    [
      'inputs of different length',
      two,
      () => [tf.zeros([5, 4]), tf.zeros([6, 3])],
      'mismatch',
      /different numbers of samples/,
    ],
  ])('of %s is refused by name', async (_, build, examples, code, message) => {
    const calibrate = examples() as tf.Tensor;
    const model = build();
    const before = tf.memory().numTensors;
    const error = await quantize(model, { calibrate }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'HalfnoteError', code: `calibration-${code}` });
    expect((error as Error).message).toMatch(message);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('may be batches, each with one tensor per input', async () => {
    const batch = (): tf.Tensor[] => [tf.ones([5, 4]), tf.ones([5, 3])];
    for (const calibrate of [batch(), [batch(), batch()]]) {
      expect((await quantize(two(), { calibrate })).mode).toBe('static');
    }
    const single = [tf.ones([2, 64]), tf.ones([3, 64])];
    for (const calibrate of [single, single.map((x) => [x])]) {
      expect((await quantize(mlp(), { calibrate })).mode).toBe('static');
    }
  });
});

function largest(a: tf.Tensor, b: tf.Tensor): number {
  return tf.tidy(() => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0] ?? NaN);
}

function expectClose(
  model: tf.LayersModel,
  small: { predict(x: tf.Tensor): tf.Tensor | tf.Tensor[] },
  x: tf.Tensor,
  tolerance: number,
): void {
  const error = tf.tidy(() =>
    largest(model.predict(x) as tf.Tensor, small.predict(x) as tf.Tensor),
  );
  expect(error).toBeLessThan(tolerance);
  expect(error).toBeGreaterThan(0);
}

function nativeTensors(): number {
  const backend = tf.backend() as unknown as { binding: { getNumOfTensors(): number } };
  return backend.binding.getNumOfTensors();
}
