import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { TFJS_NODE } from '../backend/tensorflow/addon';
import { castTo, storageFormat } from '../backend/storage';
import { loadBackend } from '../start';

loadBackend();

interface Model {
  readonly inputs: readonly { readonly dtype: string; readonly tfDtype: string }[];
  predict(x: tf.Tensor | Readonly<Record<string, tf.Tensor>>): tf.Tensor;
  dispose(): void;
}
const { node } = createRequire(__filename)(TFJS_NODE) as {
  readonly node: {
    loadSavedModel(path: string, tags?: string[], signature?: string): Promise<Model>;
    getMetaGraphsFromSavedModel(
      path: string,
    ): Promise<readonly { readonly signatureDefs: Readonly<Record<string, object>> }[]>;
    getNumOfSavedModels(): number;
  };
};

/** Made by `test/tensorflow/generate_saved_model.py`, which has the weights. */
const PATH = resolve('test/tensorflow/saved_model');
const x = tf.tensor2d([
  [1, 2],
  [-0.5, 0.25],
]);
/** `x` times the weights: exact in 16 bits too. */
const PRODUCT = [
  [7.5, 6, -1.75],
  [0, 2, -0.375],
];
const load = (signature: string): Promise<Model> => node.loadSavedModel(PATH, ['serve'], signature);

describe('a SavedModel with signatures of several types', () => {
  test('lists them all', async () => {
    const [graph] = await node.getMetaGraphsFromSavedModel(PATH);
    expect(Object.keys(graph?.signatureDefs ?? {}).sort()).toEqual(
      ['bfloat16', 'bytes', 'double', 'half', 'long', 'serving_default'].sort(),
    );
    expect(graph?.signatureDefs['half']).toMatchObject({
      inputs: { x: { dtype: 'float32', tfDtype: 'DT_HALF' } },
    });
  });

  test.each([
    ['serving_default', 'fp32'],
    ['half', 'fp16'],
    ['bfloat16', 'bf16'],
  ] as const)('runs %s, and gives %s', async (signature, format) => {
    const model = await load(signature);
    for (const stored of ['fp32', 'fp16', 'bf16'] as const) {
      const y = model.predict(castTo(x, stored));
      expect(storageFormat(y)).toBe(format);
      expect(y.arraySync()).toEqual(PRODUCT);
    }
    expect(x.isDisposed).toBe(false);
    model.dispose();
  });

  test('refuses what no tfjs tensor can be, and what it has not, by name', async () => {
    await expect(load('double')).rejects.toThrow(
      /'double' of .* has 'x' among its inputs, which is DT_DOUBLE: .* Allowed are .*serving_default/,
    );
    await expect(load('none')).rejects.toThrow(/has no signature 'none'. Allowed are /);
    await expect(node.loadSavedModel(PATH, ['gpu'])).rejects.toThrow(
      /no graph with the tags gpu; it has serve\./,
    );
  });

  test('takes integers where it has them, and none that wrap', async () => {
    const bytes = await load('bytes');
    expect(bytes.predict(tf.tensor1d([1, 254], 'int32')).arraySync()).toEqual([2, 255]);
    expect(() => bytes.predict(tf.tensor1d([1.5]))).toThrow(
      /DT_UINT8, which is fed from int32, not from a float32 tensor/,
    );
    expect(() => bytes.predict(tf.tensor1d([256], 'int32'))).toThrow(
      /0 to 255; the tensor has 256/,
    );
    bytes.dispose();
  });

  test('is loaded once for all its signatures', async () => {
    const before = node.getNumOfSavedModels();
    const [half, float] = await Promise.all([load('half'), load('serving_default')]);
    expect(node.getNumOfSavedModels()).toBe(before + 1);
    half.dispose();
    expect(float.predict({ x })).toHaveProperty('y');
    float.dispose();
    expect(node.getNumOfSavedModels()).toBe(before);
  });
});
