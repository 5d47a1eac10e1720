import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { nativeMemory } from '../../backend/load';
import { runGraph } from '../../execution/run-graph';
import type { WeightName } from '../../formats/uses';
import { buildDecoder, type DecoderOptions } from '../../layers/decoder-model';
import { transformerBlock } from '../../layers/transformer';
import type { EmbeddingFormat } from '../../graph/embedding-table';
import type { QuantizeOptions } from '../../quantization/options';
import { quantize } from '../../quantization/quantize';
import { JUPYTER_DISPLAY } from '../../host';
import { loadBackend } from '../../start';
import { Decoder } from '../decoder';
import { generate } from '../generate';
import { characterModel } from '../model.fixture';
import { SharedCache } from './shared-cache';
import type { DecoderSource } from '../plan';

beforeAll(() => {
  loadBackend();
});

let model: tf.LayersModel | undefined;
afterEach(() => {
  model?.dispose();
  model = undefined;
});

const SMALL: DecoderOptions = {
  vocabSize: 40,
  width: 32,
  layers: 2,
  heads: 4,
  kvHeads: 2,
  ffWidth: 96,
  maxLength: 300,
  seed: 3,
};
const rowsOf = (count: number, length: number, vocabulary = 11): number[][] =>
  Array.from({ length: count }, (_, row) =>
    Array.from({ length }, (_, i) => (7 * row + 3 * i * i + i) % vocabulary),
  );

/** Logits of whole sequences, the first `prompt` tokens at once and the others one by one. */
function decoded(
  source: DecoderSource,
  rows: readonly number[][],
  engine: 'onnxruntime' | 'tensorflow' | 'auto',
  parts: readonly number[] = [3],
): Float32Array {
  const decoder = new Decoder(source, 'fp32', engine);
  const length = rows[0]?.length ?? 0;
  const starts = [0, ...parts];
  for (let at = (parts.at(-1) ?? 0) + 1; at < length; at++) starts.push(at);
  const logits = tf.tidy(() =>
    tf
      .concat(
        starts.map((from, i) => decoder.decode(rows.map((row) => row.slice(from, starts[i + 1])))),
        1,
      )
      .dataSync<'float32'>(),
  );
  decoder.dispose();
  return logits;
}

function fullPass(of: tf.LayersModel, rows: readonly number[][]): Float32Array {
  const shape: [number, number] = [rows.length, rows[0]?.length ?? 0];
  return tf.tidy(() =>
    (of.predict(tf.tensor2d(rows.flat(), shape, 'int32')) as tf.Tensor).dataSync<'float32'>(),
  );
}

/** Root mean square of the difference over that of the values. */
function distance(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  const sum = (of: (x: number, i: number) => number): number =>
    a.reduce((total, x, i) => total + of(x, i) ** 2, 0);
  return Math.sqrt(sum((x, i) => x - (b[i] ?? NaN)) / sum((x) => x));
}

describe("decoding as one graph of ONNX Runtime gives the model's own logits", () => {
  it.each<readonly [string, Partial<DecoderOptions>]>([
    ['of grouped queries', {}],
    ['of interleaved pairs and a bias', { ropeLayout: 'interleaved', attentionBias: true }],
    ['of tied embeddings and one head of keys', { tieEmbeddings: true, kvHeads: 1, theta: 500 }],
  ])('%s, in a batch', (_, options) => {
    const network = (model = buildDecoder({ ...SMALL, ...options }));
    const rows = rowsOf(3, 12);
    expect(distance(fullPass(network, rows), decoded(network, rows, 'onnxruntime'))).toBeLessThan(
      1e-5,
    );
  });

  it('of plain attention and learned positions, with several tokens in the middle', () => {
    const network = (model = characterModel({ length: 12, width: 32, activation: 'softmax' }));
    for (const rows of [rowsOf(1, 12), rowsOf(2, 12)]) {
      const logits = tf.tensor(decoded(network, rows, 'onnxruntime', [2, 7]), [
        rows.length,
        12,
        11,
      ]);
      const probabilities = tf.softmax(logits).dataSync<'float32'>();
      expect(distance(fullPass(network, rows), probabilities)).toBeLessThan(1e-5);
    }
  });

  it('also of sequences that outgrow the room that there was at first', () => {
    const network = (model = buildDecoder({ ...SMALL, layers: 1 }));
    const rows = rowsOf(2, 290);
    expect(
      distance(fullPass(network, rows), decoded(network, rows, 'onnxruntime', [100])),
    ).toBeLessThan(1e-5);
  });
});

