import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadOnnx, type OnnxModel } from '../../export/onnx/onnx-model';
import { ensureBackend } from '../../start';
import { quantize } from '../quantize';
import { at, python } from './models.fixture';
import type { OnnxQuantizeOptions } from './options';

let transposed: OnnxModel;
let gemm: OnnxModel;

beforeAll(async () => {
  await ensureBackend();
  python(`
save('transposed', [h.make_node('ConvTranspose', ['x', 'w', 'b'], ['y'], 'only', group=2)],
    [('x', ['n', 4, 5, 5])], [('y', ['n', 6, 7, 7])], {'w': normal(4, 3, 3, 3), 'b': normal(6)})
save('gemm', [h.make_node('Gemm', ['x', 'w', 'b'], ['p'], 'per_output'), h.make_node('Gemm', ['p', 'w', 'rows'], ['y'], 'per_row')],
    [('x', [4, 4])], [('y', [4, 4])], {'w': normal(4, 4), 'b': normal(4), 'rows': normal(4, 1, scale=9)})`);
  transposed = await loadOnnx(at('transposed.onnx'));
  gemm = await loadOnnx(at('gemm.onnx'));
});

/** How far it is off as a share of the largest value. */
async function off(model: OnnxModel, x: tf.Tensor, options: OnnxQuantizeOptions): Promise<number> {
  const small = await quantize(model, options);
  const [y, expected] = [await small.predict(x), await model.predict(x)] as [tf.Tensor, tf.Tensor];
  await small.dispose();
  const [worst, largest] = [tf.max(tf.abs(tf.sub(y, expected))), tf.max(tf.abs(expected))];
  return (worst.dataSync()[0] ?? NaN) / (largest.dataSync()[0] ?? NaN);
}

describe('the products of an ONNX model', () => {
  it('are transposed convolutions of groups too, with a bias for each output of all', async () => {
    const x = tf.randomNormal([8, 4, 5, 5], 0, 1, 'float32', 3);
    expect(await off(transposed, x, { calibrate: x })).toBeLessThan(0.05);
    const small = await quantize(transposed, { mode: 'weight-only' });
    expect(small.nodes).toMatchObject([{ name: 'only', format: 'int8' }]);
    expect(small.floatWeightBytes).toBe(4 * (4 * 3 * 3 * 3 + 6));
    await small.dispose();
  });

  it('are none that add a number for each row, of which there are as many as outputs', async () => {
    const small = await quantize(gemm);
    expect(small.nodes).toMatchObject([
      { name: 'per_output', format: 'int8' },
      { name: 'per_row', format: 'fp32', reason: 'what it adds is no constant for each output' },
    ]);
    await small.dispose();
    const x = tf.randomNormal([4, 4], 0, 1, 'float32', 5);
    expect(await off(gemm, x, {})).toBeLessThan(0.05);
  });

  it('have as many scales in the report as there are', async () => {
    const bytes = async (granularity: 'per-channel' | 'per-tensor'): Promise<number> => {
      const small = await quantize(gemm, { granularity, include: 'per_output' });
      const [row] = small.nodes;
      await small.dispose();
      return row?.weightBytes ?? NaN;
    };
    expect(await bytes('per-channel')).toBe(16 + 4 * 4 + 4 * 4);
    expect(await bytes('per-tensor')).toBe(16 + 4 + 4 * 4);
  });

  it('are an error where a mode leaves all of them in float', async () => {
    await expect(quantize(transposed)).rejects.toThrow(
      /^All products of 'transposed\.onnx' stay in float: ConvTranspose: ONNX Runtime has no integer/,
    );
  });

  it('share weights that several of them take: written and counted once, in each mode', async () => {
    python(`
save('tied', [h.make_node('MatMul', ['x', 'w'], ['a'], 'one'), h.make_node('Relu', ['a'], ['b']), h.make_node('MatMul', ['b', 'w'], ['y'], 'two')],
    [('x', [4, 64])], [('y', [4, 64])], {'w': normal(64, 64)})`);
    const tied = await loadOnnx(at('tied.onnx'));
    const calibrate = tf.randomNormal([4, 64], 0, 1, 'float32', 2);
    const expected = (await tied.predict(calibrate)) as tf.Tensor;
    const asked: readonly (readonly [OnnxQuantizeOptions, number])[] = [
      [{}, 64 * 64],
      [{ calibrate }, 64 * 64],
      [{ weights: 'int8', mode: 'weight-only' }, 64 * 64],
      [{ weights: 'int4' }, (64 * 64) / 2],
      [{ weights: 'fp16' }, 2 * 64 * 64],
      [{ weights: 'mxfp4' }, 4 * 64 * 64],
    ];
    for (const [options, least] of asked) {
      const small = await quantize(tied, options);
      const held = python(
        `print(json.dumps(sum(len(i.raw_data) for i in onnx.load_from_string(bytes.fromhex('${Buffer.from(small.bytes).toString('hex')}')).graph.initializer)))`,
      ) as number;
      expect(held).toBeGreaterThanOrEqual(least);
      expect(held).toBeLessThan(1.4 * least);
      expect(small.weightBytes).toBeLessThan(1.4 * least);
      expect(small.floatWeightBytes).toBe(4 * 64 * 64);
      expect(small.nodes[1]?.reason).toContain('its weights are those of one, in the file once');
      const y = (await small.predict(calibrate)) as tf.Tensor;
      const noise = tf.sum(tf.square(tf.sub(y, expected))).dataSync()[0] ?? NaN;
      expect(noise / (tf.sum(tf.square(expected)).dataSync()[0] ?? 0)).toBeLessThan(0.1);
      await small.dispose();
    }
    await tied.dispose();
  });

  it('that halves can’t hold stay in float, and say so', async () => {
    python(`
save('large', [h.make_node('MatMul', ['x', 'w1'], ['a'], 'fits'), h.make_node('MatMul', ['a', 'w2'], ['y'], 'large')],
    [('x', [4, 8])], [('y', [4, 8])], {'w1': normal(8, 8), 'w2': np.full((8, 8), 70000, np.float32)})`);
    const model = await loadOnnx(at('large.onnx'));
    const small = await quantize(model, { weights: 'fp16' });
    expect(small.nodes).toMatchObject([
      { name: 'fits', format: 'fp16', weightBytes: 128 },
      { name: 'large', format: 'fp32', weightBytes: 256, reason: "fp16 can't hold its 70000" },
    ]);
    expect(small.nodes[1]?.execution).toBeUndefined();
    await expect(quantize(model, { weights: 'fp16', include: 'large' })).rejects.toThrow(
      "All products of 'large.onnx' stay in float: MatMul: fp16 can't hold its 70000.",
    );
    await small.dispose();
    await model.dispose();
  });
});

