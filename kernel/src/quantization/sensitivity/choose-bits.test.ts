import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadBackend } from '../../start';
import { JUPYTER_DISPLAY } from '../../host';
import { QUIET as verbose } from '../../precision/quiet.fixture';
import { withPrecision } from '../../precision/scope';
import { accuracy, type Digits, loadDigits } from '../digits.fixture';
import { mobileNet } from '../repair/models.fixture';
import { quantize } from '../quantize';
import { type ChooseBitsOptions, chooseBits } from './choose-bits';

loadBackend();

function perceptron(): tf.Sequential {
  const init = (seed: number) => ({
    kernelInitializer: tf.initializers.glorotUniform({ seed }),
  });
  const model = tf.sequential({
    name: 'digits',
    layers: [
      tf.layers.dense({ name: 'one', inputShape: [64], units: 64, activation: 'relu', ...init(1) }),
      tf.layers.dense({ name: 'two', units: 32, activation: 'relu', ...init(2) }),
      tf.layers.dense({ name: 'head', units: 10, activation: 'softmax', ...init(3) }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy' });
  return model;
}

async function train(model: tf.Sequential, { x, y }: Digits['train'], epochs = 4): Promise<void> {
  await model.fit(x, y, { epochs, batchSize: 64, shuffle: false, verbose });
}

describe('chooseBits', () => {
  let digits: Digits;
  let model: tf.Sequential;
  const choose = (
    budget: ChooseBitsOptions['budget'],
    options: Partial<ChooseBitsOptions> = {},
  ): ReturnType<typeof chooseBits> => chooseBits(model, { budget, data: digits.test, ...options });

  beforeAll(async () => {
    digits = loadDigits();
    model = perceptron();
    await train(model, digits.train);
  });

  test('keeps to bytes, of the model that quantize makes, and uses them', async () => {
    const bits = await choose({ bytes: 5000 });
    const small = await quantize(model, bits.options);
    const held = small.weightBytes;
    expect(bits.rows.map(({ bytes }) => bytes)).toEqual(
      small.layers.map(({ weightBytes }) => weightBytes),
    );
    small.dispose();
    expect(bits.predicted.bytes).toBe(held);
    expect(bits.measured.bytes).toBe(held);
    expect(held).toBeLessThanOrEqual(5000);
    expect(bits.predicted.bytes).toBeGreaterThan(4000);
    expect(Object.keys(bits.layers)).toEqual(['one', 'two', 'head']);
    expect(new Set(Object.values(bits.layers)).size).toBeGreaterThan(1);
    // The noise of layers that are independent adds up.
    expect(Math.abs(bits.predicted.sqnrDb - bits.measured.sqnrDb)).toBeLessThan(3);
  });

  test('keeps to mean bits, and beats the same bits everywhere', async () => {
    const mixed = await choose({ meanBits: 4 });
    expect(mixed.meanBits).toBeLessThanOrEqual(4);
    const uniform = await choose({ meanBits: 4 }, { formats: ['int4'] });
    expect(uniform.meanBits).toBe(4);
    expect(mixed.measured.sqnrDb).toBeGreaterThanOrEqual(uniform.measured.sqnrDb);
  });

  test('reaches a signal to noise with as few bytes as it can', async () => {
    const [loose, tight] = [await choose({ sqnrDb: 15 }), await choose({ sqnrDb: 30 })];
    expect(loose.measured.sqnrDb).toBeGreaterThanOrEqual(15);
    expect(tight.measured.sqnrDb).toBeGreaterThanOrEqual(30);
    expect(loose.predicted.bytes).toBeLessThan(tight.predicted.bytes);
  });

  test('loses no more accuracy than allowed, measured by the model that quantize makes', async () => {
    const bits = await choose({ accuracyDrop: 0.01 });
    expect(bits.measured.drop).toBeLessThanOrEqual(0.01);
    const float = accuracy(model.predict(digits.test.x) as tf.Tensor, digits.test.y);
    const small = await quantize(model, bits.options);
    const score = accuracy(small.predict(digits.test.x) as tf.Tensor, digits.test.y);
    // The engine of a layer is chosen by time; their rounding of inputs can turn a sample or two.
    const samples = 2 / bits.sensitivity.samples;
    expect(Math.abs(score - bits.measured.score)).toBeLessThanOrEqual(samples);
    expect(float - score).toBeLessThanOrEqual(0.01 + samples);
    expect(bits.meanBits).toBeLessThan(8);
    expect(small.layers.map(({ format }) => format)).toEqual(Object.values(bits.layers));
    small.dispose();
  });

  test('takes integers in with calibration data', async () => {
    const calibrate = digits.train.x.slice(0, 128);
    const bits = await choose({ accuracyDrop: 0.01 }, { formats: ['int8', 'int4'], calibrate });
    expect(bits.measured.drop).toBeLessThanOrEqual(0.01);
    const { mode } = bits.options;
    expect(mode).toBe(Object.values(bits.layers).includes('int8') ? 'static' : 'weight-only');
  });

  test('leaves layers in float where that is allowed and needed', async () => {
    const bits = await choose({ sqnrDb: 70 }, { formats: ['fp32', 'int8', 'int4'] });
    expect(bits.measured.sqnrDb).toBeGreaterThanOrEqual(70);
    expect(Object.values(bits.layers)).toContain('fp32');
  });

  test('says what can be reached where a budget cannot be kept', async () => {
    await expect(choose({ bytes: 100 })).rejects.toThrow(
      /No assignment of int8, int4, int3, int2 keeps to the budget of at most 100 bytes of weights; the least that can be reached is [\d,]+ bytes\./,
    );
    await expect(choose({ meanBits: 1 })).rejects.toThrow(
      /the least that can be reached is 2 bits/,
    );
    await expect(choose({ sqnrDb: 200 })).rejects.toThrow(
      /at least 200 dB.*can be reached is [\d.]+ dB\.\nAdd 'fp32' to `formats`/,
    );
    await expect(choose({ accuracyDrop: 0 }, { formats: ['int2'] })).rejects.toThrow(
      /at most 0 points of accuracy lost; the least that can be reached is −[\d.]+ pt of accuracy/,
    );
  });

  test('refuses budgets that are none', async () => {
    const fails = async (budget: unknown, message: RegExp): Promise<void> => {
      await expect(choose(budget as ChooseBitsOptions['budget'])).rejects.toThrow(message);
    };
    await fails(undefined, /budget must be \{bytes\}, \{meanBits\}, .* not undefined/);
    await fails(4, /not 4\./);
    await fails({}, /budget has nothing/);
    await fails({ bits: 4 }, /budget has bits; it must be one of/);
    await fails({ bytes: 1, meanBits: 2 }, /budget has bytes, meanBits/);
    await fails({ bytes: NaN }, /budget\.bytes is NaN/);
    await fails({ accuracyDrop: 2 }, /it is a share of 1: half a point is 0\.005/);
    await expect(
      chooseBits(model, { budget: { accuracyDrop: 0.1 }, data: { x: digits.test.x } }),
    ).rejects.toThrow(/needs labels that are classes/);
  });

  test('frees all that it makes, and shows predicted beside measured', async () => {
    await choose({ meanBits: 4 });
    const before = tf.memory().numTensors;
    const bits = await choose({ accuracyDrop: 0.02 });
    expect(tf.memory().numTensors).toBe(before);
    const bundle = bits[JUPYTER_DISPLAY]();
    expect(String(bundle['text/html'])).toContain('<img');
    const text = String(bundle['text/plain']);
    expect(text).toContain('Bits per layer of digits: at most 2 points of accuracy lost');
    expect(text).toMatch(/The whole model +Predicted +Measured/);
    expect(text).toContain('no other choice of this size is better');
  });
});

describe('a model trained in 16 bits, deployed in int8', () => {
  test.each(['bf16', 'fp16'] as const)('%s: stays within half a point', async (format) => {
    const digits = loadDigits();
    const model = perceptron();
    await withPrecision(format, async () => {
      await train(model, digits.train);
    });
    const trained = accuracy(model.predict(digits.test.x) as tf.Tensor, digits.test.y);
    expect(trained).toBeGreaterThan(0.9);
    const small = await quantize(model, { calibrate: digits.train.x.slice(0, 256) });
    expect(small.layers.map((layer) => layer.format)).toEqual(['int8', 'int8', 'int8']);
    const deployed = accuracy(small.predict(digits.test.x) as tf.Tensor, digits.test.y);
    expect(trained - deployed).toBeLessThanOrEqual(0.005);
    small.dispose();
  });
});

test.each([[['int8']], [['int4']], [['int2']], [['fp32', 'int8']]] as const)(
  'foresees the bytes of a network with normalization: %s',
  async (formats) => {
    const network = mobileNet();
    const x = tf.randomUniform([8, 12, 12, 3], -1, 1, 'float32', 2);
    const bits = await chooseBits(network, { budget: { bytes: 1e6 }, formats, data: { x } });
    const small = await quantize(network, bits.options);
    expect(new Set(Object.values(bits.layers))).toEqual(new Set([formats[0]]));
    expect(bits.predicted.bytes).toBe(small.weightBytes);
    expect(bits.measured.bytes).toBe(small.weightBytes);
    const inFloat = new Map(small.layers.map((layer) => [layer.name, layer.floatWeightBytes]));
    expect(bits.rows.map((row) => row.floatBytes)).toEqual(
      bits.rows.map(({ layer }) => inFloat.get(layer)),
    );
    if (formats[0] === 'fp32') expect(small.weightBytes).toBe(small.floatWeightBytes);
    small.dispose();
  },
);

test('gives a scale rule to the formats that can have it, and says where none can', async () => {
  const model = mobileNet();
  const x = tf.randomUniform([8, 12, 12, 3], -1, 1, 'float32', 2);
  const options = { budget: { bytes: 1e6 }, data: { x } } as const;
  const bits = await chooseBits(model, {
    ...options,
    formats: ['bf16', 'int4'],
    scaleRule: 'none',
  });
  const small = await quantize(model, bits.options);
  const scales = small.graph.nodes.flatMap(({ op }) =>
    op.kind === 'linear' && op.weights.format === 'bf16' ? [op.weights.scales.length] : [],
  );
  expect(scales.length).toBeGreaterThan(0);
  expect(new Set(scales)).toEqual(new Set([0]));
  small.dispose();
  await expect(chooseBits(model, { ...options, scaleRule: 'none' })).rejects.toThrow(
    /'none' is for none of the formats int8, int4, int3, int2\. It is for .*fp16/,
  );
});
