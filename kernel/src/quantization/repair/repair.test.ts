import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { ensureBackend } from '../../backend/load';
import { fuseGraph } from '../graph/fuse';
import type { QuantizeOptions } from '../options';
import { quantize } from '../quantize';
import type { QuantizedModel } from '../quantized-model';
import type { AdaRoundOptions } from './adaround';
import { equalise, outputRanges } from './equalise';
import { linearNodes } from './float-graph';
import {
  fill,
  mobileNet,
  numbers,
  outputOf,
  roundedGraph,
  rounding,
  settleNorms,
  sqnr,
} from './models.fixture';
import { findPairs } from './pairs';
import { repairGraph, type RepairStep } from './repair';
import { streamLayers } from './stream';

await ensureBackend();

const images = (count: number, seed: number): tf.Tensor =>
  tf.randomUniform([count, 12, 12, 3], -1, 1, 'float32', seed);

const PER_TENSOR = rounding({ format: 'int8', granularity: 'per-tensor' });

/** The largest difference, relative to the largest value. */
function difference(a: Float32Array, b: Float32Array): number {
  const size = a.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return a.reduce((most, x, i) => Math.max(most, Math.abs(x - (b[i] ?? NaN))), 0) / size;
}

describe('equalisation', () => {
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
    const graph = fuseGraph(model);
    const { pairs } = findPairs(graph);
    const { graph: equal, factors, converged } = equalise(graph, pairs);
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
    const graph = fuseGraph(model);
    const { pairs } = findPairs(graph);
    expect(pairs).toHaveLength(5);
    const { graph: equal, converged } = equalise(graph, pairs);
    expect(converged).toBe(true);
    const x = images(8, 1);
    expect(difference(outputOf(graph, x), outputOf(equal, x))).toBeLessThan(1e-5);
    const again = equalise(equal, findPairs(equal).pairs, { maxIterations: 1, tolerance: 0 });
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
    const graph = fuseGraph(model);
    const { graph: equal } = equalise(graph, findPairs(graph).pairs);
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
    const graph = fuseGraph(tf.model({ inputs: x, outputs: twice }));
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
    const graph = fuseGraph(model);
    const { graph: equal, factors } = equalise(graph, findPairs(graph).pairs);
    expect([...factors.values()][0]?.[1]).toBe(1);
    expect(linearNodes(equal).every(({ op }) => op.kernel.every(Number.isFinite))).toBe(true);
  });

  test('rescues a depthwise model that per-tensor int8 breaks', async () => {
    const model = mobileNet({ spread: 1000 });
    const graph = fuseGraph(model);
    const x = images(16, 5);
    const float = outputOf(graph, x);
    const broken = sqnr(float, outputOf(roundedGraph(graph, PER_TENSOR), x));
    const { graph: equal, report } = await repairGraph(model, graph, PER_TENSOR, {
      steps: ['equalise'],
      equalise: { absorb: false },
    });
    const rescued = sqnr(float, outputOf(roundedGraph(equal, PER_TENSOR), x));
    const even = fuseGraph(mobileNet());
    const best = sqnr(outputOf(even, x), outputOf(roundedGraph(even, PER_TENSOR), x));
    expect(broken).toBeLessThan(10);
    expect(rescued).toBeGreaterThan(20);
    // Nearly as good as the model whose channels were never out of balance.
    expect(rescued).toBeGreaterThan(best - 6);
    expect(report.pairs).toHaveLength(5);
    expect(report.notes.join(' ')).toMatch(/Equalised 5 pairs of layers in \d+ rounds\./);
  });

  test('opens ReLU6, or leaves its pairs alone', async () => {
    const model = mobileNet({ spread: 30, activation: 'relu6' });
    const graph = fuseGraph(model);
    const run = (relu6: 'open' | 'keep'): ReturnType<typeof repairGraph> =>
      repairGraph(model, graph, PER_TENSOR, { steps: ['equalise'], equalise: { relu6 } });
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

describe('bias absorption', () => {
  test('moves high biases past the ReLU and narrows the activations', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ inputShape: [6], units: 8 }),
        tf.layers.batchNormalization(),
        tf.layers.reLU(),
        tf.layers.dense({ units: 3 }),
      ],
    });
    const random = numbers(5);
    fill(model, ({ weight, index }) => {
      // Channels 0 to 3 are far above 0: mean 10, deviation 1.
      if (weight === 'beta') return index < 4 ? 10 : 0.1;
      if (weight === 'gamma' || weight === 'moving_variance') return 1;
      return weight === 'moving_mean' ? 0 : random() - 0.5;
    });
    const graph = fuseGraph(model);
    const { graph: absorbed, report } = await repairGraph(model, graph, PER_TENSOR, {
      steps: ['equalise'],
    });
    const [first, second] = model.layers.filter(({ weights }) => weights.length === 2);
    expect(report.notes.join(' ')).toContain(
      `Moved high biases on to the next layer: ${first?.name ?? ''}.`,
    );
    expect(second).toBeDefined();
    const { graph: equal } = equalise(graph, findPairs(graph).pairs);
    const [before, after] = [equal, absorbed].map((g) => linearNodes(g)[0]?.op.bias ?? []);
    expect((after?.[0] ?? 0) / (before?.[0] ?? 1)).toBeCloseTo(0.3, 1);
    expect(after?.[5]).toBe(before?.[5]);
    // Inputs for which no channel falls below what was moved: the function is the same.
    const x = tf.randomUniform([32, 6], -1, 1, 'float32', 4);
    expect(difference(outputOf(graph, x), outputOf(absorbed, x))).toBeLessThan(1e-5);
  });

  test('leaves layers alone that read padding', async () => {
    const model = mobileNet();
    const [, norm] = model.layers;
    const weights = norm?.getWeights() ?? [];
    norm?.setWeights([weights[0] as tf.Tensor, tf.fill([8], 50), ...weights.slice(2)]);
    const graph = fuseGraph(model);
    const { report } = await repairGraph(model, graph, PER_TENSOR, { steps: ['equalise'] });
    // The first convolution is read by a padded depthwise one.
    expect(report.notes.join(' ')).not.toContain('Moved high biases');
  });
});

