import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { at, python } from '../../../quantization/onnx/models.fixture';
import { ensureBackend } from '../../../start';
import { loadOnnx } from '../onnx-model';
import { readForeign } from './read-foreign';
import { upgradeOpset } from './upgrade-opset';

beforeAll(async () => {
  await ensureBackend();
});

describe('a model of opset 11', () => {
  it('computes the same as one of opset 13, in its branches too', async () => {
    python(`
branch = lambda op: h.make_graph([h.make_node('Unsqueeze', ['joined'], ['u' + op], axes=[0]), h.make_node(op, ['u' + op], ['o' + op], axis=1)], op, [], [h.make_tensor_value_info('o' + op, T.FLOAT, None)])
save('eleven', [
    h.make_node('Softmax', ['x'], ['s']), h.make_node('LogSoftmax', ['x'], ['l'], axis=2), h.make_node('Hardmax', ['x'], ['k'], axis=0),
    h.make_node('ReduceSum', ['s'], ['r'], axes=[1], keepdims=0), h.make_node('Unsqueeze', ['r'], ['u'], axes=[1, -1]),
    h.make_node('Squeeze', ['u'], ['q'], axes=[3]), h.make_node('Split', ['l'], ['a', 'b'], axis=2, split=[1, 3]),
    h.make_node('Dropout', ['k'], ['d'], ratio=0.3), h.make_node('Concat', ['b', 'd', 'a'], ['joined'], axis=2),
    h.make_node('ReduceSum', ['joined'], ['total'], keepdims=0), h.make_node('Greater', ['total', 'zero'], ['positive']),
    h.make_node('If', ['positive'], ['y'], then_branch=branch('Softmax'), else_branch=branch('LogSoftmax'))],
    [('x', [2, 3, 4])], [('y', None), ('q', None)], {'zero': np.float32(0)}, opset=11)`);
    const model = await loadOnnx(at('eleven.onnx'));
    const graph = await readForeign(model);
    upgradeOpset(graph);
    expect(graph.opset).toBe(13);
    const newer = await loadOnnx(graph.encode());
    for (const seed of [1, 2, 3]) {
      const x = tf.randomNormal([2, 3, 4], 0, 2, 'float32', seed);
      const [a, b] = [await model.predict(x), await newer.predict(x)] as [tf.Tensor[], tf.Tensor[]];
      a.forEach((expected, i) => {
        expect(b[i]?.shape).toEqual(expected.shape);
        expect(tf.max(tf.abs(tf.sub(expected, b[i] as tf.Tensor))).dataSync()[0]).toBeLessThan(
          1e-6,
        );
      });
    }
    await Promise.all([model.dispose(), newer.dispose()]);
  });
});
