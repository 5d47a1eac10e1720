import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadNpy } from '../../export/arrays/array-files';
import { loadOnnx, type OnnxModel } from '../../export/onnx/onnx-model';
import { precisionTable } from '../../payloads/precision/table';
import { at, makeModels, python } from '../../quantization/onnx/models.fixture';
import { quantize } from '../../quantization/quantize';
import { ensureBackend } from '../../start';
import { compare } from './compare';

let model: OnnxModel;
let x: tf.Tensor;
let calibrate: tf.Tensor;

beforeAll(async () => {
  await ensureBackend();
  makeModels();
  model = await loadOnnx(at('cnn.onnx'));
  x = await loadNpy(at('cnn_held.npy'));
  calibrate = await loadNpy(at('cnn_calibrate.npy'));
});

const few = { repeats: 3, measureEnergy: false } as const;

/** By Python's ONNX Runtime, from the file that `quantize` gives. */
async function sqnrOf(options: Parameters<typeof quantize>[1]): Promise<number> {
  const small = await quantize(model, options as object);
  await small.save(at('compared.onnx'));
  await small.dispose();
  return python(`
x = np.load('cnn_held.npy')
a, b = run('cnn', x)[0].astype(np.float64), run('compared', x)[0]
print(json.dumps(float(10 * np.log10((a ** 2).sum() / ((a - b) ** 2).sum()))))`) as number;
}

describe('compare of an ONNX model', () => {
  it('has time, bytes and errors of what quantize makes, against fp32 in ONNX Runtime', async () => {
    const formats = ['fp32', 'int8-static', 'int8-dynamic', 'int8-weight-only', 'int4', 'nf4'];
    const comparison = await compare(model, {
      formats: [...formats, 'fp16-weight-only'],
      data: { x },
      calibrate,
      batchSize: 16,
      ...few,
    });
    const { payload } = comparison;
    expect(precisionTable.parse(JSON.parse(JSON.stringify(payload)))).toEqual(payload);
    expect(payload).toMatchObject({ baseline: 'fp32', metric: 'none', samples: 32, batchSize: 16 });
    expect(payload.device.engine).toMatch(/^ONNX Runtime \d/);
    expect(payload.rows.map(({ format }) => format)).toEqual([...formats, 'fp16-weight-only']);

    // first, norm, second, third, fourth, head, and the ends of Clip.
    const values = 224 + 32 + 576 + 80 + 96 + 130 + 2;
    expect(payload.model).toMatchObject({ name: 'cnn.onnx', parameters: values });
    expect(comparison.row('fp32')).toMatchObject({
      weightBytes: 4 * values,
      execution: 'native',
      speedup: 1,
      sqnrDb: 'Infinity',
    });
    const fp32 = comparison.row('fp32')?.weightBytes as number;
    // Of 1080 weights three bytes of four are gone; 46 output channels have a scale each.
    expect(comparison.row('int8-static')?.weightBytes).toBe(fp32 - 3 * 1080 + 4 * 46);

    for (const name of ['int8-static', 'int8-dynamic']) {
      expect(comparison.row(name)).toMatchObject({ execution: 'native', against: 'fp32' });
      expect(comparison.row(name)?.speedup).toBeGreaterThan(0);
    }
    for (const name of ['int4', 'nf4', 'fp16-weight-only'])
      expect(comparison.row(name)).toMatchObject({ execution: 'simulated', latencyS: null });

    const near = async (name: string, options: object): Promise<void> => {
      const found = comparison.row(name)?.sqnrDb as number;
      expect(Math.abs(found - (await sqnrOf(options)))).toBeLessThan(0.5);
    };
    await near('int8-static', { calibrate });
    await near('int4', { weights: 'int4' });
    await near('fp16-weight-only', { weights: 'fp16' });
  });

  it('scores against labels, and takes int8 for what the examples make of it', async () => {
    const y = tf.argMax((await model.predict(x)) as tf.Tensor, 1);
    const comparison = await compare(model, {
      formats: ['fp32', 'fp32-ort', 'int8', 'int8-dynamic'],
      data: { x, y },
      ...few,
    });
    expect(comparison.payload.metric).toBe('accuracy');
    expect(comparison.row('fp32')?.score).toBe(1);
    expect(comparison.row('fp32-ort')?.maxError).toBe(0);
    expect(comparison.row('int8')?.weightBytes).toBe(comparison.row('int8-dynamic')?.weightBytes);
    expect(comparison.payload.notes).toContain('int8-dynamic is int8: one model, measured once.');
  });

  it('measures the float outputs of a model with several inputs and a fixed batch', async () => {
    python(`
save('two', [h.make_node('MatMul', ['a', 'w'], ['m'], 'm'), h.make_node('Add', ['m', 'b'], ['y']), h.make_node('ArgMax', ['y'], ['best'], axis=1)],
    [('a', [2, 3]), ('b', [2, 4])], [('best', [2, 1], T.INT64), ('y', [2, 4])], {'w': normal(3, 4)})`);
    const two = await loadOnnx(at('two.onnx'));
    const rows = [tf.randomNormal([6, 3], 0, 1, 'float32', 1), tf.ones([6, 4])];
    const { payload } = await compare(two, {
      formats: ['fp32', 'int8-dynamic'],
      data: { x: rows },
      ...few,
    });
    expect(payload).toMatchObject({ batchSize: 2, samples: 6 });
    expect(payload.notes).toContain(
      'Errors and scores are of the outputs that are floats; without best (int64).',
    );
    const odd = rows.map((one) => tf.slice(one, 0, 5));
    await expect(compare(two, { formats: ['fp32'], data: { x: odd } })).rejects.toThrow(
      "'two.onnx' takes 2 rows at once, but data.x has 5.",
    );
    await expect(
      compare(two, { formats: ['fp32'], data: { x: rows }, batchSize: 1 }),
    ).rejects.toThrow("batchSize is 1, but 'two.onnx' takes 2 rows at once.");
    await two.dispose();
  });

  it('says what it cannot compare', async () => {
    const data = { x };
    await expect(compare(model, { formats: ['fp32', 'bf16'], data })).rejects.toThrow(
      "'cnn.onnx' cannot be compared in bf16: ONNX Runtime multiplies floats",
    );
    await expect(compare(model, { formats: ['mxfp8-dynamic'], data })).rejects.toThrow(
      'activations of an ONNX model are rounded to int8 only',
    );
    await expect(compare(model, { formats: ['int8-static'], data })).rejects.toThrow(
      'needs example inputs',
    );
    const short = { x: tf.zeros([4, 3, 16]) };
    await expect(compare(model, { formats: ['fp32'], data: short })).rejects.toThrow(
      'Input 1 has shape [4, 3, 16]; the model takes [any, 3, 16, 16].',
    );
  });
});
