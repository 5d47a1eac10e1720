import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { fuseGraph } from '../../../graph/fuse';
import type { FusedGraph } from '../../../graph/fused-graph';
import { readModel } from '../../../graph/read-model';
import { FusedRunner } from '../../../graph/run-fused';
import { splitAttention } from '../../../graph/split-attention';
import { attentionHeads } from '../../../layers/attention-heads';
import { rmsNormalization } from '../../../layers/rms-normalization';
import { transformerBlock } from '../../../layers/transformer';
import { modelGraph } from '../../../models/model-graph';
import { loadBackend } from '../../../start';
import { TOPOLOGIES } from '../../topologies.fixture';
import { quantize } from '../../quantize';
import { mobileNet, rounding, sqnr, type Rounding } from '../models.fixture';
import type { RepairOptions, RepairStep } from '../options';
import { repairGraph, type Repaired } from '../repair';

loadBackend();

const AWQ = { steps: ['awq'] } as const;
const SMOOTH = { steps: ['smoothquant'] } as const;
const WEIGHTS: Rounding = { format: 'int3' };
const INTEGERS: Rounding = { format: 'int8', input: 'dynamic' };

/** Numbers of which one channel in five is far larger than the others. */
function outlying(shape: readonly number[], seed: number): tf.Tensor {
  return tf.tidy(() => {
    const last = shape.at(-1) ?? 1;
    const sizes = Float32Array.from({ length: last }, (_, i) => (i % 5 === 1 ? 30 : 1));
    return tf.mul(tf.randomNormal([...shape], 0, 1, 'float32', seed), tf.tensor1d(sizes));
  });
}

function run(
  model: tf.LayersModel,
  inputs: readonly tf.Tensor[],
  scheme: Rounding,
  options: RepairOptions,
): Promise<Repaired> {
  return repairGraph(modelGraph(model), fuseGraph(readModel(model)), rounding(scheme), options, [
    inputs,
  ]);
}

function outputsOf(graph: FusedGraph, inputs: readonly tf.Tensor[]): Float32Array[] {
  const runner = new FusedRunner(graph);
  const outputs = runner.run(inputs);
  runner.dispose();
  const values = outputs.map((tensor) => tensor.dataSync<'float32'>().slice());
  tf.dispose(outputs);
  return values;
}

/** Layers whose outputs, or whose inputs, have channels of very different size, with all that may lie between. */
const MODELS: Readonly<Record<string, () => tf.LayersModel>> = {
  ...TOPOLOGIES,
  'a dense chain with what commutes between, and what does not': () =>
    chain(
      [12],
      [
        tf.layers.dense({ units: 10, activation: 'relu' }),
        tf.layers.dense({ units: 10 }),
        tf.layers.leakyReLU(),
        tf.layers.dense({ units: 10, activation: 'tanh' }),
        tf.layers.dense({ units: 10 }),
        tf.layers.reLU({ maxValue: 6 }),
        tf.layers.dense({ units: 5, activation: 'softmax' }),
      ],
    ),
  'normalizations with and without gamma and beta': () =>
    chain(
      [7, 10],
      [
        tf.layers.layerNormalization({ scale: false }),
        tf.layers.dense({ units: 10, activation: 'gelu' }),
        tf.layers.layerNormalization({ center: false }),
        tf.layers.dense({ units: 10, activation: 'sigmoid' }),
        tf.layers.batchNormalization({ scale: false, center: false }),
        tf.layers.dense({ units: 10, activation: 'elu' }),
        tf.layers.layerNormalization({ axis: 1 }),
        tf.layers.dense({ units: 4 }),
      ],
    ),
  'convolutions with pools and padding between': () =>
    chain(
      [9, 9, 10],
      [
        tf.layers.conv2d({ filters: 6, kernelSize: 3, activation: 'relu' }),
        tf.layers.zeroPadding2d({ padding: 1 }),
        tf.layers.maxPooling2d({ poolSize: 2 }),
        tf.layers.conv2d({ filters: 10, kernelSize: 3, padding: 'same' }),
        tf.layers.averagePooling2d({ poolSize: 2 }),
        tf.layers.depthwiseConv2d({ kernelSize: 2, padding: 'same' }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 3 }),
      ],
    ),
  'a mobile network': () => mobileNet({ spread: 100, activation: 'relu6' }),
  'an attention block': () => splitAttention(attention()),
  'grouped queries': groupedQueries,
};

