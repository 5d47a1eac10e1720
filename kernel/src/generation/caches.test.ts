import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { nativeMemory } from '../backend/load';
import { decodeArray, encodeArray } from '../formats/arrays';
import { JUPYTER_DISPLAY } from '../host';
import { setPrecision } from '../precision/status';
import { loadBackend } from '../start';
import { throughCodes } from './kv-cache/reference.fixture';
import { compareKvCache } from './comparison/compare-caches';
import type { CacheChoice } from './decoder';
import { characterModel } from './model.fixture';
import { plainLogits, type Through } from './plain-transformer.fixture';
import { forced, heldOut, meanLoss } from './comparison/teacher-forcing';
import { CharacterVocabulary } from './vocabulary';

beforeAll(() => {
  loadBackend();
});

let model: tf.LayersModel | undefined;
afterEach(() => {
  model?.dispose();
  model = undefined;
  setPrecision('fp32');
});

const LENGTH = 20;
const TOKENS = Array.from({ length: LENGTH + 1 }, (_, i) => (5 * i * i + i) % 11);

const float = (format: 'bf16' | 'fp16' | 'e4m3'): Through => {
  return (head) => decodeArray(format, encodeArray(format, head));
};
const codes = (bits: 8 | 4, symmetric: boolean, group: number): Through => {
  return (head) => throughCodes(head, { bits, symmetric, group });
};

/** Logarithms of the softmax of each row, row-major. */
function logSoftmax(logits: readonly Float64Array[]): number[] {
  return logits.flatMap((row) => {
    const top = Math.max(...row);
    const log = Math.log(row.reduce((total, value) => total + Math.exp(value - top), 0));
    return Array.from(row, (value) => value - top - log);
  });
}

function meanDistance(a: ArrayLike<number>, b: readonly number[]): number {
  return b.reduce((total, value, i) => total + Math.abs(value - (a[i] ?? NaN)), 0) / b.length;
}

function perplexity(logs: ArrayLike<number>, targets: readonly number[], vocabulary = 11): number {
  const loss = targets.reduce((sum, token, i) => sum - (logs[i * vocabulary + token] ?? NaN), 0);
  return Math.exp(loss / targets.length);
}

describe('what a model predicts through a cache', () => {
  it.each([
    ['fp32', (head: Float32Array) => head],
    ['bf16', float('bf16')],
    ['fp16', float('fp16')],
    ['fp8', float('e4m3')],
    ['int8', codes(8, true, 8)],
    [{ format: 'int8', symmetric: false, groupSize: 4 }, codes(8, false, 4)],
    ['int4', codes(4, false, 8)],
    [{ format: 'int4', symmetric: true, groupSize: 2 }, codes(4, true, 2)],
  ] as readonly (readonly [CacheChoice, Through])[])(
    'is what plain arrays of 64-bit floats predict: %j',
    (cache, through) => {
      const network = (model = characterModel({ length: LENGTH, width: 32, sharpness: 1 }));
      const sequence = TOKENS.slice(0, LENGTH);
      const targets = TOKENS.slice(1);
      const got = forced(network, [sequence], cache);
      const expected = logSoftmax(plainLogits(network, sequence, { through }));
      const exact = logSoftmax(plainLogits(network, sequence, {}));
      if (cache === 'fp32') {
        got.logProbabilities.forEach((log, i) => {
          expect(Math.abs(log - (expected[i] ?? NaN))).toBeLessThan(1e-4);
        });
      } else {
        // A number on the edge of two codes may fall to either side; all others must agree.
        const off = meanDistance(got.logProbabilities, expected);
        expect(off).toBeLessThan(meanDistance(got.logProbabilities, exact) / 5);
      }
      const measured = Math.exp(meanLoss(got, [targets]));
      expect(Math.abs(measured / perplexity(expected, targets) - 1)).toBeLessThan(2e-3);
    },
  );

  it('is the same without a cache, token by token or all at once, under any policy', () => {
    const network = (model = characterModel({ length: LENGTH }));
    const sequence = TOKENS.slice(0, LENGTH);
    const expected = forced(network, [sequence], 'none').logProbabilities;
    setPrecision('bf16');
    const got = forced(network, [sequence], 'fp32').logProbabilities;
    got.forEach((log, i) => {
      expect(Math.abs(log - (expected[i] ?? NaN))).toBeLessThan(1e-4);
    });
  });
});

