import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { loadBackend } from '../start';
import { INT8 } from '../integer/affine';
import { decodeWeights } from './weight-codes';
import { buildGraph, type ProductPlan } from './build';
import { fuseGraph } from './fuse';
import type { FusedGraph } from './fused-graph';
import { integerValues, type OutputRounding, sharedCodes } from './integer-values';
import { observe } from '../quantization/observers/observe';
import { FusedRunner } from './run-fused';
import { readModel } from './read-model';

loadBackend();

type Symbolic = tf.SymbolicTensor;
const PLAN: ProductPlan = {
  format: 'int8',
  granularity: 'per-channel',
  rule: 'absmax/127',
  int8: INT8,
  input: 'static',
};

const conv = (name: string, strides = 1): tf.layers.Layer =>
  tf.layers.conv2d({
    name,
    filters: 4,
    kernelSize: 3,
    strides,
    padding: 'same',
    activation: 'relu',
  });

/** x -> a -> pool -> b -> sum with pool -> join with c -> head, with a tanh branch aside. */
function model(): tf.LayersModel {
  const x = tf.input({ shape: [8, 8, 2], name: 'x' });
  const a = conv('a').apply(x) as Symbolic;
  const pool = tf.layers.maxPooling2d({ name: 'pool' }).apply(a) as Symbolic;
  const b = conv('b').apply(pool) as Symbolic;
  const sum = tf.layers.add({ name: 'sum' }).apply([b, pool]) as Symbolic;
  const c = conv('c').apply(sum) as Symbolic;
  const join = tf.layers.concatenate({ name: 'join' }).apply([sum, c]) as Symbolic;
  const flat = tf.layers.flatten({ name: 'flat' }).apply(join) as Symbolic;
  const head = tf.layers.dense({ name: 'head', units: 3, activation: 'softmax' }).apply(flat);
  const tanh = tf.layers.activation({ name: 'tanh', activation: 'tanh' }).apply(c);
  const side = tf.layers.dense({ name: 'side', units: 2 }).apply(tanh) as Symbolic;
  const mean = tf.layers.globalAveragePooling2d({ name: 'mean' }).apply(side) as Symbolic;
  return tf.model({ inputs: x, outputs: [head as Symbolic, mean] });
}

describe('integerValues', () => {
  test('holds what reaches a static product without a float layer between', () => {
    const graph = fuseGraph(readModel(model()));
    expect([...integerValues(graph, () => true)].sort()).toEqual(
      ['a', 'b', 'c', 'flat', 'join', 'pool', 'sum', 'tanh', 'x'].sort(),
    );
    expect([...integerValues(graph, ({ id }) => id === 'side')]).toEqual(['tanh']);
    expect(integerValues(graph, () => false).size).toBe(0);
  });

  test('holds what convolutions give to float layers where that is rounded too, moved or pooled', () => {
    const layers = [
      conv('first'),
      tf.layers.maxPooling2d({ name: 'pooled' }),
      tf.layers.flatten({ name: 'flat' }),
      tf.layers.activation({ name: 'tanh', activation: 'tanh' }),
      tf.layers.dense({ name: 'head', units: 3 }),
    ];
    const graph = fuseGraph(
      readModel(
        tf.sequential({ layers: [tf.layers.inputLayer({ inputShape: [4, 4, 2] }), ...layers] }),
      ),
    );
    const [input = ''] = graph.inputs.map(({ id }) => id);
    const held = (outputs?: OutputRounding): string[] =>
      [...integerValues(graph, () => true, outputs)].sort();
    expect(held()).toEqual([input, 'tanh'].sort());
    expect(held('float')).toEqual(held());
    expect(held('auto')).toEqual([input, 'first', 'flat', 'pooled', 'tanh'].sort());
    expect(held('uint8')).toEqual([...held('auto'), 'head'].sort());
    const ofHead = integerValues(graph, ({ id }) => id === 'head', 'auto');
    expect([...ofHead]).toEqual(['tanh']);
  });

  test('shares codes along max pools and moves and among what is joined', () => {
    const graph = fuseGraph(readModel(model()));
    const leaders = sharedCodes(
      graph,
      integerValues(graph, () => true),
    );
    const groups = [...new Set(leaders.values())].map((leader) =>
      [...leaders.keys()].filter((id) => leaders.get(id) === leader).sort(),
    );
    expect(groups.map((ids) => ids.join(' ')).sort()).toEqual([
      'a pool',
      'b',
      'c flat join sum',
      'tanh',
      'x',
    ]);
  });
});

