import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, describe, expect, it, test } from 'vitest';
import { loadOnnx } from '../../export/onnx/onnx-model';
import type { OnnxExportOptions } from '../../export/onnx/options';
import { quantize } from '../../quantization/quantize';
import { loadBackend } from '../../start';
import { runGraph } from '../run-graph';
import { saveOnnx } from './save-onnx';

loadBackend();

const { layers } = tf;
const folder = mkdtempSync(join(tmpdir(), 'save-onnx-'));
const path = join(folder, 'model.onnx');
afterAll(() => {
  rmSync(folder, { recursive: true });
});

type Source = Parameters<typeof saveOnnx>[1];

/** What the summary says, and what the file gives in ONNX Runtime. */
async function saved(source: Source, options: OnnxExportOptions, x: tf.Tensor) {
  const { summary } = await saveOnnx(path, source, options);
  const file = await loadOnnx(path);
  const y = [...((await file.predict(x)) as tf.Tensor).dataSync()];
  await file.dispose();
  return { notes: summary.notes, y, operators: summary.operators };
}

const IDS = [0, 2047, 2049, 4097, 32769, 65503, 65521, 69999];
const oddOrEven = (ids: readonly number[]): number[] => ids.map((id) => id % 2);

function lookingUp(...before: tf.layers.Layer[]): tf.LayersModel {
  const embedding = layers.embedding({ inputDim: 70_000, outputDim: 1, name: 'words' });
  const x = tf.input({ shape: [IDS.length] });
  const ids = before.reduce((y, layer) => layer.apply(y) as tf.SymbolicTensor, x);
  const outputs = embedding.apply(ids) as tf.SymbolicTensor;
  embedding.setWeights([tf.reshape(tf.mod(tf.range(0, 70_000), 2), [70_000, 1])]);
  return tf.model({ inputs: x, outputs });
}

test('a file of activations that earlier batches scale is compared with the scales it has', async () => {
  const model = tf.sequential({ layers: [layers.dense({ inputShape: [16], units: 4 })] });
  const x = tf.randomNormal([8, 16], 0, 3, 'float32', 1);
  const options = { weights: 'fp8', mode: 'dynamic', activationScale: 'delayed' } as const;
  const small = await quantize(model, options);
  small.predict(x);
  const { y, notes } = await saved(small, {}, x);
  expect(notes.join()).not.toContain('not compared');
  const expected = (small.predict(x) as tf.Tensor).dataSync();
  y.forEach((value, i) => {
    expect(Math.abs(value - (expected[i] ?? NaN))).toBeLessThan(1e-4);
  });
  small.dispose();
});