describe('bias correction', () => {
  const INT3 = rounding({ format: 'int3' });

  /** Per channel: how far the mean of the outputs is off. */
  const meanError = (a: Float32Array, b: Float32Array, channels: number): number => {
    const sums = new Float64Array(channels);
    a.forEach((x, i) => {
      sums[i % channels] = (sums[i % channels] ?? 0) + (b[i] ?? 0) - x;
    });
    return Math.hypot(...sums) / (a.length / channels);
  };

  test('takes the mean error of the outputs to 0 on the examples, and near it on others', async () => {
    const model = mobileNet();
    const graph = fuseGraph(model);
    const [x, other] = [images(200, 1), images(200, 2)];
    const steps: RepairStep[] = ['bias-correction'];
    const { graph: fixed, report } = await repairGraph(model, graph, INT3, { steps }, [[x]]);
    const plain = roundedGraph(graph, INT3);
    const mended = roundedGraph(fixed, INT3);
    const off = meanError(outputOf(graph, x), outputOf(plain, x), 5);
    expect(off).toBeGreaterThan(0.01);
    expect(meanError(outputOf(graph, x), outputOf(mended, x), 5)).toBeLessThan(1e-5);
    expect(meanError(outputOf(graph, other), outputOf(mended, other), 5)).toBeLessThan(off / 10);
    expect(report.layers.every(({ correction }) => correction === 'empirical')).toBe(true);
  });

  test('does without examples by what normalization knows', async () => {
    const model = mobileNet();
    await settleNorms(model, images(400, 9));
    const graph = fuseGraph(model);
    const x = images(200, 1);
    const { graph: fixed, report } = await repairGraph(model, graph, INT3, {
      steps: ['bias-correction'],
    });
    const off = meanError(outputOf(graph, x), outputOf(roundedGraph(graph, INT3), x), 5);
    const left = meanError(outputOf(graph, x), outputOf(roundedGraph(fixed, INT3), x), 5);
    expect(left).toBeLessThan(off / 2);
    const corrected = report.layers.map(({ id }) => id);
    const [first, ...others] = linearNodes(graph).map(({ id }) => id);
    expect(corrected).toEqual(others);
    expect(report.notes.join(' ')).toContain(`Not of ${first ?? ''}: no normalization tells`);
  });
});