describe('observe', () => {
  test('takes ranges after the fused activation, and one for all that share codes', async () => {
    const graph = fuseGraph(readModel(model()));
    const values = integerValues(graph, () => true);
    const x = tf.randomUniform([6, 8, 8, 2], -1, 3, 'float32', 1);
    const seen = new Map<string, [number, number]>();
    const runner = new FusedRunner(graph);
    tf.dispose(
      runner.run([x], (id, tensor) => {
        const data = tensor.dataSync();
        seen.set(id, [Math.min(0, ...data), Math.max(0, ...data)]);
      }),
    );
    runner.dispose();
    const halves = [[x.slice([0], [3])], [x.slice([3], [3])]];
    const { params } = await observe(graph, values, halves, 'min-max');
    const range = (id: string): number[] => {
      const { scale = NaN, zeroPoint = NaN } = params.get(id) ?? {};
      return [-zeroPoint * scale, (255 - zeroPoint) * scale];
    };
    for (const id of ['x', 'a', 'b', 'tanh']) {
      const [min, max] = seen.get(id) ?? [NaN, NaN];
      const step = params.get(id)?.scale ?? NaN;
      expect(Math.abs((range(id)[0] ?? NaN) - min)).toBeLessThanOrEqual(step);
      expect(Math.abs((range(id)[1] ?? NaN) - max)).toBeLessThanOrEqual(step);
    }
    expect(range('a')[0]).toBeCloseTo(0, 12);
    expect(params.get('pool')).toEqual(params.get('a'));
    const widest = Math.max(seen.get('sum')?.[1] ?? NaN, seen.get('c')?.[1] ?? NaN);
    expect(range('join')[1]).toBeCloseTo(widest, 4);
    for (const id of ['sum', 'c', 'flat']) expect(params.get(id)).toEqual(params.get('join'));
  });

  test('keeps no tensor, and no more of them at a time than the graph needs', async () => {
    const layers = Array.from({ length: 20 }, (_, i) =>
      tf.layers.dense({ units: 8, ...(i === 0 ? { inputShape: [8] } : {}) }),
    );
    const graph = fuseGraph(readModel(tf.sequential({ layers })));
    const values = integerValues(graph, () => true);
    const x = tf.ones([4, 8]);
    const before = tf.memory().numTensors;
    let most = 0;
    const runner = new FusedRunner(graph);
    tf.dispose(runner.run([x]));
    const weights = tf.memory().numTensors - before;
    tf.dispose(runner.run([x], () => (most = Math.max(most, tf.memory().numTensors))));
    runner.dispose();
    expect(most - before - weights).toBeLessThanOrEqual(3);
    await observe(graph, values, [[x], [x]], 'entropy-ort');
    expect(tf.memory().numTensors).toBe(before);
  });

  test('names the place of a value that is no number, in the data or inside', async () => {
    const graph = fuseGraph(readModel(model()));
    const values = integerValues(graph, () => true);
    const data = new Float32Array(2 * 128);
    data[128 + 2 * 16 + 3 * 2 + 1] = Infinity;
    const bad = tf.tensor(data, [2, 8, 8, 2]);
    await expect(observe(graph, values, [[bad]], 'min-max')).rejects.toThrow(
      /for input 'x', is Infinity at \[1, 2, 3, 1\]/,
    );
    const huge = tf.fill([1, 8, 8, 2], 3e38);
    const large = model();
    large.setWeights(large.getWeights().map((w) => tf.onesLike(w)));
    await expect(observe(fuseGraph(readModel(large)), values, [[huge]], 'min-max')).rejects.toThrow(
      /The output of layer 'a' is (Infinity|NaN) at \[0, \d, \d, \d\]/,
    );
  });

  test('notes a value that is always 0', async () => {
    const graph = fuseGraph(readModel(model()));
    const { notes, params } = await observe(
      graph,
      new Set(['x']),
      [[tf.zeros([1, 8, 8, 2])]],
      'mse',
    );
    expect(notes).toEqual([expect.stringMatching(/'x' is 0 throughout the calibration data/)]);
    expect(params.get('x')).toEqual({ scale: 2 ** -23, zeroPoint: 0 });
  });
});

