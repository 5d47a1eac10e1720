import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { loadBackend } from '../../start';
import { fuseGraph } from '../../graph/fuse';
import { equalize, outputRanges } from './equalize';
import { linearNodes } from './float-graph';
import {
  difference,
  fill,
  images,
  mobileNet,
  numbers,
  outputOf,
  PER_TENSOR,
  roundedGraph,
  sqnr,
} from './models.fixture';
import { findPairs } from './pairs';
import { repairGraph } from './repair';
import { readModel } from '../../graph/read-model';
import { modelGraph } from '../../models/model-graph';

loadBackend();

describe('equalization', () => {
  test('has the published factors: s = sqrt(r1 r2) / r2, both ranges then sqrt(r1 r2)', () => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ inputShape: [2], units: 2, activation: 'relu' }),
        tf.layers.dense({ units: 1 }),
      ],
    });
    // Output channels of the first: absmax 8 and 1; inputs of the second: absmax 2 and 4.
    const [first, second] = model.layers;
    first?.setWeights([
      tf.tensor2d([
        [8, -1],
        [-4, 0.5],
      ]),
      tf.tensor1d([16, 2]),
    ]);
    second?.setWeights([tf.tensor2d([[-2], [4]]), tf.tensor1d([3])]);
    const graph = fuseGraph(readModel(model));
    const { pairs } = findPairs(graph);
    const { graph: equal, factors, converged } = equalize(graph, pairs);
    expect(converged).toBe(true);
    // s = sqrt(8 * 2) / 2 = 2 and sqrt(1 * 4) / 4 = 1/2.
    expect([...(factors.get(first?.name ?? '') ?? [])]).toEqual([2, 0.5]);
    const [one, two] = linearNodes(equal);
    expect([...(one?.op.kernel ?? [])]).toEqual([4, -2, -2, 1]);
    expect([...(one?.op.bias ?? [])]).toEqual([8, 4]);
    expect([...(two?.op.kernel ?? [])]).toEqual([-4, 2]);
    expect([...(two?.op.bias ?? [])]).toEqual([3]);
  });

  test('leaves a chain of convolutions and depthwise ones the same function, its ranges equal', () => {
    const model = mobileNet({ spread: 1000 });
    const graph = fuseGraph(readModel(model));
    const { pairs } = findPairs(graph);
    expect(pairs).toHaveLength(5);
    const { graph: equal, converged } = equalize(graph, pairs);
    expect(converged).toBe(true);
    const x = images(8, 1);
    expect(difference(outputOf(graph, x), outputOf(equal, x))).toBeLessThan(1e-5);
    const again = equalize(equal, findPairs(equal).pairs, { maxIterations: 1, tolerance: 0 });
    // One more step has factors of 1: the ranges on both sides of each pair are equal.
    for (const factors of again.factors.values()) {
      for (const factor of factors) expect(factor).toBeCloseTo(1, 3);
    }
  });

  test('goes through pooling and flattening to a dense layer', () => {
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({ inputShape: [8, 8, 2], filters: 4, kernelSize: 3, activation: 'relu' }),
        tf.layers.maxPooling2d({ poolSize: 2 }),
        tf.layers.dropout({ rate: 0.5 }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 3 }),
      ],
    });
    const random = numbers(3);
    fill(model, ({ index }) => (random() - 0.5) * 10 ** (index % 4));
    const graph = fuseGraph(readModel(model));
    const { graph: equal } = equalize(graph, findPairs(graph).pairs);
    const x = tf.randomUniform([5, 8, 8, 2], -1, 1, 'float32', 2);
    expect(difference(outputOf(graph, x), outputOf(equal, x))).toBeLessThan(1e-5);
    const [conv, dense] = linearNodes(equal);
    const ranges = conv ? outputRanges(conv, conv.op.kernel) : [];
    // The dense layer reads 3 x 3 places of each of 4 channels.
    const inputs = new Float64Array(4);
    dense?.op.kernel.forEach((w, i) => {
      const channel = Math.floor(i / 3) % 4;
      inputs[channel] = Math.max(inputs[channel] ?? 0, Math.abs(w));
    });
    inputs.forEach((range, c) => {
      expect(range / (ranges[c] ?? 0)).toBeCloseTo(1, 3);
    });
  });

  test('stops at branches, outputs, shared layers and what does not commute, and says why', () => {
    const x = tf.input({ shape: [4], name: 'x' });
    const dense = (name: string): tf.layers.Layer => tf.layers.dense({ name, units: 4 });
    const a = dense('a').apply(x) as tf.SymbolicTensor;
    const b = dense('b').apply(a) as tf.SymbolicTensor;
    const sum = tf.layers.add({ name: 'sum' }).apply([a, b]) as tf.SymbolicTensor;
    const c = dense('c').apply(sum) as tf.SymbolicTensor;
    const soft = tf.layers.softmax({ name: 'soft' }).apply(c) as tf.SymbolicTensor;
    const shared = dense('shared');
    const d = dense('d').apply(soft) as tf.SymbolicTensor;
    const twice = shared.apply(shared.apply(d)) as tf.SymbolicTensor;
    const graph = fuseGraph(readModel(tf.model({ inputs: x, outputs: twice })));
    const { pairs, unpaired } = findPairs(graph);
    expect(pairs).toEqual([]);
    expect(unpaired.map(({ id, reason }) => `${id}: ${reason}`)).toEqual([
      'a: its output is read more than once',
      "b: Add 'sum' comes after it",
      "c: Softmax 'soft' comes after it",
      "d: 'shared' is called more than once",
      'shared: the layer is called more than once',
      'shared#2: the layer is called more than once',
    ]);
  });

  test('keeps channels of zeros as they are', () => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ inputShape: [3], units: 4, activation: 'relu' }),
        tf.layers.dense({ units: 2 }),
      ],
    });
    fill(model, ({ index, weight }) => (weight === 'kernel' && index % 4 === 1 ? 0 : index + 1));
    const graph = fuseGraph(readModel(model));
    const { graph: equal, factors } = equalize(graph, findPairs(graph).pairs);
    expect([...factors.values()][0]?.[1]).toBe(1);
    expect(linearNodes(equal).every(({ op }) => op.kernel.every(Number.isFinite))).toBe(true);
  });

  test('rescues a depthwise model that per-tensor int8 breaks', async () => {
    const model = mobileNet({ spread: 1000 });
    const graph = fuseGraph(readModel(model));
    const x = images(16, 5);
    const float = outputOf(graph, x);
    const broken = sqnr(float, outputOf(roundedGraph(graph, PER_TENSOR), x));
    const { graph: equal, report } = await repairGraph(modelGraph(model), graph, PER_TENSOR, {
      steps: ['equalize'],
      equalize: { absorb: false },
    });
    const rescued = sqnr(float, outputOf(roundedGraph(equal, PER_TENSOR), x));
    const even = fuseGraph(readModel(mobileNet()));
    const best = sqnr(outputOf(even, x), outputOf(roundedGraph(even, PER_TENSOR), x));
    expect(broken).toBeLessThan(10);
    expect(rescued).toBeGreaterThan(20);
    // Nearly as good as the model whose channels were never out of balance.
    expect(rescued).toBeGreaterThan(best - 6);
    expect(report.pairs).toHaveLength(5);
    expect(report.notes.join(' ')).toMatch(/Equalized 5 pairs of layers in \d+ rounds\./);
  });

  test('opens ReLU6, or leaves its pairs alone', async () => {
    const model = mobileNet({ spread: 30, activation: 'relu6' });
    const graph = fuseGraph(readModel(model));
    const run = (relu6: 'open' | 'keep'): ReturnType<typeof repairGraph> =>
      repairGraph(modelGraph(model), graph, PER_TENSOR, {
        steps: ['equalize'],
        equalize: { relu6 },
      });
    const open = await run('open');
    expect(linearNodes(open.graph).some(({ op }) => op.activation === 'relu6')).toBe(false);
    expect(open.report.notes[0]).toMatch(/ReLU6 a ReLU, which differs where a value is above 6/);
    const kept = await run('keep');
    expect(kept.report.pairs).toEqual([]);
    expect(kept.report.unpaired.map(({ reason }) => reason)).toContain('its ReLU6 was to be kept');
    const x = images(4, 1);
    expect([...outputOf(kept.graph, x)]).toEqual([...outputOf(graph, x)]);
  });
});