describe('an fp16 file', () => {
  test.each([
    ['as they are', lookingUp()],
    ['reshaped', lookingUp(layers.reshape({ targetShape: [2, 4] }))],
    [
      'reshaped and moved',
      lookingUp(
        layers.reshape({ targetShape: [1, 8] }),
        layers.permute({ dims: [1, 2] }),
        layers.flatten(),
      ),
    ],
    ['repeated', lookingUp(layers.repeatVector({ n: 1 }), layers.flatten())],
    ['after a layer that scales them', lookingUp(layers.rescaling({ scale: 1 }))],
  ])('looks up whole numbers that fp16 does not have: %s', async (_, model) => {
    const { y } = await saved(model, { format: 'fp16' }, tf.tensor2d([IDS]));
    expect(y).toEqual(oddOrEven(IDS));
  });

  const normalization = (variance: number, epsilon: number, shape: number[]): tf.LayersModel => {
    const layer = layers.batchNormalization({ epsilon, inputShape: shape, name: 'norm', axis: 1 });
    const model = tf.sequential({ layers: [layer] });
    layer.setWeights([1, 0, 0, variance].map((value) => tf.fill([shape[0] ?? 1], value)));
    return model;
  };
  test.each([
    [1e-8, 1e-10, 1e-4],
    [1e5, 1e-3, 300],
    [1e-30, 1e-12, 1e-6],
  ])(
    'keeps a normalization by a variance of %d in fp32, and says so',
    async (variance, epsilon, value) => {
      for (const shape of [[1], [2, 3]]) {
        const model = normalization(variance, epsilon, shape);
        const { y, notes } = await saved(model, { format: 'fp16' }, tf.fill([1, ...shape], value));
        const expected = value / Math.sqrt(variance + epsilon);
        for (const one of y) expect(one / expected).toBeCloseTo(1, 4);
        expect(notes.join()).toMatch(/^'norm' stays in fp32: it/);
      }
    },
  );

  const dense = (kernel: number[]): tf.LayersModel => {
    const model = tf.sequential({
      layers: [
        layers.dense({ units: 1, inputShape: [kernel.length], useBias: false, name: 'head' }),
      ],
    });
    model.setWeights([tf.tensor2d(kernel, [kernel.length, 1])]);
    return model;
  };

  it('keeps a layer whose weights all are tiny, and names weights that become 0', async () => {
    const tiny = await saved(dense([1e-7, -2e-8]), { format: 'fp16' }, tf.tensor2d([[1e5, 1e5]]));
    expect(tiny.y[0]).toBeCloseTo(0.008, 6);
    expect(tiny.notes).toEqual([
      "'head' stays in fp32: all of its kernel is below fp16's normal numbers, at most 1.0e-7.",
    ]);
    const some = await saved(dense([0.5, 1e-9]), { format: 'fp16' }, tf.tensor2d([[1, 1]]));
    expect(some.notes).toEqual([
      "fp16 makes 0 of 1 value of the kernel of 'head', at most 1.0e-9.",
    ]);
  });

  it('keeps layers in fp32 whose results fp16 does not have', async () => {
    const model = tf.sequential({
      layers: [
        layers.dense({ units: 4, inputShape: [4], useBias: false, name: 'large' }),
        layers.dense({ units: 1, useBias: false, name: 'small' }),
      ],
    });
    model.setWeights([tf.mul(tf.eye(4), 60_000), tf.fill([4, 1], 1e-3)]);
    const { y, notes } = await saved(model, { format: 'fp16' }, tf.tensor2d([[2, 2, 2, 2]]));
    expect(y[0]).toBeCloseTo(480, 0);
    expect(notes.map((note) => note.replace(/up to \S+,/, 'up to ...,'))).toEqual(
      ['large', 'small'].map(
        (name) =>
          `'${name}' stays in fp32: it computes with numbers up to ..., and fp16 ends at 65504.`,
      ),
    );
  });

  test.each(['fp32', 'fp16'] as const)(
    'has NaN and infinity where the model does: %s',
    async (format) => {
      for (const [bad, expected] of [
        [NaN, NaN],
        [Infinity, Infinity],
      ] as const) {
        const { y } = await saved(dense([1, bad]), { format }, tf.tensor2d([[1, 1]]));
        expect(y).toEqual([expected]);
      }
    },
  );
});