function groupedQueries(): tf.LayersModel {
  const input = tf.input({ shape: [6, 10] });
  const [q, k, v] = [8, 4, 4].map((units, i) => {
    const kernelInitializer = tf.initializers.glorotNormal({ seed: i + 1 });
    return tf.layers.dense({ units, kernelInitializer }).apply(input);
  });
  const heads = attentionHeads({ numHeads: 4, numKvHeads: 2 });
  const attended = heads.apply([q, k, v] as tf.SymbolicTensor[]);
  const kernelInitializer = tf.initializers.glorotNormal({ seed: 4 });
  const output = tf.layers.dense({ units: 5, kernelInitializer }).apply(attended);
  return tf.model({ inputs: input, outputs: output as tf.SymbolicTensor });
}

function chain(inputShape: readonly number[], layers: readonly tf.layers.Layer[]): tf.LayersModel {
  const input = tf.input({ shape: [...inputShape] });
  const output = layers.reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, input);
  const model = tf.model({ inputs: input, outputs: output });
  const weights = model.getWeights().map((weight, i) =>
    tf.tidy(() => {
      const random = outlying(weight.shape.length === 0 ? [1] : weight.shape, i + 1);
      // Also of normalizations, whose variance has to be positive.
      return weight.shape.length === 1 ? tf.add(tf.abs(random), 0.1) : tf.mul(random, 0.2);
    }),
  );
  model.setWeights(weights);
  return model;
}

function attention(): tf.LayersModel {
  const input = tf.input({ shape: [6, 10] });
  const output = transformerBlock(input, { numHeads: 2, causal: true, seed: 3 });
  const model = tf.model({ inputs: input, outputs: output });
  model.setWeights(
    model
      .getWeights()
      .map((weight, i) => (weight.shape.length === 1 ? outlying(weight.shape, i + 1) : weight)),
  );
  return model;
}

function inputsOf(model: tf.LayersModel, rows: number, seed: number): tf.Tensor[] {
  return model.inputs.map(({ shape, dtype }, i) => {
    const sizes = [rows, ...shape.slice(1).map((size) => size ?? 3)];
    return dtype === 'int32'
      ? tf.randomUniform(sizes, 0, 3, 'int32', seed)
      : outlying(sizes, seed + i);
  });
}

