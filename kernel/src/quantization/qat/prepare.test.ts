import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { loadBackend } from '../../start';
import { storageFormat } from '../../backend/storage';
import { JUPYTER_DISPLAY } from '../../host';
import { optimizers } from '../../precision/optimizers/optimizers';
import { withPrecision } from '../../precision/scope';
import { ActivationLayer } from './activation-layer';
import { convertQat } from './convert';
import { branching, examples, smallCnn, smallMlp, trainBriefly } from './models.fixture';
import type { QatOptions } from './options';
import { displayable, prepareQat } from './prepare';
import { describeQat } from './view';
import { WeightLayer } from './weight-layer';

const facts = loadBackend();

/** What `test/pytorch/generate_fake_quantize.py` wrote. */
const pytorch = JSON.parse(readFileSync(resolve('test/pytorch/fake_quantize.json'), 'utf8')) as {
  readonly movingAverage: {
    readonly batches: readonly { y: number[]; scale: number; zeroPoint: number }[];
    readonly frozen: number[];
  };
  readonly convNorm: Readonly<Record<'gamma' | 'beta' | 'y' | 'dkernel' | 'dbeta', number[]>>;
};

/** The generator's numbers. */
const wave = (shape: number[], phase = 0): tf.Tensor =>
  tf.tensor(
    Array.from(
      { length: tf.util.sizeFromShape(shape) },
      (_, i) => Math.sin(12.9898 * (i + 1) + phase) + Math.sin(78.233 * (i + 1)),
    ),
    shape,
  );

const values = (tensor: tf.Tensor): number[] => Array.from(tensor.dataSync());
function expectClose(actual: readonly number[], expected: readonly number[], by: number): void {
  expect(actual.length).toBe(expected.length);
  const largest = actual.reduce((m, a, i) => Math.max(m, Math.abs(a - (expected[i] ?? NaN))), 0);
  expect(largest).toBeLessThanOrEqual(by);
}

describe('prepareQat', () => {
  test('copies the model: names, order and weights stay, the float model is not touched', async () => {
    const model = smallCnn();
    const before = model.getWeights().map(values);
    const qat = prepareQat(model);
    const names = qat.layers.map(({ name }) => name).filter((name) => !name.includes('/'));
    expect(names).toEqual(['conv_input', ...model.layers.map(({ name }) => name)]);
    expect(qat.getWeights().slice(0, 4).map(values)).toEqual(before.slice(0, 4));
    await trainBriefly(qat);
    expect(model.getWeights().map(values)).toEqual(before);
    const moved = qat.getLayer('conv').getWeights().map(values);
    expect(moved[0]).not.toEqual(before[0]);
  });

  test('computes with rounded weights', () => {
    const model = smallMlp();
    const qat = prepareQat(model, { weights: 'int2', activations: 'fp32' });
    const x = examples(model, 4);
    const weights = qat.layers.flatMap((layer) =>
      layer instanceof WeightLayer ? [layer.codes()] : [],
    );
    expect(weights.map(({ codes }) => new Set(codes).size)).toEqual([3, 3]);
    const [float, rounded] = [model, qat].map((each) => values(each.predict(x) as tf.Tensor));
    expect(rounded).not.toEqual(float);
  });

  test('sends gradients to weights through tf.variableGrads', () => {
    const qat = prepareQat(smallMlp(), { weights: 'ternary' });
    const x = examples(qat, 16);
    const { grads } = tf.variableGrads(() =>
      tf.mean(tf.square(qat.apply(x, { training: true }) as tf.Tensor)),
    );
    const named = Object.entries(grads).filter(([name]) => name.includes('kernel'));
    expect(named).toHaveLength(2);
    for (const [, gradient] of named) expect(values(gradient).some((g) => g !== 0)).toBe(true);
  });

  test('is convolution and normalization as PyTorch trains them folded', () => {
    const { gamma, beta, y, dkernel, dbeta } = pytorch.convNorm;
    const { conv2d, batchNormalization } = tf.layers;
    const model = tf.sequential({
      layers: [
        conv2d({
          name: 'conv',
          inputShape: [6, 6, 2],
          filters: 3,
          kernelSize: 3,
          padding: 'same',
          useBias: false,
        }),
        batchNormalization({ name: 'norm', epsilon: 1e-3 }),
      ],
    });
    const [mean, variance] = [tf.zeros([3]), tf.ones([3])];
    model.getLayer('conv').setWeights([wave([3, 3, 2, 3])]);
    model.getLayer('norm').setWeights([tf.tensor1d(gamma), tf.tensor1d(beta), mean, variance]);
    const qat = prepareQat(model, { weights: 'int4', activations: 'fp32' });
    const x = wave([4, 6, 6, 2]);
    let output: number[] = [];
    const { grads } = tf.variableGrads(() => {
      const result = qat.apply(x, { training: true }) as tf.Tensor;
      output = values(result);
      return tf.sum(tf.mul(result, wave([4, 6, 6, 3], 1)));
    });
    const gradient = (name: string): number[] =>
      values(Object.entries(grads).find(([key]) => key.includes(name))?.[1] ?? tf.scalar(NaN));
    expectClose(output, y, 1e-4);
    expectClose(gradient('kernel'), dkernel, 2e-3);
    expectClose(gradient('beta'), dbeta, 1e-3);
  });

  test('takes apart what has values inside, and shares the ranges of what is joined', async () => {
    const qat = prepareQat(branching());
    await trainBriefly(qat, { batches: 2 });
    const names = qat.layers.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['sum/sum2', 'separable/depthwise', 'separable']));
    const rows = new Map(describeQat(qat).rows.map((row) => [row.name, row]));
    expect(rows.get('sum_relu')?.params).toEqual(rows.get('a')?.params);
    expect(rows.get('mean')?.params).toEqual(rows.get('a')?.params);
    expect(rows.get('joined')?.output).toBe('as input');
    expect(rows.get('global')?.params?.scale).toBeLessThan(
      rows.get('separable')?.params?.scale ?? 0,
    );
  });

  test('unfolds nested models and quantizes shared layers once', async () => {
    const inner = tf.sequential({
      name: 'inner',
      layers: [tf.layers.dense({ name: 'd', units: 4, inputShape: [4], activation: 'relu' })],
    });
    const x = tf.input({ name: 'x', shape: [4] });
    const twice = inner.apply(inner.apply(x)) as tf.SymbolicTensor;
    const qat = prepareQat(tf.model({ inputs: x, outputs: twice }));
    await trainBriefly(qat);
    expect(qat.layers.filter((layer) => layer instanceof WeightLayer)).toHaveLength(1);
    const small = await convertQat(qat);
    expect(small.graph.nodes.map(({ id }) => id)).toEqual(['inner/d', 'inner/d#2']);
    small.dispose();
  });
});