describe('saveOnnx', () => {
  test.each(['static', 'dynamic'] as const)(
    'multiplies in fp32 what 32 bits may not hold: %s',
    async (mode) => {
      // Also of 7-bit weights, where the processor has no VNNI.
      const inputs = 140_000;
      const model = tf.sequential({
        layers: [
          layers.dense({
            units: 1,
            inputShape: [inputs],
            useBias: false,
            kernelInitializer: 'ones',
            name: 'head',
          }),
        ],
      });
      const x = tf.ones([1, inputs]);
      const small = await quantize(model, mode === 'static' ? { calibrate: x } : {});
      const { y, notes } = await saved(small, {}, x);
      expect((y[0] ?? NaN) / inputs).toBeCloseTo(1, 4);
      expect(notes).toEqual([
        `'head' is multiplied in fp32: its sums over ${inputs} products may exceed 32 bits.`,
      ]);
      const [node] = small.nodes;
      expect(node?.execution).toBe('simulated');
    },
  );

  test.each(['static', 'dynamic'] as const)(
    'keeps the scale of each filter where sums may exceed 32 bits: %s',
    async (mode) => {
      const inputs = 70_000;
      const head = layers.conv2d({
        filters: 2,
        kernelSize: 1,
        inputShape: [1, 1, inputs],
        name: 'head',
      });
      const model = tf.sequential({ layers: [head] });
      const kernel = tf.mul(tf.ones([1, 1, inputs, 1]), [1, 1e-4]);
      head.setWeights([kernel, tf.zeros([2])]);
      const x = tf.ones([1, 1, 1, inputs]);
      const { y } = await saved(
        await quantize(model, mode === 'static' ? { calibrate: x, outputs: 'float' } : {}),
        {},
        x,
      );
      expect((y[0] ?? NaN) / inputs).toBeCloseTo(1, 2);
      expect((y[1] ?? NaN) / inputs / 1e-4).toBeCloseTo(1, 2);
    },
  );

  test.each(
    Object.entries({
      'dense, of rows': () => [layers.dense({ units: 2, inputShape: [3] })],
      'dense, of sequences': () => [layers.dense({ units: 2, inputShape: [2, 3] })],
      conv2d: () => [layers.conv2d({ filters: 2, kernelSize: 2, inputShape: [3, 3, 1] })],
      conv1d: () => [layers.conv1d({ filters: 2, kernelSize: 2, inputShape: [3, 1] })],
      depthwiseConv2d: () => [layers.depthwiseConv2d({ kernelSize: 2, inputShape: [3, 3, 2] })],
      'conv2d before a normalization': () => [
        layers.conv2d({ filters: 2, kernelSize: 2, inputShape: [3, 3, 1] }),
        layers.batchNormalization(),
      ],
    }).flatMap(([name, make]) =>
      (['float', 'uint8'] as const).map((outputs) => [name, outputs, make] as const),
    ),
  )('has the bias where inputs are tiny beside it, or all 0: %s, %s', async (_, outputs, make) => {
    const model = tf.sequential({ layers: make() });
    const isBias = ({ rank }: tf.Tensor): boolean => rank === 1;
    model.setWeights(
      model.getWeights().map((weight) => tf.fill(weight.shape, isBias(weight) ? 0.1 : 0.5)),
    );
    const shape = [2, ...(model.inputs[0]?.shape.slice(1) ?? [])] as number[];
    for (const size of [1e-8, 0]) {
      const x = tf.mul(tf.randomUniform(shape, 0, 1, 'float32', 1), size);
      const small = await quantize(model, { calibrate: x, outputs });
      const { y, notes } = await saved(small, {}, x);
      const results = [y];
      for (const engine of ['simulated', 'tensorflow', 'onnxruntime'] as const) {
        const runner = await runGraph(small.graph, { engine });
        results.push([...(runner.predict([x])[0]?.dataSync() ?? [])]);
        runner.dispose();
      }
      const expected = [...(model.predict(x) as tf.Tensor).dataSync()];
      for (const result of results) {
        expect(result).toEqual(expected.map((value): unknown => expect.closeTo(value, 3)));
      }
      if (size === 0) continue;
      expect(notes).toEqual([
        expect.stringMatching(/' is multiplied in fp32: its bias, in .* exceeds 32 bits\.$/),
      ]);
    }
  });

  it('refuses a file that gives something else by the layer, and leaves the old one as it was', async () => {
    const model = tf.sequential({
      layers: [
        layers.dense({ units: 64, inputShape: [64], name: 'first' }),
        layers.dense({ units: 2, name: 'lost' }),
      ],
    });
    // The largest weight of a block meets a zero: what counts is less than a step of four bits.
    const isFirst = (i: number): boolean => i % 32 === 0;
    const diagonal = tf.tensor1d(Array.from({ length: 64 }, (_, i) => (isFirst(i) ? 0 : 1)));
    const head = Array.from({ length: 64 }, (_, i) => (isFirst(i) ? [8, 8] : [0.02, 0.02]));
    model.setWeights([tf.diag(diagonal), tf.zeros([64]), tf.tensor2d(head), tf.zeros([2])]);
    writeFileSync(path, 'old');
    const before = readdirSync(folder);
    await expect(saveOnnx(path, model, { format: 'int4' })).rejects.toMatchObject({
      code: 'export-mismatch',
      message: expect.stringMatching(
        /In int4 the file would give .* first layer to differ is 'lost'\. Nothing was written\./,
      ) as string,
    });
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(before);
    const infinite = tf.sequential({
      layers: [layers.dense({ units: 2, inputShape: [64], name: 'bad' })],
    });
    infinite.setWeights([tf.fill([64, 2], NaN), tf.zeros([2])]);
    await expect(saveOnnx(path, infinite, { format: 'int4' })).rejects.toMatchObject({
      code: 'not-finite',
    });
    expect(readFileSync(path, 'utf8')).toBe('old');
  });
});
