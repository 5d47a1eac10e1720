import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../start';
import { Decoder } from './decoder';
import { characterModel } from './model.fixture';

/** Made by test/pytorch/generate_kv_cache.py. */
interface Fixture {
  readonly tokens: readonly number[][];
  readonly logits: Readonly<Record<'fp32' | 'bf16' | 'fp16' | 'int8' | 'int4', readonly number[]>>;
}
const { tokens, logits } = JSON.parse(
  readFileSync(join(__dirname, '../../../test/pytorch/kv_cache.json'), 'utf8'),
) as Fixture;

beforeAll(() => {
  loadBackend();
});

/** The fixture's weights, made again: factors of norms are about 1, all else about 0. */
function setWeights(model: tf.LayersModel): void {
  const names = model.weights.map(({ originalName }) => originalName);
  model.setWeights(
    model.getWeights().map(({ shape, size }, index) => {
      const offset = names[index]?.endsWith('gamma') === true ? 1 : 0;
      const values = Array.from(
        { length: size },
        (_, i) => offset + Math.fround(0.4 * Math.sin(12.9898 * (i + 1) + index)),
      );
      return tf.tensor(values, shape);
    }),
  );
}

describe('decoding with a cache is as in PyTorch', () => {
  it.each(['fp32', 'bf16', 'fp16', 'int8', 'int4'] as const)('with %s keys and values', (cache) => {
    const model = characterModel({ length: 12 });
    setWeights(model);
    const decoder = new Decoder(model, cache);
    const parts = Array.from({ length: 12 }, (_, i) =>
      decoder.decode(tokens.map((row) => row.slice(i, i + 1))),
    );
    const got = tf.concat(parts, 1).dataSync();
    const errors = logits[cache].map((expected, i) => Math.abs(expected - (got[i] ?? NaN)));
    if (cache === 'fp32') {
      expect(Math.max(...errors)).toBeLessThan(1e-5);
    } else {
      // A number on the edge of two codes may fall to either side; all others must agree.
      const mean = (numbers: readonly number[]): number =>
        numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
      const effect = logits[cache].map((value, i) => Math.abs(value - (logits.fp32[i] ?? NaN)));
      expect(mean(errors)).toBeLessThan(mean(effect) / 20 + 1e-6);
    }
    decoder.dispose();
    model.dispose();
  });
});
