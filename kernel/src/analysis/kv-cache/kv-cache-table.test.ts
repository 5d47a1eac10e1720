import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { exportOnnx } from '../../export/onnx/export-onnx';
import { loadOnnx, type OnnxModel } from '../../export/onnx/onnx-model';
import { compareKvCache } from '../../generation/comparison/compare-caches';
import { kvDimensions } from '../../generation/kv-cache/dimensions';
import { KV_FORMATS } from '../../generation/kv-cache/layout';
import { GraphFixture } from '../../importing/graph.fixture';
import { buildDecoder } from '../../layers/decoder-model';
import { multiHeadAttention } from '../../layers/multi-head-attention';
import { positionEmbedding } from '../../layers/position-embedding';
import { at, python } from '../../quantization/onnx/models.fixture';
import { ensureBackend } from '../../start';
import { kvCacheTable } from './kv-cache-table';

beforeAll(async () => {
  await ensureBackend();
});

async function using<T>(
  from: string | Uint8Array,
  use: (model: OnnxModel) => T | Promise<T>,
): Promise<T> {
  const model = await loadOnnx(typeof from === 'string' ? at(`${from}.onnx`) : from);
  try {
    return await use(model);
  } finally {
    await model.dispose();
  }
}

describe('kvCacheTable', () => {
  it('shows the formats of dimensions, and the formula', () => {
    const table = kvCacheTable(
      { layers: 32, heads: 32, kvHeads: 8, headDim: 128, sequence: 4096 },
      { formats: ['fp16', { format: 'int4', keys: 'per-channel' }] },
    );
    const text = String(table);
    expect(text).toContain('32 heads on 8 of keys and values');
    expect(text).toMatch(/fp16 +537 MB +– +537 MB +50.0% +131 kB +16.0/);
    expect(text).toContain('int4, per-channel keys');
  });

  it('reads the dimensions off a model', () => {
    const block = (heads: number, keyDim: number) =>
      multiHeadAttention({ numHeads: heads, keyDim, causal: true, name: `a${heads}` });
    const input = tf.input({ shape: [24, 8] });
    const placed = positionEmbedding({ maxLength: 24 }).apply(input) as tf.SymbolicTensor;
    const one = block(2, 4).apply(placed) as tf.SymbolicTensor;
    const model = tf.model({ inputs: input, outputs: one });
    expect(kvDimensions(model, { batch: 3 })).toEqual({
      layers: 1,
      heads: 2,
      kvHeads: 2,
      headDim: 4,
      sequence: 24,
      batch: 3,
    });
    expect(kvCacheTable(model).rows.map(({ name }) => name)).toEqual([...KV_FORMATS]);
    const other = block(4, 8).apply(one) as tf.SymbolicTensor;
    expect(() => kvDimensions(tf.model({ inputs: input, outputs: other }))).toThrow(
      /'a2' has 2 heads of width 4, but 'a4' 4 heads of width 8/,
    );
    const none = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [2] })] });
    expect(() => kvDimensions(none)).toThrow(/no multiHeadAttention or attentionHeads layer/);
  });

  it('says what it takes', () => {
    expect(() => kvCacheTable('a' as never)).toThrow(
      /kvCacheTable\(\) takes a tf\.LayersModel, a tf\.GraphModel, what loadOnnx\(\) gives, or dimensions, not a string\.\nDimensions are/,
    );
    const dimensions = { layers: 1, heads: 1, headDim: 8, sequence: 4 };
    const data = { x: tf.ones([1]) };
    expect(() => kvCacheTable(dimensions, { data } as object)).toThrow('`data` is for ONNX models');
  });
});