describe('compareKvCache', () => {
  const text = Array.from(
    { length: 300 },
    (_, i) => 'kernel and '[(7 * i + ((i * i) >> 3)) % 11],
  ).join('');
  const vocabulary = new CharacterVocabulary(text);

  it('holds what the formula says, and loses more with fewer bits', async () => {
    const network = (model = characterModel({
      length: 16,
      width: 32,
      vocabulary: vocabulary.size,
      sharpness: 1,
    }));
    const comparison = await compareKvCache(network, text, {
      formats: ['none', 'fp32', 'bf16', 'int8', 'int4', 'int2'],
      vocabulary,
      windows: 3,
      speed: false,
    });
    const { rows, length } = comparison.result;
    expect(length).toBe(16);
    for (const { formula, measuredBytes } of rows) {
      expect(measuredBytes).toBe(formula?.totalBytes ?? 0);
    }
    // 2 x 2 layers x 4 heads x 8 x 16 tokens x 3 sequences x 4 bytes.
    expect(comparison.row('fp32')?.measuredBytes).toBe(2 * 2 * 4 * 8 * 16 * 3 * 4);
    expect(comparison.row('int8')?.measuredBytes).toBe(2 * 2 * 4 * (8 + 2) * 16 * 3);
    expect(comparison.row('int4')?.measuredBytes).toBe(2 * 2 * 4 * (4 + 3) * 16 * 3);
    const divergence = (name: string): number => comparison.row(name)?.divergence ?? NaN;
    expect(divergence('fp32')).toBe(0);
    expect(divergence('no cache')).toBeLessThan(1e-6);
    expect(divergence('int8')).toBeGreaterThan(1e-7);
    expect(divergence('int4')).toBeGreaterThan(10 * divergence('int8'));
    expect(divergence('int2')).toBeGreaterThan(4 * divergence('int4'));
    expect(comparison.row('fp32')?.agreement).toBe(1);
    expect(String(comparison)).not.toContain('okens/s');
    expect(String(comparison)).toMatch(/int8 +storage only +7.68 kB +7.68 kB +31.3%/);
  });

  it('says of each figure how it came about', async () => {
    const network = (model = characterModel({ length: 8, vocabulary: vocabulary.size }));
    const comparison = await compareKvCache(network, text, {
      formats: ['fp32', { format: 'int4', keys: 'per-channel', tokensPerGroup: 4 }],
      vocabulary,
      windows: 2,
    });
    for (const { tokensPerSecond } of comparison.result.rows) {
      expect(tokensPerSecond).toBeGreaterThan(0);
    }
    const bundle = comparison[JUPYTER_DISPLAY]();
    for (const type of ['text/plain', 'text/html']) {
      for (const word of [
        'int4, per-channel keys over 4 tokens',
        'storage only',
        'native',
        'Measured',
        'no claim',
      ])
        expect(bundle[type]).toContain(word);
    }
  });

  it('leaves nothing behind', async () => {
    const network = (model = characterModel({ length: 8, vocabulary: vocabulary.size }));
    const options = {
      vocabulary,
      windows: 2,
      length: 4,
      formats: ['none', 'fp16', 'int4'],
    } as const;
    const compare = () => compareKvCache(network, text, options);
    await compare();
    const before = { tensors: tf.memory().numTensors, handles: nativeMemory()?.handles };
    await compare();
    expect({ tensors: tf.memory().numTensors, handles: nativeMemory()?.handles }).toEqual(before);
  });

  it('refuses what it cannot read, by name', async () => {
    const network = (model = characterModel({ length: 8, vocabulary: vocabulary.size }));
    const refused = (data: string | number[], options: object) =>
      expect(compareKvCache(network, data, options)).rejects;
    await refused('kernel', {}).toThrow(/needs a vocabulary/);
    await refused('kernel', { vocabulary }).toThrow(/6 tokens; windows of 8 need at least 9/);
    await refused(text, { vocabulary, windows: 0 }).toThrow(/windows is 0/);
    await refused(text, { vocabulary, length: 9 }).toThrow(/8 positions, .* 9 tokens/);
    await refused(text, { vocabulary, formats: [] }).toThrow(/formats is empty/);
    await refused(text, { vocabulary, formats: ['fp64'] }).toThrow(/Unknown cache format 'fp64'/);
  });
});

describe('held-out text', () => {
  it('is cut into windows and the same one token on', () => {
    const { sequences, targets } = heldOut([0, 1, 2, 3, 4, 5, 6, 7, 8], 3, 2);
    expect(sequences).toEqual([
      [0, 1],
      [3, 4],
      [6, 7],
    ]);
    expect(targets).toEqual([
      [1, 2],
      [4, 5],
      [7, 8],
    ]);
  });
});