describe('ranges', () => {
  const layer = (
    args: Partial<ConstructorParameters<typeof ActivationLayer>[0]>,
  ): ActivationLayer => {
    const made = new ActivationLayer({
      observer: 'moving-average',
      averaging: 0.1,
      quantizeFrom: 0,
      ...args,
    });
    made.build();
    return made;
  };
  const train = (made: ActivationLayer, x: tf.Tensor): number[] =>
    values(made.call(x, { training: true }));

  test("follow the batches as PyTorch's FakeQuantize does, until they are frozen", () => {
    const { batches, frozen } = pytorch.movingAverage;
    const made = layer({ freezeRanges: 3 });
    batches.forEach(({ y, scale, zeroPoint }, step) => {
      const out = train(made, tf.mul(wave([30], step), step + 1));
      expectClose(out, y, 1e-5);
      expect(made.params()?.scale).toBeCloseTo(scale, 7);
      expect(made.params()?.zeroPoint).toBe(zeroPoint);
    });
    expectClose(train(made, tf.mul(wave([30], 3), 9)), frozen, 1e-5);
  });

  test.each(['min-max', 'moving-average', 'learned'] as const)(
    'by %s are those of the finite batches',
    (observer) => {
      const [made, clean] = [layer({ observer }), layer({ observer })];
      const batches = [
        [NaN, 3],
        [-1, 2],
        [NaN, 1],
        [1, Infinity],
        [-Infinity, 1],
        [-1, 2],
      ];
      batches.forEach((batch) => {
        made.apply(tf.tensor2d([batch]), { training: true });
        if (batch.every(Number.isFinite)) clean.apply(tf.tensor2d([batch]), { training: true });
      });
      expect(made.params()).toEqual(clean.params());
    },
  );

  test('by min-max never shrink', () => {
    const made = layer({ observer: 'min-max' });
    for (const x of [
      [-1, 2],
      [-0.1, 0.1],
      [-3, 1],
    ])
      train(made, tf.tensor1d(x));
    expect(made.params()).toEqual({ scale: Math.fround(5 / 255), zeroPoint: 153 });
  });

  test('are not rounded to before quantizeFrom, but observed', () => {
    const made = layer({ quantizeFrom: 1 });
    const x = tf.tensor1d([0.123456, 1]);
    expect(train(made, x)).toEqual(values(x));
    expect(train(made, x)).not.toEqual(values(x));
  });

  test('stand still at inference', () => {
    const made = layer({});
    train(made, tf.tensor1d([0, 1]));
    const before = made.params();
    made.call(tf.tensor1d([-50, 50]), {});
    expect(made.params()).toEqual(before);
  });

  test('are learned by option, and stay put when frozen', async () => {
    const qat = prepareQat(smallMlp(), { observer: 'learned', freezeRanges: 4 });
    const range = () => describeQat(qat).rows.find(({ name }) => name === 'hidden')?.params;
    await trainBriefly(qat, { batches: 1 });
    const first = range();
    await trainBriefly(qat, { batches: 3 });
    const later = range();
    expect(later?.scale).not.toBe(first?.scale);
    expect(later?.zeroPoint).toBe(first?.zeroPoint);
    await trainBriefly(qat, { batches: 3 });
    expect(range()).toEqual(later);
  });
});