describe('the bytes of the shared cache', () => {
  it('are those of the tensors that ONNX Runtime is given, with the room in them', () => {
    const sites = [
      { name: 'a', heads: 4, kvHeads: 2, headDim: 8 },
      { name: 'b', heads: 4, kvHeads: 1, headDim: 16 },
    ];
    const cache = new SharedCache(sites, 300);
    const given = (more: number): number => {
      const { past, present } = cache.forTokens(3, more);
      cache.length += more;
      const arrays = [...Object.values(past), ...Object.values(present)].map(
        ({ data }) => (data as Float32Array).buffer,
      );
      return [...new Set(arrays)].reduce((sum, { byteLength }) => sum + byteLength, 0);
    };
    for (const [more, room] of [
      [1, 128],
      [127, 128],
      [1, 256],
      [150, 300],
    ] as const) {
      expect(given(more)).toBe(cache.bytes);
      expect(cache.room).toBe(room);
      expect(cache.bytes).toBe(2 * 3 * (2 * 8 + 16) * 4 * room);
    }
    cache.reset();
    expect(cache.bytes).toBe(0);
  });
});

describe('a quantized decoder', () => {
  const sized = async (options: QuantizeOptions) => {
    model = buildDecoder({ ...SMALL, tieEmbeddings: true });
    return quantize(model, { mode: 'weight-only', engine: 'simulated', ...options });
  };
  const simulated = async (of: Awaited<ReturnType<typeof sized>>, rows: readonly number[][]) => {
    const runner = await runGraph(of.graph, { engine: 'simulated' });
    const shape: [number, number] = [rows.length, rows[0]?.length ?? 0];
    const tokens = tf.tensor2d(rows.flat(), shape, 'int32');
    const [logits] = runner.predict([tokens]);
    runner.dispose();
    const values = logits?.dataSync<'float32'>() ?? new Float32Array();
    tf.dispose([tokens, logits]);
    return values;
  };

  it.each<readonly [string, QuantizeOptions]>([
    ['int8', { weights: 'int8' }],
    ['int8 in groups', { weights: 'int8', granularity: { group: 32 } }],
    ['int4', { weights: 'int4' }],
    ['int4 in groups', { weights: 'int4', granularity: { group: 16 } }],
    ['int2', { weights: 'int2' }],
  ])('of %s multiplies packed weights, but for the rounding of activations', async (_, options) => {
    const small = await sized(options);
    const rows = rowsOf(2, 10);
    const expected = await simulated(small, rows);
    expect(new Decoder(small).engine).toBe('onnxruntime');
    expect(distance(expected, decoded(small, rows, 'auto'))).toBeLessThan(0.03);
    expect(distance(expected, decoded(small, rows, 'tensorflow'))).toBeLessThan(0.03);
    small.dispose();
  });

  it.each<readonly [WeightName, bytes: number]>([
    ['fp16', 2],
    ['bf16', 2],
    ['fp8', 1],
    ['fp8-e5m2', 1],
    ['nf4', 0.5625],
  ])('of %s keeps %d bytes a weight, and widens them step by step', async (weights, bytes) => {
    const [width, ffWidth] = [64, 128];
    model = buildDecoder({ ...SMALL, width, ffWidth });
    const small = await quantize(model, { mode: 'weight-only', engine: 'simulated', weights });
    const rows = rowsOf(2, 10);
    const decoder = new Decoder(small);
    expect(decoder.engine).toBe('onnxruntime');
    const products = small.graph.nodes.flatMap(({ op }) => (op.kind === 'linear' ? [op] : []));
    const count = products.reduce((sum, { weights: { codes } }) => sum + codes.length, 0);
    const channels = products.reduce((sum, { weights: { channels: some } }) => sum + some, 0);
    // What stays in float: the table, one gain for five that are equal; and cos and sin of 8 / 2 angles at 300 places.
    const others = 4 * (SMALL.vocabSize * width + width + 2 * 300 * (width / 4 / 2));
    const scales = weights.startsWith('fp8') ? 4 * channels : 0;
    const biases = 4 * channels;
    expect(decoder.weightBytes - others - count * bytes - scales).toBeGreaterThanOrEqual(0);
    expect(decoder.weightBytes - others - count * bytes - scales).toBeLessThan(biases + 100);
    decoder.dispose();
    expect(distance(await simulated(small, rows), decoded(small, rows, 'auto'))).toBeLessThan(1e-5);
    small.dispose();
  });

  describe.each([true, false])('with embeddings in codes (tied: %s)', (tieEmbeddings) => {
    it.each<readonly [EmbeddingFormat, QuantizeOptions, bytes: number]>([
      ['int8', { weights: 'int8' }, 1],
      ['int8', { weights: 'int4', granularity: { group: 16 } }, 1],
      ['int4', { weights: 'int4', granularity: { group: 16 } }, 0.5],
      ['bf16', { weights: 'bf16' }, 2],
      ['fp16', { weights: 'nf4' }, 2],
    ])('in %s beside %j keeps them so in both engines', async (embeddings, options, bytes) => {
      const [width, ffWidth] = [64, 128];
      const network = (model = buildDecoder({ ...SMALL, width, ffWidth, tieEmbeddings }));
      const before = tf.memory().numTensors;
      const common = { mode: 'weight-only', engine: 'simulated', ...options } as const;
      const [plain, small] = [
        await quantize(network, common),
        await quantize(network, { ...common, embeddings }),
      ];
      const rows = rowsOf(2, 10);
      const expected = await simulated(small, rows);
      const bound = options.weights?.startsWith('int') === true ? 0.03 : 1e-5;
      expect(distance(await simulated(plain, rows), expected)).toBeGreaterThan(1e-5);
      const floats = SMALL.vocabSize * width;
      for (const engine of ['onnxruntime', 'tensorflow'] as const) {
        expect(distance(expected, decoded(small, rows, engine))).toBeLessThan(bound);
        const [in32 = 0, inCodes = 0] = [plain, small].map((one) => {
          const decoder = new Decoder(one, 'fp32', engine);
          tf.dispose(decoder.decode([[1]]));
          const { weightBytes } = decoder;
          decoder.dispose();
          return weightBytes;
        });
        // Codes that the product has already cost nothing more than the shapes of their scales.
        const isShared =
          engine === 'onnxruntime' && tieEmbeddings && embeddings === options.weights;
        const isFloat = embeddings !== 'int8' && embeddings !== 'int4';
        const scales = isFloat ? 0 : (floats / (options.granularity === undefined ? 64 : 16)) * 4;
        const own = isShared && !isFloat ? 0 : bytes * floats + scales;
        const saved = in32 - inCodes;
        expect(saved).toBeLessThanOrEqual(4 * floats - own);
        expect(saved).toBeGreaterThan(4 * floats - own - 200);
      }
      for (const one of [plain, small]) one.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  it('has embeddings in formats of rows only', async () => {
    await expect(sized({ embeddings: 'int3' as never })).rejects.toThrow(
      /Unknown weight format 'int3'. Allowed: fp32, bf16, fp16, int8, int4/,
    );
  });

  it('is refused where its embeddings mask a token, in codes as in float', async () => {
    const tokens = tf.input({ shape: [null], dtype: 'int32' });
    const rows = tf.layers.embedding({ inputDim: 40, outputDim: 16, maskZero: true }).apply(tokens);
    const logits = tf.layers.dense({ units: 40 }).apply(rows) as tf.SymbolicTensor;
    model = tf.model({ inputs: tokens, outputs: logits });
    for (const embeddings of ['fp32', 'int8', 'bf16'] as const) {
      const small = await quantize(model, { mode: 'weight-only', embeddings });
      expect(() => new Decoder(small)).toThrow(/it masks token 0 \(maskZero\)/);
      small.dispose();
    }
  });

  it.each(['codebook4', 'log4'] as const)('of %s decodes node by node', async (weights) => {
    const small = await sized({ weights });
    const rows = rowsOf(2, 10);
    expect(new Decoder(small).engine).toBe('tensorflow');
    expect(distance(await simulated(small, rows), decoded(small, rows, 'auto'))).toBeLessThan(1e-5);
    small.dispose();
  });

  it('of dropout and norms leaves out what is for training only', async () => {
    const tokens = tf.input({ shape: [8], dtype: 'int32' });
    const embedding = tf.layers.embedding({ inputDim: 11, outputDim: 32 });
    let x = embedding.apply(tokens) as tf.SymbolicTensor;
    x = transformerBlock(x, { numHeads: 2, causal: true, dropout: 0.5, seed: 1 });
    const y = tf.layers.dense({ units: 11 }).apply(x) as tf.SymbolicTensor;
    model = tf.model({ inputs: tokens, outputs: y });
    const small = await quantize(model, { weights: 'int8', mode: 'weight-only' });
    const rows = rowsOf(2, 8);
    for (const engine of ['onnxruntime', 'tensorflow'] as const) {
      expect(distance(await simulated(small, rows), decoded(small, rows, engine))).toBeLessThan(
        0.03,
      );
    }
    small.dispose();
  });

  it('generates with any cache, and says what ran', async () => {
    const small = await sized({ weights: 'int4' });
    const greedy = { temperature: 0, maxNewTokens: 6 };
    const fast = await generate(small, [1, 2, 3], greedy);
    expect(fast.result.engine).toBe('onnxruntime');
    // Two layers' keys and values: two heads of 8 numbers in fp32, with memory for 128 tokens.
    expect(fast.result.cacheBytes).toBe(2 * 2 * 2 * 8 * 4 * 128);
    expect(String(fast[JUPYTER_DISPLAY]()['text/plain'])).toContain(
      'fp32 cache, 32.8 kB for 8 of 128 tokens; one graph of ONNX Runtime',
    );
    const halves = await generate(small, [1, 2, 3], { ...greedy, cache: 'bf16' });
    expect(halves.result.engine).toBe('tensorflow');
    expect(halves.result.cacheBytes).toBe(2 * 2 * 2 * 8 * 2 * 8);
    expect(String(halves[JUPYTER_DISPLAY]()['text/plain'])).toContain('1.02 kB for 8 tokens');
    await expect(generate(small, [1], { engine: 'onnxruntime', cache: 'int8' })).rejects.toThrow(
      /it keeps keys and values in fp32, and cache is 'int8'/,
    );
    const same = await generate(small, [1, 2, 3], { ...greedy, cache: { format: 'fp32' } });
    expect(same.result.engine).toBe('onnxruntime');
    const narrow = characterModel({ length: 4 });
    await expect(generate(narrow, [1], { engine: 'onnxruntime' })).rejects.toThrow(
      /'block0_attention' have width 4, no multiple of 8/,
    );
    const delayed = { weights: 'fp8', mode: 'dynamic', activationScale: 'delayed' } as const;
    const remembers = await sized(delayed);
    await expect(generate(remembers, [1], { engine: 'onnxruntime' })).rejects.toThrow(
      /rounded to e4m3, scaled by earlier batches, which a file does not remember/,
    );
    remembers.dispose();
    await expect(generate(small, [1], { engine: 'cpu' as never })).rejects.toThrow(/'cpu'/);
    small.dispose();
  });

  it('leaves no tensor and no native handle behind', async () => {
    const small = await sized({ weights: 'codebook4' });
    await generate(small, [1, 2], { maxNewTokens: 2 });
    const before = { tensors: tf.memory().numTensors, handles: nativeMemory()?.handles };
    await generate(small, [1, 2], { maxNewTokens: 3 });
    expect({ tensors: tf.memory().numTensors, handles: nativeMemory()?.handles }).toEqual(before);
    small.dispose();
  });

  it('is refused where its values have fixed ranges', async () => {
    const tokens = tf.tensor2d(rowsOf(2, 8), [2, 8], 'int32');
    const small = await sized({ mode: 'static', calibrate: tokens });
    expect(() => new Decoder(small)).toThrow(/fixed ranges; allowed are the modes 'weight-only'/);
    small.dispose();
  });
});