describe('kvCacheTable of an ONNX model', () => {
  it('goes by the caches that a decoder takes as inputs', async () => {
    // As Optimum writes them, with what a cross-attention keeps of the encoder.
    python(`
cached = [f'past_key_values.{i}.{kind}{side}' for i in range(3) for kind in ('decoder.', 'encoder.') for side in ('key', 'value')]
save('optimum', [h.make_node('Concat', [n, n], ['present' + n[15:]], axis=2) for n in cached],
    [(n, ['batch_size', 2, 'past_sequence_length', 64]) for n in cached], [('present' + n[15:], ['batch_size', 2, None, 64]) for n in cached], {})
both = [f'past_{i}' for i in range(2)]
save('gpt2', [h.make_node('Identity', [n], ['present' + n[4:]]) for n in both],
    [(n, [2, 'batch', 12, 'past', 64]) for n in both], [('present' + n[4:], [2, 'batch', 12, 'past', 64]) for n in both], {})`);
    const table = await using('optimum', (model) =>
      kvCacheTable(model, { sequence: 100, batch: 2 }),
    );
    expect(table.dimensions).toEqual({
      layers: 3,
      heads: 2,
      kvHeads: 2,
      headDim: 64,
      sequence: 100,
      batch: 2,
    });
    expect(String(table)).toContain("such as 'past_key_values.0.decoder.key'");
    const older = await using('gpt2', (model) =>
      kvCacheTable(model, { sequence: 10, formats: ['fp16'] }),
    );
    expect(older.dimensions).toMatchObject({ layers: 2, kvHeads: 12, headDim: 64 });
    // Keys and values of 2 layers, 12 heads of width 64, 10 tokens, 2 bytes each.
    expect(older.rows.map(({ size }) => size.totalBytes)).toEqual([2 * 2 * 12 * 64 * 10 * 2]);
    await expect(using('gpt2', (model) => kvCacheTable(model))).rejects.toThrow(
      /doesn't tell how long a sequence may be/,
    );
  });

  it('reads operators of attention as ONNX Runtime does', async () => {
    const kept = python(`
T32 = T.INT32
save('grouped', [h.make_node('GroupQueryAttention', ['q', 'k', 'v', '', '', 'last', 'total'], ['y', 'keys', 'values'], 'gqa', num_heads=8, kv_num_heads=2, domain='com.microsoft')],
    [('q', ['n', 5, 128]), ('k', ['n', 5, 32]), ('v', ['n', 5, 32])], [('y', None), ('keys', None), ('values', None)],
    {'last': np.array([4], np.int32), 'total': np.array(5, np.int32)}, domains=['com.microsoft'])
save('packed', [h.make_node('GroupQueryAttention', ['q', '', '', '', '', 'last', 'total'], ['y', 'keys', 'values'], 'gqa', num_heads=8, kv_num_heads=2, domain='com.microsoft')],
    [('q', ['n', 5, 8 * 16 + 2 * 32])], [('y', None), ('keys', None), ('values', None)],
    {'last': np.array([4], np.int32), 'total': np.array(5, np.int32)}, domains=['com.microsoft'])
save('heads', [h.make_node('MultiHeadAttention', ['q', 'q', 'q'], ['y', 'keys', 'values'], 'mha', num_heads=4, domain='com.microsoft')],
    [('q', ['n', 5, 48])], [('y', None), ('keys', None), ('values', None)], {}, domains=['com.microsoft'])
save('weighted', [h.make_node('Attention', ['x', 'w', 'b'], ['y', 'both'], 'attention', num_heads=4, domain='com.microsoft')],
    [('x', ['n', 5, 32])], [('y', None), ('both', None)], {'w': normal(32, 96), 'b': normal(96)}, domains=['com.microsoft'])
save('standard', [h.make_node('Attention', ['q', 'k', 'k'], ['y', 'keys', 'values'], 'own', q_num_heads=6, kv_num_heads=3)],
    [('q', ['n', 5, 48]), ('k', ['n', 5, 24])], [('y', None), ('keys', None), ('values', None)], {}, opset=23)
save('four', [h.make_node('Attention', ['q', 'k', 'k'], ['y', 'keys', 'values'], 'own')],
    [('q', ['n', 6, 5, 8]), ('k', ['n', 3, 5, 8])], [('y', None), ('keys', None), ('values', None)], {}, opset=23)
def presents(name):
    s = session(name)
    out = s.run(None, {i.name: np.zeros([1 if d == 'n' else d for d in i.shape], np.float32) for i in s.get_inputs()})
    return [list(o.shape) for o in out[1:]]
print(json.dumps({n: presents(n) for n in ['grouped', 'packed', 'heads', 'weighted', 'standard', 'four']}))`) as Record<
      string,
      number[][]
    >;
    for (const [name, presents] of Object.entries(kept)) {
      const { dimensions } = await using(name, (model) => kvCacheTable(model, { sequence: 9 }));
      // [batch, heads, tokens, width], of \`Attention\` of ONNX Runtime with keys and values in one.
      const [heads, width] = [presents[0]?.at(-3), presents[0]?.at(-1)];
      expect([name, dimensions.kvHeads, dimensions.headDim]).toEqual([name, heads, width]);
      expect(dimensions.layers).toBe(1);
    }
  });

  it('finds attention over tokens first, with heads and batch on one axis, as PyTorch has it', async () => {
    python(`
side = lambda t: [h.make_node('MatMul', ['x', 'w' + t], [t]), h.make_node('Reshape', [t, 'split'], [t + 's']), h.make_node('Transpose', [t + 's'], [t + 'h'], perm=[1, 0, 2])]
save('bmm', side('q') + side('k') + side('v') + [h.make_node('Transpose', ['kh'], ['kt'], perm=[0, 2, 1]), h.make_node('MatMul', ['qh', 'kt'], ['scores']),
    h.make_node('Softmax', ['scores'], ['p'], axis=-1), h.make_node('MatMul', ['p', 'vh'], ['o']), h.make_node('Transpose', ['o'], ['turned'], perm=[1, 0, 2]), h.make_node('Reshape', ['turned', 'whole'], ['y'])],
    [('x', [16, 'batch', 32])], [('y', [16, 'batch', 32])], {'split': np.int64([16, -1, 8]), 'whole': np.int64([16, -1, 32]), **{'w' + t: normal(32, 32) for t in 'qkv'}})`);
    const asked = { sequence: 16, data: { x: tf.ones([16, 3, 32]) } };
    for (const options of [{ sequence: 16 }, asked]) {
      const { dimensions } = await using('bmm', (model) => kvCacheTable(model, options));
      expect(dimensions).toMatchObject({ layers: 1, heads: 4, kvHeads: 4, headDim: 8 });
    }
  });

  it('finds attention that is written out, with the heads that share keys', async () => {
    python(`
def attention(x, i, repeated):
    n = lambda s: f'{s}{i}'
    split = lambda t, heads: [h.make_node('Reshape', [n(t), f'to{heads}'], [n(t + 's')]), h.make_node('Transpose', [n(t + 's')], [n(t + 'h')], perm=[0, 2, 1, 3])]
    nodes = [h.make_node('MatMul', [x, 'w' + t], [n(t)]) for t in 'qkv'] + split('q', 4) + split('k', 2) + split('v', 2)
    for t in 'kv':
        nodes += [h.make_node('Unsqueeze', [n(t + 'h'), 'two'], [n(t + 'u')]), h.make_node('Expand', [n(t + 'u'), 'five'], [n(t + 'e')]), h.make_node('Reshape', [n(t + 'e'), 'four'], [n(t + 'r')])]
    return nodes + [h.make_node('Transpose', [n('kr')], [n('kt')], perm=[0, 1, 3, 2]), h.make_node('MatMul', [n('qh'), n('kt')], [n('s')], n('scores')),
        h.make_node('Mul', [n('s'), 'scale'], [n('m')]), h.make_node('Add', [n('m'), 'mask'], [n('a')]), h.make_node('Softmax', [n('a')], [n('p')], axis=-1),
        h.make_node('MatMul', [n('p'), n('vr')], [n('o')]), h.make_node('Transpose', [n('o')], [n('t')], perm=[0, 2, 1, 3]), h.make_node('Reshape', [n('t'), 'joined'], [n('y')])]
constants = {'wq': normal(32, 32), 'wk': normal(32, 16), 'wv': normal(32, 16), 'two': np.array([2]), 'five': np.array([1, 2, 2, 6, 8]), 'four': np.array([1, 4, 6, 8]),
    'to4': np.array([1, 6, 4, 8]), 'to2': np.array([1, 6, 2, 8]), 'joined': np.array([1, 6, 32]), 'scale': np.float32(.3), 'mask': np.zeros((6, 6), np.float32)}
save('written', attention('x', 0, 2) + attention('y0', 1, 2), [('x', [1, 6, 32])], [('y1', [1, 6, 32])], constants)
save('none', [h.make_node('Softmax', ['x'], ['y'])], [('x', ['n', 4])], [('y', ['n', 4])], {})`);
    const table = await using('written', (model) => kvCacheTable(model));
    // The file fixes its 6 tokens.
    expect(table.dimensions).toEqual({
      layers: 2,
      heads: 4,
      kvHeads: 2,
      headDim: 8,
      sequence: 6,
      batch: 1,
    });
    expect(String(table)).toContain("such as 'scores0'");
    await expect(using('none', (model) => kvCacheTable(model, { sequence: 4 }))).rejects.toThrow(
      /'none\.onnx' has no attention: no inputs past_key_values/,
    );
  });

  it('finds the same in our own export as in the layers', async () => {
    const decoder = buildDecoder({
      vocabSize: 11,
      width: 16,
      layers: 2,
      heads: 4,
      kvHeads: 2,
      ffWidth: 24,
      maxLength: 12,
    });
    const expected = kvDimensions(decoder);
    const { dimensions } = await using(exportOnnx(decoder), (model) =>
      kvCacheTable(model, { sequence: 12 }),
    );
    expect(dimensions).toEqual(expected);
    const refused = using(exportOnnx(decoder), (model) =>
      compareKvCache(model as never, [1, 2, 3]),
    );
    await expect(refused).rejects.toThrow(/compareKvCache\(\) takes a model of tfjs/);
  });
});