describe('buildGraph', () => {
  const decoded = (built: ReturnType<typeof buildGraph>, fused: FusedGraph): FusedGraph => ({
    ...fused,
    nodes: built.graph.nodes.map((node, i) => {
      const before = fused.nodes[i]?.op;
      if (node.op.kind !== 'linear') return { ...node, op: node.op };
      if (before?.kind !== 'linear') throw new Error('another kind');
      return {
        ...node,
        op: { ...before, bias: node.op.bias, kernel: decodeWeights(node.op.weights) },
      };
    }),
  });

  test.each([
    ['int8', 0.01],
    ['int4', 0.2],
  ] as const)('makes %s codes that stand for the weights', (format, tolerance) => {
    const float = model();
    const fused = fuseGraph(readModel(float));
    const built = buildGraph(fused, () => ({ ...PLAN, format, input: 'float' }));
    const x = tf.randomUniform([5, 8, 8, 2], -1, 1, 'float32', 2);
    const runner = new FusedRunner(decoded(built, fused));
    const actual = runner.run([x]);
    (float.predict(x) as tf.Tensor[]).forEach((expected, i) => {
      const error = tf.max(tf.abs(tf.sub(actual[i] as tf.Tensor, expected))).dataSync()[0] ?? NaN;
      expect(error).toBeLessThan(tolerance);
      expect(error).toBeGreaterThan(0);
    });
    runner.dispose();
  });

  test('shares the codes of a layer that is called twice, unless a call has its own folded in', () => {
    const shared = tf.layers.dense({ units: 4, name: 'shared' });
    const x = tf.input({ shape: [4], name: 'x' });
    const y = shared.apply(shared.apply(x)) as Symbolic;
    const z = shared.apply(y) as Symbolic;
    const norm = tf.layers.batchNormalization().apply(z) as Symbolic;
    const { graph } = buildGraph(
      fuseGraph(readModel(tf.model({ inputs: x, outputs: norm }))),
      () => ({
        ...PLAN,
        input: 'dynamic',
      }),
    );
    const codes = graph.nodes.map(({ op }) => (op.kind === 'linear' ? op.weights : undefined));
    expect(codes).toHaveLength(3);
    expect(codes[1]).toBe(codes[0]);
    expect(codes[2]).not.toBe(codes[0]);
  });

  test('copies float layers, those of a shared layer once, and leaves the model alone', () => {
    const x = tf.input({ shape: [3], name: 'x' });
    const prelu = tf.layers.prelu({ name: 'prelu' });
    const y = prelu.apply(prelu.apply(x)) as Symbolic;
    const float = tf.model({ inputs: x, outputs: y });
    const { graph } = buildGraph(fuseGraph(readModel(float)), () => PLAN);
    const layers = graph.nodes.map(({ op }) => (op.kind === 'float' ? op.layer : undefined));
    expect(layers[0]).toBe(layers[1]);
    expect(layers[0]).not.toBe(prelu);
    float.setWeights([tf.fill([3], 9)]);
    expect(layers[0]?.getWeights()[0]?.dataSync()).toEqual(Float32Array.of(0, 0, 0));
    expect(prelu.inboundNodes).toHaveLength(2);
  });

  test('notes channels of zeros, and refuses weights that are no numbers', () => {
    const dense = tf.layers.dense({ units: 3, inputShape: [2], name: 'dense' });
    const float = tf.sequential({ layers: [dense] });
    dense.setWeights([tf.tensor2d([1, 0, 2, 3, 0, 4], [2, 3]), tf.zeros([3])]);
    const plan = (): ProductPlan => ({ ...PLAN, input: 'dynamic' });
    const { graph, notes } = buildGraph(fuseGraph(readModel(float)), plan);
    expect(notes).toEqual([
      "All weights of output channel 1 of 'dense' are zero: they stay exactly zero.",
    ]);
    const [op] = graph.nodes.map((node) => node.op);
    if (op?.kind !== 'linear') throw new Error('not linear');
    expect([...decodeWeights(op.weights)].filter((_, i) => i % 3 === 1)).toEqual([0, 0]);
  });

  test('names both layers where folding makes weights that are no numbers', () => {
    const norm = tf.layers.batchNormalization({ name: 'norm' });
    const float = tf.sequential({
      layers: [tf.layers.dense({ units: 2, inputShape: [2], name: 'dense' }), norm],
    });
    norm.setWeights([tf.ones([2]), tf.zeros([2]), tf.zeros([2]), tf.tensor1d([1, -1])]);
    expect(() =>
      buildGraph(fuseGraph(readModel(float)), () => PLAN, {
        params: new Map([['dense_input', PARAMS]]),
      }),
    ).toThrow(/The weights of 'dense' with 'norm' are NaN in output channel 1.*\n.*variance/);
  });

  test('names the layer and the divisors where a group does not divide the depth', () => {
    const float = tf.sequential({
      layers: [tf.layers.dense({ units: 2, inputShape: [12], name: 'dense' })],
    });
    const plan = (): ProductPlan => ({ ...PLAN, granularity: { group: 5 }, input: 'float' });
    expect(() => buildGraph(fuseGraph(readModel(float)), plan)).toThrow(
      /Groups of 5 do not divide the depth of layer 'dense', which is 12\. Allowed: 1, 2, 3, 4, 6, 12\./,
    );
  });
});

const PARAMS = { scale: 1, zeroPoint: 0 };
