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
      /^Mode 'dynamic' leaves all products of 'transposed\.onnx' in float: .* for ConvTranspose/,
    );
  });
});
