import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../../start';
import { JUPYTER_DISPLAY } from '../../host';
import { compareExport } from './compare-export';
import { exportOnnx } from './export-onnx';
import { loadOnnx } from './onnx-model';
import { saveOnnx } from '../../execution/saving/save-onnx';

loadBackend();

const folder = mkdtempSync(join(tmpdir(), 'halfnote-onnx-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function mlp(units = 96): tf.LayersModel {
  return tf.sequential({
    name: 'mlp',
    layers: [
      tf.layers.dense({ name: 'hidden', inputShape: [64], units, activation: 'relu' }),
      tf.layers.dense({ name: 'scores', units: 10 }),
    ],
  });
}
const samples = (): tf.Tensor => tf.randomNormal([5, 64], 0, 1, 'float32', 3);
const text = (shown: { [JUPYTER_DISPLAY](): Readonly<Record<string, unknown>> }): string =>
  String(shown[JUPYTER_DISPLAY]()['text/plain']);

describe('saveOnnx', () => {
  it('writes the file and says what is in it', async () => {
    const path = join(folder, 'mlp.onnx');
    const file = await saveOnnx(path, mlp());
    expect(file.path).toBe(path);
    expect(file.bytes).toBe(readFileSync(path).length);
    expect(file.summary).toMatchObject({
      name: 'mlp',
      opset: 21,
      irVersion: 10,
      operators: { Gemm: 2, Relu: 1 },
      constantBytes: { float32: 4 * (64 * 96 + 96 + 96 * 10 + 10) },
      fp32WeightBytes: 4 * (64 * 96 + 96 + 96 * 10 + 10),
      outputs: [{ name: 'scores', type: 'float32', shape: ['batch', 10] }],
    });
    expect(text(file)).toMatch(/mlp\.onnx[^]*Gemm 2, Relu 1[^]*Operator set +21/);
  });

  it('takes half the bytes in fp16 and less than a quarter in int4', () => {
    const model = mlp(512);
    const [fp32 = NaN, fp16 = NaN, int4 = NaN] = (['fp32', 'fp16', 'int4'] as const).map(
      (format) => exportOnnx(model, { format }).length,
    );
    expect(fp16 / fp32).toBeLessThan(0.52);
    // 4 bits a weight and 32 bits a block of 32 of them: 5 of 32.
    expect(int4 / fp32).toBeGreaterThan(5 / 32);
    expect(int4 / fp32).toBeLessThan(0.2);
  });

  it('replaces a file as a whole and leaves nothing beside it', async () => {
    const here = mkdtempSync(join(folder, 'replace-'));
    const file = join(here, 'model.onnx');
    writeFileSync(file, 'something else');
    await saveOnnx(file, mlp());
    expect(readdirSync(here)).toEqual(['model.onnx']);
    expect(readFileSync(file).length).toBeGreaterThan(1000);
  });

  it('keeps the file that is there when the model cannot be exported', async () => {
    const here = mkdtempSync(join(folder, 'kept-'));
    const file = join(here, 'model.onnx');
    writeFileSync(file, 'the old model');
    await expect(saveOnnx(file, mlp(), { format: 'int8' })).rejects.toMatchObject({
      code: 'not-quantized',
    });
    expect(readFileSync(file, 'utf8')).toBe('the old model');
    expect(readdirSync(here)).toEqual(['model.onnx']);
  });

  it('makes the folders that lack', async () => {
    const path = join(folder, 'new', 'deep', 'model.onnx');
    await saveOnnx(path, mlp());
    expect(readdirSync(join(folder, 'new', 'deep'))).toEqual(['model.onnx']);
  });

  it('says what it takes', () => {
    for (const [given, name] of [
      [42, 'a number'],
      ['abc', 'a string'],
      [undefined, 'undefined'],
      [{}, 'an object'],
      [new Map(), 'an object of class Map'],
    ] as const) {
      expect(() => exportOnnx(given as never)).toThrow(
        `exportOnnx() takes a tf.LayersModel or a quantized model, not ${name}.`,
      );
    }
  });

  it('says where it may not write', async () => {
    const path = join(folder, 'mlp.onnx', 'model.onnx');
    await saveOnnx(join(folder, 'mlp.onnx'), mlp());
    await expect(saveOnnx(path, mlp())).rejects.toThrow(
      /Can't write the model to .*model\.onnx: a part of its path is a file\.\n/,
    );
    const target = mkdtempSync(join(folder, 'folder-'));
    await expect(saveOnnx(target, mlp())).rejects.toMatchObject({
      code: 'not-writable',
      message: expect.stringContaining(`${target}: it is a folder.`) as string,
    });
  });
});

describe('loadOnnx', () => {
  it('predicts what the model predicts', async () => {
    const model = mlp();
    const path = join(folder, 'predict.onnx');
    await saveOnnx(path, model);
    const loaded = await loadOnnx(path);
    const x = samples();
    const expected = (model.predict(x) as tf.Tensor).dataSync();
    const actual = (await loaded.predict(x)) as tf.Tensor;
    expect(actual.shape).toEqual([5, 10]);
    actual.dataSync().forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] ?? NaN, 5);
    });
    expect(text(loaded)).toMatch(/predict\.onnx in ONNX Runtime/);
    await loaded.dispose();
    await expect(loaded.predict(x)).rejects.toMatchObject({ code: 'disposed' });
    await loaded.dispose();
  });

  it('takes inputs by name, and whole numbers as whole numbers', async () => {
    const tokens = tf.input({ shape: [4], dtype: 'int32', name: 'tokens' });
    const scale = tf.input({ shape: [4, 2], name: 'scale' });
    const embedded = tf.layers.embedding({ inputDim: 5, outputDim: 2 }).apply(tokens);
    const both = tf.layers.multiply().apply([embedded as tf.SymbolicTensor, scale]);
    const model = tf.model({ inputs: [tokens, scale], outputs: both as tf.SymbolicTensor });
    const loaded = await loadOnnx(exportOnnx(model));
    expect(loaded.inputs.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'tokens int32',
      'scale float32',
    ]);
    const given = {
      scale: tf.ones([2, 4, 2]),
      tokens: tf.tensor2d(
        [
          [0, 1, 2, 3],
          [4, 4, 0, 1],
        ],
        [2, 4],
        'int32',
      ),
    };
    const expected = model.predict([given.tokens, given.scale]) as tf.Tensor;
    const actual = (await loaded.predict(given)) as tf.Tensor;
    expect(actual.dataSync()).toEqual(expected.dataSync());
    await loaded.dispose();
  });

  it('says which input it wants', async () => {
    const loaded = await loadOnnx(exportOnnx(mlp()));
    await expect(loaded.predict(tf.zeros([2, 63]))).rejects.toThrow(
      /takes hidden_input \[batch, 64\], but got \[2, 63\] for 'hidden_input'/,
    );
    await expect(loaded.predict([])).rejects.toMatchObject({ code: 'input-mismatch' });
    await loaded.dispose();
  });

  it('refuses what is no ONNX model, and what is not there', async () => {
    const path = join(folder, 'text.onnx');
    writeFileSync(path, 'no model at all');
    await expect(loadOnnx(path)).rejects.toThrow(/text\.onnx is no ONNX model/);
    await expect(loadOnnx(join(folder, 'absent.onnx'))).rejects.toMatchObject({
      code: 'not-readable',
    });
  });
});