describe('AdaRound', () => {
  const learn = (
    model: tf.LayersModel,
    round: typeof PER_TENSOR,
    x: tf.Tensor,
    adaround: AdaRoundOptions = { iterations: 300 },
  ): ReturnType<typeof repairGraph> =>
    repairGraph(model, fuseGraph(model), round, { steps: ['adaround'], adaround }, [[x]]);

  /** Inputs whose features hang together, as those of images do: of 8 causes, 24 features. */
  const related = (rows: number, seed: number): tf.Tensor => {
    const causes = tf.randomNormal([rows, 8], 0, 1, 'float32', seed);
    const mixing = tf.randomNormal([8, 24], 0, 1, 'float32', 99);
    return tf.matMul(causes, mixing);
  };
  const mlp = (): tf.LayersModel =>
    tf.sequential({
      layers: [
        tf.layers.dense({
          inputShape: [24],
          units: 32,
          activation: 'relu',
          kernelInitializer: tf.initializers.glorotNormal({ seed: 1 }),
        }),
        tf.layers.dense({
          units: 10,
          kernelInitializer: tf.initializers.glorotNormal({ seed: 2 }),
        }),
      ],
    });

  test.each(['int4', 'int3'] as const)(
    'beats rounding to nearest on unseen data: %s',
    async (format) => {
      const model = mlp();
      const graph = fuseGraph(model);
      const round = rounding({ format });
      const { roundings, report, graph: same } = await learn(model, round, related(256, 1));
      expect([...roundings.keys()]).toEqual(linearNodes(graph).map(({ id }) => id));
      const unseen = related(256, 2);
      const float = outputOf(graph, unseen);
      const nearest = sqnr(float, outputOf(roundedGraph(graph, round), unseen));
      const learnt = sqnr(float, outputOf(roundedGraph(same, round, roundings), unseen));
      expect(learnt).toBeGreaterThan(nearest + 2);
      for (const { rounding: own } of report.layers) {
        expect(own?.error).toBeLessThan(0.9 * (own?.nearestError ?? 0));
        expect(own?.changed).toBeGreaterThan(0);
      }
    },
  );

  test('moves each code by one at most, within the format, and keeps the float weights', async () => {
    const model = mlp();
    const round = rounding({ format: 'int3' });
    const { roundings, graph } = await learn(model, round, related(128, 1), { iterations: 100 });
    const before = linearNodes(fuseGraph(model));
    linearNodes(graph).forEach((node, i) => {
      expect(node.op.kernel).toEqual(before[i]?.op.kernel);
      const nearest = round(node)?.weights;
      const codes = roundings.get(node.id) ?? new Int8Array();
      const far = codes.map((code, k) => Math.abs(code - (nearest?.codes[k] ?? NaN)));
      expect(Math.max(...far)).toBe(1);
      expect(Math.max(...codes.map(Math.abs))).toBe(3);
    });
  });

  test('learns convolutions and depthwise ones, with corrected biases on top', async () => {
    const model = mobileNet();
    const graph = fuseGraph(model);
    const round = rounding({ format: 'int3' });
    const { graph: mended, roundings } = await repairGraph(
      model,
      graph,
      round,
      {
        steps: ['bias-correction', 'adaround', 'equalise'],
        equalise: { absorb: false },
        adaround: { iterations: 100 },
      },
      [[images(64, 1)]],
    );
    const x = images(64, 2);
    const float = outputOf(graph, x);
    const nearest = sqnr(float, outputOf(roundedGraph(graph, round), x));
    const learnt = sqnr(float, outputOf(roundedGraph(mended, round, roundings), x));
    expect(learnt).toBeGreaterThan(nearest + 3);
  });

  test('gives the same codes for the same seed', async () => {
    const model = mlp();
    const run = async (seed: number): Promise<string> => {
      const { roundings } = await learn(model, rounding({ format: 'int3' }), related(64, 1), {
        iterations: 60,
        seed,
      });
      return JSON.stringify([...roundings.values()].map((codes) => [...codes]));
    };
    const first = await run(1);
    expect(await run(1)).toBe(first);
    expect(await run(2)).not.toBe(first);
  });

  test('leaves weights that are exact as they are', async () => {
    const model = mlp();
    fill(model, ({ index, weight }) => (weight === 'kernel' ? ((index * 5) % 15) - 7 : 0));
    const { roundings, report } = await learn(model, rounding({ format: 'int4' }), related(16, 1));
    expect(roundings.size).toBe(0);
    expect(report.layers.map(({ rounding: own }) => own?.changed)).toEqual([0, 0]);
  });
});

