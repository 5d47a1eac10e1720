import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadOnnx } from '../../export/onnx/onnx-model';
import { JUPYTER_DISPLAY } from '../../host';
import { at, python } from '../../quantization/onnx/models.fixture';
import { ensureBackend } from '../../start';
import { inferenceMemory } from './inference-memory';
import { modelMemory } from './model-memory';

beforeAll(async () => {
  await ensureBackend();
  // x (10 floats) -> a (20) -> b (20) -> c (40), and a again at the end: d = c[:20] + a.
  python(`
save('chain', [h.make_node('MatMul', ['x', 'w1'], ['a'], 'first'), h.make_node('Relu', ['a'], ['b'], 'relu'),
    h.make_node('MatMul', ['b', 'w2'], ['c'], 'second'), h.make_node('MatMul', ['c', 'w3'], ['d'], 'third'),
    h.make_node('Add', ['d', 'a'], ['y'], 'sum'), h.make_node('Gather', ['w1', 'i'], ['never'], 'dead')],
    [('x', ['n', 10])], [('y', ['n', 20])],
    {'w1': normal(10, 20), 'w2': normal(20, 40), 'w3': normal(40, 20), 'i': np.int64(1)})`);
});

describe('inferenceMemory', () => {
  it('adds to all weights the most activations that are alive at once', async () => {
    const model = await loadOnnx(at('chain.onnx'));
    const memory = await inferenceMemory(model, { batchSize: 3 });
    const floats = (count: number): number => 4 * 3 * count;
    const { result } = memory;
    expect(result.nodes.map(({ name, liveBytes }) => [name, liveBytes])).toEqual([
      ['first', floats(10 + 20)],
      ['relu', floats(10 + 20 + 20)],
      ['second', floats(10 + 20 + 20 + 40)],
      // b is gone; a is needed by the sum.
      ['third', floats(10 + 20 + 40 + 20)],
      ['sum', floats(10 + 20 + 20 + 20)],
    ]);
    const weightBytes = 4 * (200 + 800 + 800);
    expect(result).toMatchObject({
      batchSize: 3,
      weightBytes,
      peakActivationBytes: floats(90),
      peakNode: 'second',
      peakBytes: weightBytes + floats(90),
    });
    expect(memory.node('second')).toMatchObject({ weightBytes: 3200, outputBytes: floats(40) });
    expect(String(memory[JUPYTER_DISPLAY]()['text/plain'])).toContain(
      'Memory of inference with chain.onnx: batch 3',
    );
    const x = tf.zeros([3, 10]);
    expect((await inferenceMemory(model, { data: { x } })).result).toEqual(result);
    await model.dispose();
  });

  it('counts values in their own types', async () => {
    python(`
save('types', [h.make_node('ArgMax', ['x'], ['i'], 'largest', axis=1, keepdims=0), h.make_node('Cast', ['i'], ['y'], 'bytes', to=T.UINT8)],
    [('x', [2, 5])], [('y', [2], T.UINT8)], {})`);
    const model = await loadOnnx(at('types.onnx'));
    const { nodes } = (await inferenceMemory(model)).result;
    expect(nodes.map(({ liveBytes }) => liveBytes)).toEqual([40 + 16, 40 + 16 + 2]);
    await model.dispose();
  });
});

describe('modelMemory', () => {
  it('tells training of a model of tfjs, inference of an ONNX model, and has no option of the other', async () => {
    const model = await loadOnnx(at('chain.onnx'));
    expect((await modelMemory(model)).result.peakNode).toBe('second');
    await expect(modelMemory(model, { optimizer: 'sgd' } as object)).rejects.toThrow(
      "'chain.onnx' is an ONNX model, of which inference is told: it has no `optimizer`. Allowed: batchSize, data.",
    );
    const layers = tf.sequential({ layers: [tf.layers.dense({ inputShape: [3], units: 2 })] });
    const trained = await modelMemory(layers, { batchSize: 4, formats: ['fp32'] });
    expect(trained.result).toMatchObject({ optimizer: 'adam', batchSize: 4 });
    await expect(modelMemory(layers, { data: { x: tf.zeros([1, 3]) } } as object)).rejects.toThrow(
      'The memory of training takes no `data`',
    );
    await model.dispose();
  });
});