describe('kvCacheTable of a GraphModel', () => {
  it('finds attention that its nodes write out', async () => {
    const graph = new GraphFixture();
    const heads = (name: string) => {
      graph.node(`${name}/r`, 'Reshape', [name, 'to']);
      return graph.node(`${name}/h`, 'Transpose', [`${name}/r`, 'turn']);
    };
    graph.input('x', [-1, 6, 32]);
    graph.constant('to', tf.tensor1d([-1, 6, 4, 8], 'int32'));
    graph.constant('turn', tf.tensor1d([0, 2, 1, 3], 'int32'));
    graph.constant('back', tf.tensor1d([-1, 6, 32], 'int32'));
    for (const name of ['q', 'k', 'v']) {
      graph.constant(`w${name}`, tf.randomNormal([32, 32], 0, 0.1, 'float32', 7));
      graph.node(name, 'BatchMatMulV2', ['x', `w${name}`]);
    }
    graph.node('scores', 'BatchMatMulV2', [heads('q'), heads('k')], { adj_y: { b: true } });
    graph.constant('scale', tf.scalar(0.35));
    graph.node('scaled', 'Mul', ['scores', 'scale']);
    graph.node('p', 'Softmax', ['scaled']);
    graph.node('o', 'BatchMatMulV2', ['p', heads('v')]);
    graph.node('t', 'Transpose', ['o', 'turn']);
    graph.node('y', 'Reshape', ['t', 'back']);
    const model = await graph.model(['y']);
    const table = kvCacheTable(model, { formats: ['bf16'] });
    expect(table.dimensions).toEqual({
      layers: 1,
      heads: 4,
      kvHeads: 4,
      headDim: 8,
      sequence: 6,
      batch: 1,
    });
    expect(table.rows.map(({ size }) => size.totalBytes)).toEqual([2 * 4 * 8 * 6 * 2]);
    await expect(compareKvCache(model as never, [1, 2, 3])).rejects.toThrow(
      /can't generate token by token/,
    );
  });
});
