import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildDecoder } from '../../layers/decoder-model';
import { loadBackend } from '../../start';
import { CharacterVocabulary } from '../vocabulary';
import { compareDecoders } from './compare-decoders';
import { perplexity } from './perplexity';

beforeAll(() => {
  loadBackend();
});

let model: tf.LayersModel;
afterEach(() => {
  model.dispose();
});

const TEXT = 'a word and another word, and so on '.repeat(8);
const vocabulary = new CharacterVocabulary(TEXT);
const build = (width = 64): tf.LayersModel =>
  (model = buildDecoder({
    vocabSize: vocabulary.size,
    width,
    layers: 2,
    heads: 4,
    kvHeads: 2,
    ffWidth: 96,
    maxLength: 32,
    seed: 4,
  }));

describe('perplexity', () => {
  it('is the exponential of the mean loss that tfjs gives for the same places', async () => {
    build();
    const tokens = vocabulary.encode(TEXT);
    const length = 12;
    const given = await perplexity(model, TEXT, { vocabulary, windows: 2, length });
    const losses = [0, tokens.length - length - 1].map((start) => {
      const [input, targets] = [0, 1].map((by) => tokens.slice(start + by, start + by + length));
      const logits = model.predict(tf.tensor2d(input ?? [], [1, length], 'int32')) as tf.Tensor;
      const oneHot = tf.oneHot(tf.tensor1d(targets ?? [], 'int32'), vocabulary.size);
      return tf.losses.softmaxCrossEntropy(oneHot, tf.squeeze(logits, [0])).dataSync()[0] ?? NaN;
    });
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    expect(given).toBeCloseTo(Math.exp(mean), 3);
    await expect(perplexity(model, 'a word', { vocabulary, length })).rejects.toThrow(
      /at least 13/,
    );
  });
});

describe('a comparison of decoders', () => {
  it('says for each format what is held, what it changes, how fast it is and what ran', async () => {
    build();
    const formats = [
      'fp32',
      'bf16',
      'int8',
      'int4',
      'codebook2',
      'bf16-weight-only',
      'nf4',
    ] as const;
    const before = tf.memory().numTensors;
    const found = await compareDecoders(model, TEXT, {
      vocabulary,
      formats,
      granularity: { group: 32 },
      windows: 2,
      length: 16,
    });
    expect(tf.memory().numTensors).toBe(before);
    const { rows, fp32Bytes, parameters } = found.result;
    expect(rows.map(({ format }) => format)).toEqual(formats);
    expect(fp32Bytes).toBe(4 * model.countParams());
    expect(parameters).toBe(model.countParams());
    expect(found.row('fp32')?.divergence).toBeLessThan(1e-6);
    const share = (format: string): number => (found.row(format)?.weightBytes ?? NaN) / fp32Bytes;
    expect(share('bf16')).toBe(1);
    expect(share('int8')).toBeLessThan(0.3);
    expect(rows.map(({ embeddings }) => embeddings)).toEqual([
      'fp32',
      'fp32',
      'int8',
      'int8',
      'int8',
      'bf16',
      'int8',
    ]);
    expect(share('int4')).toBeLessThan(share('int8'));
    const engines = rows.map(({ engine }) => engine).slice(1);
    expect(engines).toEqual([
      'tensorflow',
      'onnxruntime',
      'onnxruntime',
      'tensorflow',
      'onnxruntime',
      // Its blocks of 64 don't divide the inner layer's 96.
      'tensorflow',
    ]);
    expect(rows.map(({ products }) => products)).toEqual([
      'float',
      'float',
      'rounded',
      'rounded',
      'widened',
      'widened',
      'widened',
    ]);
    expect(share('bf16-weight-only')).toBeGreaterThan(0.5);
    expect(share('bf16-weight-only')).toBeLessThan(0.6);
    expect(found.row('bf16-weight-only')?.divergence).toBeLessThan(0.001);
    for (const row of rows) {
      expect(row.tokensPerSecond).toBeGreaterThan(0);
      expect(row.perplexity).toBeGreaterThan(1);
      expect(row.agreement).toBeLessThanOrEqual(1);
    }
    const [, bf16 = NaN, int8 = NaN, , codebook2 = NaN] = rows.map(({ divergence }) => divergence);
    expect(Math.max(bf16, int8)).toBeLessThan(0.01);
    expect(codebook2).toBeGreaterThan(int8);
    const text = found.toString();
    expect(text).toMatch(/int4 +ONNX Runtime, one graph/);
    expect(text).toMatch(/bf16: products in the format; weights are kept in fp32/);
    expect(text).toMatch(/kept in fp32 \(fp32, bf16\), int8 \(int8, int4, codebook2, nf4\), bf16/);
    expect(text).toMatch(/codebook2, bf16-weight-only, nf4: storage only/);
    expect(text).toMatch(/int8, int4: weights only, multiplied as they are packed/);
  });

  it('times nothing where it is not asked to, and refuses what it does not know', async () => {
    // Heads of 4 numbers, which ONNX Runtime doesn't take.
    build(16);
    const options = { vocabulary, windows: 1, length: 8, speed: false, formats: ['int8'] } as const;
    const found = await compareDecoders(model, TEXT, options);
    expect(found.row('int8')).toMatchObject({ engine: 'tensorflow', tokensPerSecond: null });
    expect(found.toString()).not.toContain('Tokens/s');
    await expect(compareDecoders(model, TEXT, { formats: ['int5' as never] })).rejects.toThrow(
      /'int5'/,
    );
    await expect(compareDecoders(model, TEXT, { formats: [] })).rejects.toThrow(/formats is empty/);
  });
});