describe('scaled inputs', () => {
  test.each([
    ['awq', AWQ, WEIGHTS],
    ['smoothquant', SMOOTH, { ...INTEGERS, granularity: 'per-tensor' }],
  ] as const)(
    'compute the same in float, whatever the model: %s, %o',
    async (method, options, scheme) => {
      let scaled = 0;
      for (const [name, build] of Object.entries(MODELS)) {
        const model = build();
        const calibration = inputsOf(model, 24, 1);
        const repaired = await run(model, calibration, scheme, options);
        const inputs = inputsOf(model, 8, 50);
        const [before, after] = [fuseGraph(readModel(model)), repaired.graph].map((one) =>
          outputsOf(one, inputs),
        );
        after?.forEach((values, i) => {
          const reference = before?.[i] ?? new Float32Array();
          // Normalizations make more of float32's roundings.
          expect(sqnr(reference, values), `${name}, output ${i}`).toBeGreaterThan(75);
        });
        for (const { id, scaling } of repaired.report.layers) {
          expect(scaling?.error, `${name}, ${id}`).toBeLessThanOrEqual(
            scaling?.nearestError ?? NaN,
          );
          expect(scaling?.into === undefined, `${name}, ${id}`).toBe(scaling?.kept !== undefined);
          if (scaling?.into !== undefined) scaled++;
        }
        repaired.dispose();
        tf.dispose([...calibration, ...inputs]);
      }
      expect(scaled, method).toBeGreaterThan(5);
    },
  );

  test('are divided by what makes them, where it can: a normalization, a product, values of attention', async () => {
    const model = splitAttention(attention());
    const repaired = await run(model, inputsOf(model, 32, 1), WEIGHTS, AWQ);
    const into = new Map(repaired.report.layers.map(({ id, scaling }) => [id, scaling?.into]));
    const named = (part: string): string => [...into.keys()].find((id) => id.endsWith(part)) ?? '';
    const norm = into.get(named('_query'));
    expect(norm).toMatch(/norm/i);
    expect(into.get(named('_key'))).toBe(norm);
    expect(into.get(named('_value'))).toBe(norm);
    expect(into.get(named('_output'))).toBe(named('_value'));
    repaired.dispose();
  });

  test('are divided by the gain of a root mean square normalization', async () => {
    const model = chain(
      [20],
      [
        tf.layers.dense({ units: 20 }),
        rmsNormalization({ name: 'rms' }),
        tf.layers.dense({ name: 'next', units: 5 }),
      ],
    );
    const gains = Float32Array.from({ length: 20 }, (_, i) => (i % 5 === 1 ? 30 : 1));
    model.getLayer('rms').setWeights([tf.tensor1d(gains)]);
    for (const [options, scheme] of [
      [AWQ, WEIGHTS],
      [SMOOTH, INTEGERS],
    ] as const) {
      const repaired = await run(model, inputsOf(model, 64, 1), scheme, options);
      const next = repaired.report.layers.find(({ id }) => id === 'next');
      expect(next?.scaling?.into).toBe('rms');
      const x = inputsOf(model, 8, 2);
      const [before, after] = [fuseGraph(readModel(model)), repaired.graph].map((one) =>
        outputsOf(one, x),
      );
      const [reference = new Float32Array(), values = new Float32Array()] = [
        before?.[0],
        after?.[0],
      ];
      expect(sqnr(reference, values)).toBeGreaterThan(100);
      repaired.dispose();
    }
  });

  test('free all that they make', async () => {
    const model = splitAttention(attention());
    const x = inputsOf(model, 8, 1);
    const once = async (): Promise<void> => {
      (await run(model, x, WEIGHTS, AWQ)).dispose();
      (await run(model, x, INTEGERS, SMOOTH)).dispose();
      const options = { weights: 'int4', calibrate: x[0] ?? [], repair: 'awq' } as const;
      (await quantize(model, options)).dispose();
    };
    await once();
    const before = tf.memory().numTensors;
    await once();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('quantize', () => {
  const quality = async (model: tf.LayersModel, x: tf.Tensor, options: object): Promise<number> => {
    const small = await quantize(model, options);
    const db = sqnr(
      (model.predict(x) as tf.Tensor).dataSync(),
      (small.predict(x) as tf.Tensor).dataSync(),
    );
    small.dispose();
    return db;
  };

  test.each([
    ['in groups', { granularity: { group: 5 } }],
    ['without clipping', { repair: { steps: ['awq'], awq: { clip: false } } }],
    ['and GPTQ on top', { repair: ['awq', 'gptq'] }],
  ])('loses less of outlying inputs in 4 bits with awq: %s', async (_, more) => {
    const model = chain(
      [20],
      [tf.layers.dense({ units: 15, activation: 'tanh' }), tf.layers.dense({ units: 5 })],
    );
    const calibrate = tf.mul(outlying([256, 20], 1), 0.1);
    const unseen = tf.mul(outlying([128, 20], 2), 0.1);
    const options = { weights: 'int4', ...more };
    const { repair = 'awq' } = more as { repair?: RepairOptions };
    const nearest = await quality(model, unseen, { ...options, repair: undefined });
    expect(await quality(model, unseen, { ...options, calibrate, repair })).toBeGreaterThan(
      nearest + 1,
    );
  });

  test('with GPTQ in order on top keeps the scales that awq shrank, as its notes count them', async () => {
    const model = chain([20], [tf.layers.dense({ units: 15 })]);
    const calibrate = outlying([256, 20], 1);
    const scalesOf = async (steps: readonly RepairStep[]): Promise<number[]> => {
      const small = await quantize(model, {
        weights: 'int3',
        granularity: { group: 5 },
        calibrate,
        repair: { steps, gptq: { actOrder: false, compensateInputs: false } },
      });
      const scales = small.graph.nodes.flatMap(({ op }) =>
        op.kind === 'linear' ? [...op.weights.scales.slice(0, 15)] : [],
      );
      small.dispose();
      return scales;
    };
    const clipped = await scalesOf(['awq']);
    // Of the first group, whose weights no earlier one has moved.
    const both = await scalesOf(['awq', 'gptq']);
    both.forEach((scale, i) => {
      expect(scale / (clipped[i] ?? NaN)).toBeCloseTo(1, 6);
    });
  });

  test.each(['static', 'dynamic'])(
    'loses less of outlying activations in int8 with smoothquant: %s',
    async (mode) => {
      const model = splitAttention(attention());
      const x = outlying([64, 6, 10], 1);
      const unseen = outlying([32, 6, 10], 2);
      const calibrate = mode === 'static' ? { calibrate: x } : {};
      const options = { weights: 'int8', mode, engine: 'simulated' };
      const plain = await quality(model, unseen, { ...options, ...calibrate });
      const smooth = await quality(model, unseen, {
        ...options,
        calibrate: x,
        repair: 'smoothquant',
      });
      expect(smooth).toBeGreaterThan(plain + 1);
    },
  );

  test.each([{ repair: ['awq'] }, { repair: ['awq', 'gptq'] }] as const)(
    'keeps scales that are to be powers of two: $repair',
    async ({ repair }) => {
      const model = chain(
        [20],
        [tf.layers.dense({ units: 15, activation: 'relu' }), tf.layers.dense({ units: 5 })],
      );
      const calibrate = outlying([64, 20], 1);
      const options = { weights: 'int4', scaleRule: 'power-of-two', calibrate, repair } as const;
      const small = await quantize(model, options);
      const scales = small.graph.nodes.flatMap(({ op }) =>
        op.kind === 'linear' ? [...op.weights.scales] : [],
      );
      expect(scales).toHaveLength(15 + 5);
      for (const scale of scales)
        expect(Number.isInteger(Math.log2(scale)), String(scale)).toBe(true);
      small.dispose();
    },
  );

  test('says where scaling has nothing to do, and what cannot be', async () => {
    const model = chain([20], [tf.layers.dense({ units: 5 })]);
    const calibrate = outlying([16, 20], 1);
    const notes = async (options: object): Promise<string> => {
      const small = await quantize(model, { calibrate, ...options });
      small.dispose();
      return small.notes.join('\n');
    };
    expect(await notes({ weights: 'int4', repair: 'smoothquant' })).toContain(
      'SmoothQuant found no products in int8 to int2 whose input is in integers.',
    );
    expect(await notes({ weights: 'int8', repair: 'smoothquant' })).toMatch(
      /SmoothQuant left the input of \S+: its input is the model’s\./,
    );
    expect(await notes({ weights: 'log4', repair: 'awq' })).toContain('AWQ found no products');
    const refused = (repair: object): Promise<unknown> =>
      quantize(model, { weights: 'int4', calibrate, repair: repair as RepairOptions });
    await expect(refused(['awq', 'smoothquant'])).rejects.toThrow(
      "The repairs 'awq' and 'smoothquant' both scale the inputs of layers; allowed is one of them.",
    );
    await expect(refused({ steps: ['awq'], awq: { grid: 0 } })).rejects.toThrow('awq.grid is 0');
    await expect(refused({ steps: ['awq'], awq: { clip: 1 } })).rejects.toThrow('awq.clip is 1');
    await expect(refused({ steps: ['smoothquant'], smoothquant: { alpha: 2 } })).rejects.toThrow(
      'smoothquant.alpha is 2; allowed are numbers from 0 to 1.',
    );
  });
});