test('freezeNorm keeps the moving statistics from its step on', async () => {
  const qat = prepareQat(smallCnn(), { freezeNorm: 2 });
  const moving = () => qat.getLayer('norm').getWeights().slice(2).map(values);
  await trainBriefly(qat, { batches: 2 });
  const kept = moving();
  expect(kept[0]?.some((mean) => mean !== 0)).toBe(true);
  await trainBriefly(qat, { batches: 2 });
  expect(moving()).toEqual(kept);
});

describe('training', () => {
  const OPTIMIZERS = {
    'tfjs adam': () => tf.train.adam(0.01),
    'fused adam': () => optimizers.adam({ learningRate: 0.01 }),
  };

  test.each(Object.entries(OPTIMIZERS))('learns with %s', async (_, make) => {
    const qat = prepareQat(smallMlp(), { weights: 'int4', scaleRule: 'learned' });
    const losses: number[] = [];
    for (let epoch = 0; epoch < 4; epoch++) {
      losses.push(...(await trainBriefly(qat, { optimizer: make })));
    }
    expect(losses.at(-1)).toBeLessThan(0.97 * (losses[0] ?? 0));
  });

  test.runIf(facts.engine === 'tensorflow').each(['bf16', 'fp16'])(
    'learns under %s, and rounds in float32',
    async (format) => {
      const qat = prepareQat(smallCnn(), { weights: 'int4' });
      const formats = new Set<string | undefined>();
      for (const layer of qat.layers) {
        if (!(layer instanceof ActivationLayer)) continue;
        const call = layer.call.bind(layer);
        layer.call = (inputs, kwargs) => {
          const y = call(inputs, kwargs);
          formats.add(storageFormat(y));
          return y;
        };
      }
      const losses = await withPrecision(format, async () => [
        ...(await trainBriefly(qat)),
        ...(await trainBriefly(qat)),
        ...(await trainBriefly(qat)),
      ]);
      expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
      expect([...formats]).toEqual(['fp32']);
      for (const { params } of describeQat(qat).rows) {
        if (params !== undefined) expect(params.scale).toBeGreaterThan(0);
      }
      for (const weight of qat.getWeights()) expect(storageFormat(weight)).toBe('fp32');
    },
  );

  test.each([
    {},
    { observer: 'learned', scaleRule: 'learned' },
    { weights: 'ternary' },
  ] as QatOptions[])('leaves no tensor behind: %j', (options) => {
    const qat = prepareQat(branching(), options);
    const x = examples(qat, 4);
    const optimizer = tf.train.sgd(0.01);
    const step = (): void => {
      optimizer.minimize(() =>
        tf.mean(tf.square(qat.apply(x, { training: true }) as tf.Tensor)).asScalar(),
      );
    };
    step();
    const before = tf.memory();
    for (let i = 0; i < 3; i++) step();
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numBytes).toBe(before.numBytes);
  });

  test('frees everything on dispose', () => {
    const before = tf.memory().numTensors;
    const model = branching();
    const qat = prepareQat(model, { freezeNorm: 3, scaleRule: 'learned' });
    qat.dispose();
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('is saved and loaded with ranges, schedule and what was left out', async () => {
  const qat = prepareQat(smallCnn(), {
    weights: 'int4',
    freezeNorm: 2,
    freezeRanges: 3,
    scaleRule: 'learned',
    exclude: ['dense'],
  });
  await trainBriefly(qat, { batches: 5 });
  let artifacts: tf.io.ModelArtifacts | undefined;
  await qat.save(
    tf.io.withSaveHandler((saved) => {
      artifacts = saved;
      return Promise.resolve({
        modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' },
      });
    }),
  );
  // As a file would hold it.
  const { modelTopology, ...rest } = artifacts ?? {};
  const topology = JSON.parse(JSON.stringify(modelTopology)) as object;
  const loaded = await tf.loadLayersModel(tf.io.fromMemory({ ...rest, modelTopology: topology }));
  const x = examples(qat, 6);
  const [a, b] = [qat, loaded].map((model) => values(model.predict(x) as tf.Tensor));
  expect(b).toEqual(a);
  expect(describeQat(loaded).rows).toEqual(describeQat(qat).rows);
  const norm = () => values(loaded.getLayer('norm').getWeights()[2] as tf.Tensor);
  const kept = norm();
  await trainBriefly(loaded, { batches: 2 });
  expect(norm()).toEqual(kept);
  const small = await convertQat(loaded);
  expect(small.layers.find(({ name }) => name === 'dense')?.format).toBe('fp32');
  small.dispose();
});

describe('the view', () => {
  test('says what is rounded, where, and to which range', async () => {
    const qat = prepareQat(smallCnn(), { weights: 'int4' });
    const shown = (): string => String(qat[JUPYTER_DISPLAY]()['text/plain']);
    expect(shown()).toContain('No ranges yet');
    await trainBriefly(qat);
    const lines = shown().split('\n');
    expect(lines).toContain('cnn, rounded for weights in int4');
    expect(shown()).not.toContain('No ranges yet');
    expect(lines.find((line) => line.startsWith('conv '))).toMatch(
      /Conv2D\s+int4, -7 to 7\s+0\.\d+ to 0\.\d+\s+float/,
    );
    expect(lines.find((line) => line.startsWith('relu'))).toMatch(
      /uint8\s+0\s+[\d.]+\s+0\.\d+\s+0\s+becomes part of conv/,
    );
    expect(lines.find((line) => line.startsWith('pool'))).toMatch(/as input/);
  });

  test('names layers that stay in float, and why', () => {
    const { lstm, dense } = tf.layers;
    const model = tf.sequential({
      layers: [
        lstm({ name: 'rnn', units: 4, inputShape: [3, 2] }),
        dense({ name: 'head', units: 2 }),
      ],
    });
    const report = describeQat(prepareQat(model));
    expect(report.notes).toContain('In float: rnn.');
    expect(report.rows.find(({ name }) => name === 'rnn')?.note).toMatch(/no integer kernel/);
  });

  test('comes back to a model that was loaded', () => {
    const qat = prepareQat(smallMlp());
    expect(displayable(qat)[JUPYTER_DISPLAY]()['text/html']).toContain('<table');
    expect(() => describeQat(smallMlp())).toThrow(/'mlp' is not fake-quantized/);
  });
});

describe('bad input', () => {
  test.each([
    [{ weights: 'int5' }, /Unknown weight format 'int5'.*int8, int4/],
    [{ weights: 'fp16' }, /Weights cannot be trained in 'fp16'/],
    [
      { activations: 'int8' },
      /Activations cannot be trained in int8\. Allowed: uint8, fp32.*\n.*uint8/,
    ],
    [{ observer: 'entropy' }, /Unknown observer 'entropy'/],
    [{ scaleRule: 'mse' }, /Unknown scale rule 'mse'/],
    [{ averaging: 0 }, /averaging is 0; allowed/],
    [{ freezeNorm: -1 }, /freezeNorm is -1; allowed are whole numbers/],
    [{ freezeRanges: 0 }, /freezeRanges is 0; allowed are whole numbers of training steps from 1/],
    [{ exclude: ['nope'] }, /No layer of model 'mlp' matches 'nope'/],
    [{ exclude: '*' }, /No layer of model 'mlp' can be quantized: 'hidden' excluded by '\*'/],
    [{ layers: { head: { granularity: 'per-tensor' } } }, /'head' has a granularity/],
  ])('%j', (options, message) => {
    expect(() => prepareQat(smallMlp(), options as QatOptions)).toThrow(message);
  });

  test('a model that is prepared already', () => {
    expect(() => prepareQat(prepareQat(smallMlp()))).toThrow(/fake-quantized already/);
  });

  test('weights that are no numbers', () => {
    const model = smallMlp();
    model.getLayer('head').setWeights([tf.fill([16, 3], NaN), tf.zeros([3])]);
    expect(() => prepareQat(model)).toThrow(/Layer 'head' has NaN in its kernel at \[0, 0\]/);
  });

  test('a layer of its own format, and none', async () => {
    const qat = prepareQat(smallMlp(), { weights: 'int4', layers: { head: 'int8' } });
    await trainBriefly(qat);
    const small = await convertQat(qat);
    expect(small.layers.map(({ format }) => format)).toEqual(['int4', 'int8']);
    small.dispose();
  });
});