describe('compareExport', () => {
  it('measures the error of a format against the model', async () => {
    const model = mlp();
    const x = samples();
    const compared = async (format: 'fp32' | 'fp16' | 'int4') => {
      const loaded = await loadOnnx(exportOnnx(model, { format }));
      const result = await compareExport(model, loaded, x);
      await loaded.dispose();
      return result;
    };
    const [fp32, fp16, int4] = await Promise.all([
      compared('fp32'),
      compared('fp16'),
      compared('int4'),
    ]);
    expect(fp32.sqnrDb).toBeGreaterThan(110);
    expect(fp16.sqnrDb).toBeGreaterThan(55);
    expect(fp16.sqnrDb).toBeLessThan(90);
    expect(int4.sqnrDb).toBeGreaterThan(12);
    expect(int4.sqnrDb).toBeLessThan(30);
    expect(int4.maxAbsError).toBeGreaterThan(fp16.maxAbsError);
    expect(text(int4)).toMatch(/scores[^]*dB/);
  });

  it('keeps no tensors', async () => {
    const model = mlp();
    const loaded = await loadOnnx(exportOnnx(model));
    const x = samples();
    const before = tf.memory().numTensors;
    await compareExport(model, loaded, x);
    expect(tf.memory().numTensors).toBe(before);
    await loaded.dispose();
  });

  it('refuses a file of another model', async () => {
    const loaded = await loadOnnx(exportOnnx(mlp()));
    const other = tf.sequential({ layers: [tf.layers.dense({ inputShape: [64], units: 3 })] });
    await expect(compareExport(other, loaded, samples())).rejects.toMatchObject({
      code: 'output-mismatch',
    });
    await loaded.dispose();
  });
});