describe('repair by quantize', () => {
  /** How far the quantized model's outputs are from the float model's, in decibel. */
  const quality = async (
    model: tf.LayersModel,
    x: tf.Tensor,
    options: QuantizeOptions,
  ): Promise<{ readonly db: number; readonly small: QuantizedModel }> => {
    const small = await quantize(model, options);
    const [float, output] = [model.predict(x), small.predict(x)] as [tf.Tensor, tf.Tensor];
    return { db: sqnr(float.dataSync(), output.dataSync()), small };
  };

  test('rescues per-tensor int8 with integer activations, too', async () => {
    const model = mobileNet({ spread: 1000 });
    const x = images(32, 8);
    const options = { granularity: 'per-tensor', calibrate: images(64, 9) } as const;
    const broken = await quality(model, x, options);
    const rescued = await quality(model, x, { ...options, repair: ['equalise'] });
    expect(broken.db).toBeLessThan(10);
    expect(rescued.db).toBeGreaterThan(broken.db + 8);
    expect(rescued.small.repair?.pairs).toHaveLength(5);
    expect(rescued.small.notes.join(' ')).toContain('Equalised 5 pairs of layers');
    broken.small.dispose();
    rescued.small.dispose();
  });

  test('keeps the codes that were learnt', async () => {
    const model = mobileNet();
    const x = images(32, 8);
    const calibrate = images(32, 9);
    const steps = ['adaround', 'bias-correction'] as const;
    const nearest = await quality(model, x, { weights: 'int3' });
    const learnt = await quality(model, x, {
      weights: 'int3',
      calibrate,
      repair: { steps, adaround: { iterations: 80 } },
    });
    expect(learnt.db).toBeGreaterThan(nearest.db + 3);
    const codesOf = ({ graph }: QuantizedModel): Map<string, Int8Array> =>
      new Map(
        graph.nodes.flatMap(({ id, op }) => (op.kind === 'linear' ? [[id, op.weights.codes]] : [])),
      );
    const [before, after] = [codesOf(nearest.small), codesOf(learnt.small)];
    for (const { id, rounding: own } of learnt.small.repair?.layers ?? []) {
      const changed = after.get(id)?.filter((code, i) => code !== before.get(id)?.[i]);
      expect(changed?.length).toBe(own?.changed);
    }
    nearest.small.dispose();
    learnt.small.dispose();
  });
});

describe('repair', () => {
  test('hands masks of padded sequences on', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.embedding({ inputDim: 10, outputDim: 6, maskZero: true, inputShape: [5] }),
        tf.layers.dense({ units: 8, activation: 'relu' }),
        tf.layers.lstm({ units: 4 }),
        tf.layers.dense({ units: 3 }),
      ],
    });
    const x = tf.tensor2d(
      [
        [3, 4, 0, 0, 0],
        [1, 2, 3, 0, 0],
        [9, 8, 7, 6, 5],
      ],
      [3, 5],
    );
    const graph = fuseGraph(model);
    const last = linearNodes(graph).at(-1);
    const targets: number[] = [];
    await streamLayers(graph, [[x]], (node, data) => {
      if (node === last) targets.push(...(data.targets[0]?.dataSync() ?? []));
      return Promise.resolve(undefined);
    });
    const expected = (model.predict(x) as tf.Tensor).dataSync();
    expected.forEach((value, i) => {
      expect(targets[i]).toBeCloseTo(value, 5);
    });
  });

  test('frees all that it makes, also when it is stopped', async () => {
    const model = mobileNet();
    const graph = fuseGraph(model);
    const x = images(16, 1);
    const options = {
      steps: ['equalise', 'adaround', 'bias-correction'] as const,
      adaround: { iterations: 20 },
    };
    const round = rounding({ format: 'int4' });
    await repairGraph(model, graph, round, options, [[x]]);
    const before = tf.memory().numTensors;
    await repairGraph(model, graph, round, options, [[x]]);
    expect(tf.memory().numTensors).toBe(before);
    let calls = 0;
    const stopped: typeof round = (node) => {
      if (++calls === 3) throw new Error('stopped');
      return round(node);
    };
    await expect(repairGraph(model, graph, stopped, options, [[x]])).rejects.toThrow('stopped');
    expect(tf.memory().numTensors).toBe(before);
  });

  test('names unknown steps and missing examples', async () => {
    const model = mobileNet();
    const graph = fuseGraph(model);
    const run = (steps: readonly string[]): Promise<unknown> =>
      repairGraph(model, graph, PER_TENSOR, { steps: steps as RepairStep[] });
    await expect(run(['equalize'])).rejects.toThrow(
      /Unknown repair 'equalize'\. Allowed: equalise, bias-correction, adaround\.\nDid you mean 'equalise'\?/,
    );
    await expect(run(['adaround'])).rejects.toThrow(/learns from example inputs/);
  });

  test('does not change the model', async () => {
    const model = mobileNet({ spread: 100 });
    const x = images(4, 1);
    const before = (model.predict(x) as tf.Tensor).dataSync().slice();
    await repairGraph(model, fuseGraph(model), PER_TENSOR, {
      steps: ['equalise', 'bias-correction'],
    });
    expect((model.predict(x) as tf.Tensor).dataSync()).toEqual(before);
  });
});