describe('products within branches and loops', () => {
  beforeAll(() => {
    // Each branch has constants by the same names; the first has its weights in a branch of its own, too.
    python(`
def const(name, value): return h.make_node('Constant', [], [name], value=numpy_helper.from_array(value, name))
info = lambda n, *s: h.make_tensor_value_info(n, T.FLOAT, list(s))
deep = lambda last: h.make_graph([h.make_node('MatMul', ['m', last], ['o'], 'deep' + last)], 'deep' + last, [], [info('o', 'n', 64)])
first = h.make_graph([const('w', normal(64, 64, scale=.1)), const('v', normal(64, 64, scale=.1)), h.make_node('MatMul', ['x', 'w'], ['m'], 'one'), h.make_node('If', ['yes'], ['a'], 'inner', then_branch=deep('v'), else_branch=deep('outer'))],
    'first', [], [info('a', 'n', 64)])
second = h.make_graph([h.make_node('Gemm', ['x', 'w', 'b'], ['e'], 'two', transB=1), const('kept', normal(1, 64)), h.make_node('Add', ['e', 'kept'], ['f'])],
    'second', [], [info('f', 'n', 64)], [numpy_helper.from_array(normal(64, 64, scale=.1), 'w'), numpy_helper.from_array(normal(64), 'b')])
body = h.make_graph([h.make_node('MatMul', ['state', 'turn'], ['next'], 'looped'), h.make_node('Identity', ['going'], ['goes'])], 'body',
    [h.make_tensor_value_info('i', T.INT64, []), h.make_tensor_value_info('going', T.BOOL, []), info('state', 'n', 64)],
    [h.make_tensor_value_info('goes', T.BOOL, []), info('next', 'n', 64)], [numpy_helper.from_array(normal(64, 64, scale=.12), 'turn')])
save('branches', [h.make_node('Greater', ['pick', 'zero'], ['yes']), h.make_node('If', ['yes'], ['c'], 'outer', then_branch=first, else_branch=second),
    h.make_node('Loop', ['three', 'true', 'c'], ['y'], 'loop', body=body)], [('x', ['n', 64]), ('pick', [])], [('y', ['n', 64])],
    {'zero': np.float32(0), 'three': np.int64(3), 'true': np.bool_(True), 'outer': normal(64, 64, scale=.1)})
np.save('branches_x', normal(16, 64))`);
  });

  it('have their weights quantized alone, each where it is, as ONNX Runtime runs them', async () => {
    const float = await loadOnnx(at('branches.onnx'));
    const expected = ['deepouter', 'deepv', 'looped', 'one', 'two'];
    for (const [weights, least] of [
      ['int8', 30],
      ['int4', 12],
      ['fp16', 55],
      ['mxfp8', 20],
    ] as const) {
      const small = await quantize(float, { weights, mode: 'weight-only' });
      expect(small.nodes.map(({ name }) => name).sort()).toEqual(expected);
      expect(new Set(small.nodes.map(({ format }) => format)).size).toBe(1);
      await small.save(at('branches_small.onnx'));
      const sqnr = python(`
onnx.checker.check_model(onnx.load('branches_small.onnx'), full_check='${weights}' != 'int4')
x, found = np.load('branches_x.npy'), []
for pick in (-1, 1):
    a, b = [session(n).run(None, {'x': x, 'pick': np.array(pick, np.float32)})[0].astype(np.float64) for n in ('branches', 'branches_small')]
    found.append(float(10 * np.log10((a ** 2).sum() / ((a - b) ** 2).sum())))
print(json.dumps(found))`) as number[];
      for (const one of sqnr)
        expect([weights, one > least, one < 120]).toEqual([weights, true, true]);
      await small.dispose();
    }
    const some = await quantize(float, { weights: 'int8', mode: 'weight-only', include: 'looped' });
    expect(some.nodes.filter(({ format }) => format === 'int8')).toHaveLength(1);
    await some.dispose();
    await expect(quantize(float)).rejects.toThrow(
      "MatMul: it is within the If 'outer', where mode 'weight-only' reaches",
    );
    await float.dispose();
  });

  it('are counted as often as the file has them, where branches share weights of the main graph', async () => {
    python(`
info = lambda n, *s: h.make_tensor_value_info(n, T.FLOAT, list(s))
one = h.make_graph([h.make_node('MatMul', ['x', 'w'], ['a'], 'one'), h.make_node('MatMul', ['a', 'w'], ['b'], 'again')], 'first', [], [info('b', 'n', 64)])
two = h.make_graph([h.make_node('MatMul', ['x', 'w'], ['c'], 'two')], 'second', [], [info('c', 'n', 64)])
save('shared', [h.make_node('Greater', ['pick', 'zero'], ['yes']), h.make_node('If', ['yes'], ['d'], 'outer', then_branch=one, else_branch=two), h.make_node('MatMul', ['d', 'w'], ['y'], 'main')],
    [('x', ['n', 64]), ('pick', [])], [('y', ['n', 64])], {'zero': np.float32(0), 'w': normal(64, 64, scale=.1)})`);
    const float = await loadOnnx(at('shared.onnx'));
    const x = tf.randomNormal([4, 64], 0, 1, 'float32', 3);
    for (const [weights, copies] of [
      ['int8', 3],
      ['int4', 1],
      ['fp16', 1],
      ['nf4', 1],
    ] as const) {
      const small = await quantize(float, { weights, mode: 'weight-only' });
      await small.save(at('shared_small.onnx'));
      const held = python(`
def held(g): return sum(len(i.raw_data) for i in g.initializer) + sum(held(a.g) for n in g.node for a in n.attribute if a.HasField('g'))
print(json.dumps(held(onnx.load('shared_small.onnx').graph)))`) as number;
      // Beside them the file has the 0 that `pick` is compared with.
      expect([weights, small.weightBytes]).toEqual([weights, held - 4]);
      expect(small.floatWeightBytes).toBe(4 * 64 * 64);
      expect(small.nodes.filter(({ weightBytes }) => weightBytes > 0)).toHaveLength(copies);
      for (const pick of [-1, 1]) {
        const [a, b] = await Promise.all(
          [float, small].map((one) => one.predict([x, tf.scalar(pick)]) as Promise<tf.Tensor>),
        );
        const off = tf.norm(tf.sub(a as tf.Tensor, b as tf.Tensor)).dataSync()[0] ?? NaN;
        const size = tf.norm(a as tf.Tensor).dataSync()[0] ?? NaN;
        expect([weights, off > 0, off / size < 0.3]).toEqual([weights, true, true]);
      }
      await small.dispose();
    }
    await float.dispose();
  });
});
