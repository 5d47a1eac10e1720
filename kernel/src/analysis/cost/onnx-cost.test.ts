import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadOnnx, type OnnxModel } from '../../export/onnx/onnx-model';
import { JUPYTER_DISPLAY } from '../../host';
import { at, makeModels, python } from '../../quantization/onnx/models.fixture';
import { ensureBackend } from '../../start';
import { modelCost } from './model-cost';

let model: OnnxModel;

beforeAll(async () => {
  await ensureBackend();
  makeModels();
  model = await loadOnnx(at('cnn.onnx'));
});

const PRODUCTS = [
  ['Conv', '[2, 6, 9, 8]', '[4, 3, 3, 2]', 'group=2, strides=[2, 1], dilations=[1, 2]'],
  ['Conv', '[2, 3, 12]', '[5, 3, 4]', 'strides=[2]'],
  ['ConvTranspose', '[2, 4, 5, 6]', '[4, 3, 3, 2]', 'group=2, strides=[2, 2]'],
  ['Gemm', '[7, 5]', '[7, 3]', 'transA=1'],
  ['Gemm', '[5, 7]', '[3, 7]', 'transB=1'],
  ['MatMul', '[2, 3, 4, 5]', '[3, 5, 6]', ''],
  ['MatMul', '[4, 5]', '[5]', ''],
] as const;

/** Without padding, the outputs of ones times ones count what was multiplied: ONNX Runtime is the judge. */
function sumsOfOnes(): readonly number[] {
  const cases = PRODUCTS.map(([op, x, w, how]) => `('${op}', ${x}, ${w}, dict(${how}))`);
  return python(`
sums = []
for i, (op, x, w, how) in enumerate([${cases.join(', ')}]):
    save(f'ones{i}', [h.make_node(op, ['x', 'w'], ['y'], 'only', **how)], [('x', x)], [('y', None)], {'w': np.ones(w, np.float32)})
    sums.append(float(run(f'ones{i}', np.ones(x, np.float32))[0].sum(dtype=np.float64)))
print(json.dumps(sums))`) as readonly number[];
}

describe('modelCost of an ONNX model', () => {
  it('counts what Conv, ConvTranspose, Gemm and MatMul multiply', async () => {
    for (const [i, macs] of sumsOfOnes().entries()) {
      const ones = await loadOnnx(at(`ones${i}.onnx`));
      const { result } = await modelCost(ones);
      expect([PRODUCTS[i], result.macs]).toEqual([PRODUCTS[i], macs]);
      expect(result.forwardFlops).toBe(2 * macs);
      await ones.dispose();
    }
  });

  it('has parameters, FLOPs and bytes of each product, at any batch and format', async () => {
    const cost = await modelCost(model, { batchSize: 4, format: 'fp16' });
    const { result } = cost;
    expect(result.nodes.map(({ name }) => name)).toEqual([
      ...['first', 'second', 'third', 'fourth', 'head'],
    ]);
    // The weights of this one are passed on by an Identity.
    expect(cost.node('second')).toEqual({
      name: 'second',
      kind: 'Conv',
      parameters: 8 * 8 * 9,
      macs: 4 * (8 * 8 * 8) * (8 * 9),
      forwardFlops: 2 * 4 * (8 * 8 * 8) * (8 * 9),
      weightBytes: 2 * 8 * 8 * 9,
      activationBytes: 2 * 4 * (2 * 8 * 8 * 8),
      intensityFlopPerByte: (2 * 4 * 512 * 72) / (2 * 576 + 2 * 4 * 1024),
    });
    expect(cost.node('third')).toMatchObject({ parameters: 72 + 8, macs: 4 * 512 * 9 });
    expect(cost.node('head')).toMatchObject({ parameters: 130, macs: 4 * 120 });
    expect(result.parameters).toBe(1140);
    expect(result.notCounted).toEqual({
      ...{ Relu: 2, BatchNormalization: 1, MaxPool: 1, Clip: 1, Add: 1 },
      ...{ GlobalAveragePool: 1, Flatten: 1 },
    });
    const text = String(cost[JUPYTER_DISPLAY]()['text/plain']);
    expect(text).toContain('Cost of cnn.onnx: 1,140 parameters; batch 4, fp16');
    expect(text).toContain('Not counted: 2 x Relu');
    const one = await modelCost(model);
    expect(result.macs).toBe(4 * one.result.macs);
  });

  it('says so where more is multiplied than it counts', async () => {
    python(`
save('einsum', [h.make_node('Einsum', ['x', 'x'], ['e'], equation='ij,kj->ik'), h.make_node('MatMul', ['e', 'e'], ['y'], 'm')], [('x', [3, 5])], [('y', [3, 3])], {})`);
    const einsum = await loadOnnx(at('einsum.onnx'));
    const cost = await modelCost(einsum);
    expect(cost.result).toMatchObject({ macs: 27, productsNotCounted: ['Einsum'] });
    expect(cost.node('m')).toMatchObject({ parameters: 0, weightBytes: 0 });
    expect(String(cost[JUPYTER_DISPLAY]()['text/plain'])).toContain(
      'More is multiplied than is counted, in Einsum; without that, an inference of 3 samples takes 54.0 FLOP',
    );
    await expect(modelCost(einsum, { batchSize: 2 })).rejects.toThrow(
      "batchSize is 2, but 'einsum.onnx' takes 3 rows at once.",
    );
    await einsum.dispose();
  });

  it('asks for data where more than the batch is open', async () => {
    python(`
save('open', [h.make_node('Conv', ['x', 'w'], ['y'], 'only')], [('x', ['n', 3, 'height', 'width'])], [('y', None)], {'w': normal(4, 3, 3, 3)})`);
    const open = await loadOnnx(at('open.onnx'));
    await expect(modelCost(open)).rejects.toThrow(
      "The input 'x' of 'open.onnx' has the shape [n, 3, height, width]; only the batch may be open.",
    );
    const x = tf.zeros([2, 3, 10, 8]);
    const { result } = await modelCost(open, { data: { x } });
    expect(result).toMatchObject({ batchSize: 2, macs: 2 * (4 * 8 * 6) * 27 });
    await expect(modelCost(open, { data: { x }, batchSize: 2 })).rejects.toThrow(
      'batchSize is 2, and there are data too',
    );
    await expect(modelCost(open, { data: { x: tf.zeros([2, 4, 8, 8]) } })).rejects.toThrow(
      "'open.onnx' takes x [n, 3, height, width]",
    );
    const layers = tf.sequential({ layers: [tf.layers.dense({ inputShape: [3], units: 2 })] });
    await expect(modelCost(layers, { data: { x } } as object)).rejects.toThrow(
      'modelCost() takes data for an ONNX model only',
    );
    await open.dispose();
  });
});
