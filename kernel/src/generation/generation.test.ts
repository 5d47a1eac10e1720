import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { nativeMemory } from '../backend/load';
import { HOST, INTERRUPTED, JUPYTER_DISPLAY, type Host } from '../host';
import { buildDecoder } from '../layers/decoder-model';
import { groupNormalization } from '../layers/group-normalization';
import { multiHeadAttention } from '../layers/multi-head-attention';
import { transformerBlock } from '../layers/transformer';
import { loadBackend } from '../start';
import { Decoder } from './decoder';
import { generate } from './generate';
import { kvDimensions } from './kv-cache/dimensions';
import { kvCacheSize } from './kv-cache/size';
import { CharacterVocabulary } from './vocabulary';
import { characterModel } from './model.fixture';
import { sampler } from './sample';

beforeAll(() => {
  loadBackend();
});

let model: tf.LayersModel | undefined;
afterEach(() => {
  model?.dispose();
  model = undefined;
});

const LENGTH = 12;

/** [rows][tokens], the same each time. */
function sequences(rows: number, length = LENGTH, vocabulary = 11): number[][] {
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length }, (_, i) => (7 * row + 3 * i * i + i) % vocabulary),
  );
}

/** Of the whole sequence at once, by the model itself. */
function fullPass(of: tf.LayersModel, rows: readonly number[][]): tf.Tensor3D {
  const length = rows[0]?.length ?? 0;
  return of.predict(tf.tensor2d(rows.flat(), [rows.length, length], 'int32')) as tf.Tensor3D;
}

function largestDifference(a: tf.Tensor, b: tf.Tensor): number {
  return tf.tidy(() => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0] ?? NaN);
}

describe('a decoder', () => {
  it.each([1, 4, LENGTH])(
    "with an fp32 cache gives the model's own logits, after a prompt of %d, in a batch",
    (prompt) => {
      const network = (model = characterModel({ length: LENGTH }));
      const rows = sequences(3);
      const decoder = new Decoder(network);
      const parts = [decoder.decode(rows.map((row) => row.slice(0, prompt)))];
      for (let at = prompt; at < LENGTH; at++) {
        parts.push(decoder.decode(rows.map((row) => row.slice(at, at + 1))));
      }
      expect(decoder.length).toBe(LENGTH);
      expect(largestDifference(tf.concat(parts, 1), fullPass(network, rows))).toBeLessThan(1e-5);
      decoder.dispose();
    },
  );

  it.each([false, true])(
    'turns queries and keys by their place, and keeps the heads of keys and values only: tied %s',
    (tieEmbeddings) => {
      const sizes = { vocabSize: 11, width: 16, layers: 2, heads: 4, kvHeads: 2, ffWidth: 24 };
      const network = (model = buildDecoder({ ...sizes, maxLength: LENGTH, tieEmbeddings }));
      const rows = sequences(2);
      const decoder = new Decoder(network);
      const parts = [decoder.decode(rows.map((row) => row.slice(0, 3)))];
      for (let at = 3; at < LENGTH; at++) parts.push(decoder.decode(rows.map((r) => [r[at] ?? 0])));
      expect(largestDifference(tf.concat(parts, 1), fullPass(network, rows))).toBeLessThan(1e-5);
      expect(decoder.maxLength).toBe(LENGTH);
      expect(decoder.cacheBytes).toBe(2 * 2 * 2 * 2 * 4 * LENGTH * 4);
      expect(decoder.cacheBytes).toBe(
        kvCacheSize({ ...kvDimensions(network, { batch: 2 }), format: 'fp32' }).totalBytes,
      );
      decoder.dispose();
    },
  );

  it('takes several tokens at once in the middle of a sequence too', () => {
    const network = (model = characterModel({ length: LENGTH }));
    const rows = sequences(2);
    for (const cache of ['fp32', 'none'] as const) {
      const decoder = new Decoder(network, cache);
      const parts = [0, 5, 8].map((from, i, all) =>
        decoder.decode(rows.map((row) => row.slice(from, all[i + 1]))),
      );
      expect(parts.map(({ shape }) => shape[1])).toEqual([5, 3, 4]);
      expect(largestDifference(tf.concat(parts, 1), fullPass(network, rows))).toBeLessThan(1e-5);
      decoder.dispose();
    }
  });

  it('reads logits off a model that ends in a softmax', () => {
    const network = (model = characterModel({ length: LENGTH, activation: 'softmax' }));
    const rows = sequences(2);
    const decoder = new Decoder(network);
    const probabilities = tf.softmax(decoder.decode(rows));
    expect(largestDifference(probabilities, fullPass(network, rows))).toBeLessThan(1e-6);
    decoder.dispose();
  });

  it('computes only what is new: earlier tokens do not go through the layers again', () => {
    const network = (model = characterModel({ length: LENGTH }));
    const decoder = new Decoder(network);
    const seen: number[] = [];
    const dense = network.getLayer('logits');
    dense.setCallHook((inputs) => {
      const [input] = Array.isArray(inputs) ? inputs : [inputs];
      seen.push(input?.shape[1] ?? NaN);
    });
    decoder.decode(sequences(1, 5));
    decoder.decode([[1]]);
    expect(seen).toEqual([5, 1]);
    decoder.dispose();
  });

  it('gives each layer its own weights back to the model: predict is as before', () => {
    const network = (model = characterModel({ length: LENGTH }));
    const rows = sequences(1);
    const before = fullPass(network, rows);
    const decoder = new Decoder(network, 'int8');
    decoder.decode(rows).dispose();
    decoder.dispose();
    expect(fullPass(network, rows).dataSync()).toEqual(before.dataSync());
  });

  it('decodes an unlimited sequence where the model has no positions', () => {
    const input = tf.input({ shape: [null], dtype: 'int32' });
    let x = tf.layers.embedding({ inputDim: 11, outputDim: 8 }).apply(input) as tf.SymbolicTensor;
    x = transformerBlock(x, { numHeads: 2, causal: true, seed: 1 });
    x = tf.layers.dense({ units: 11 }).apply(x) as tf.SymbolicTensor;
    const network = (model = tf.model({ inputs: input, outputs: x }));
    const decoder = new Decoder(network, 'fp32');
    expect(decoder.maxLength).toBe(Infinity);
    const rows = sequences(1, 30);
    const parts = rows[0]?.map((token) => decoder.decode([[token]])) ?? [];
    expect(largestDifference(tf.concat(parts, 1), fullPass(network, rows))).toBeLessThan(1e-5);
    decoder.dispose();
  });

  it('says what is wrong with tokens', () => {
    const decoder = new Decoder((model = characterModel({ length: LENGTH })));
    expect(() => decoder.decode([[1, 2], [3]])).toThrow(/rows of \[2, 1\]/);
    expect(() => decoder.decode([[11]])).toThrow(
      /11 is no token; allowed are integers from 0 to 10/,
    );
    expect(() => decoder.decode(sequences(1, 13))).toThrow(/12 positions, .* 13 tokens/);
    decoder.decode([[1], [2]]).dispose();
    expect(() => decoder.decode([[1]])).toThrow(/allowed are 2 rows/);
    decoder.dispose();
  });
});

describe('a model that cannot generate token by token is refused by the name of its layer', () => {
  const build = (layers: (x: tf.SymbolicTensor) => tf.SymbolicTensor, units = 11): Decoder => {
    const input = tf.input({ shape: [6], dtype: 'int32' });
    const x = tf.layers.embedding({ inputDim: 11, outputDim: 8 }).apply(input);
    const y = tf.layers.dense({ units }).apply(layers(x as tf.SymbolicTensor));
    return new Decoder((model = tf.model({ inputs: input, outputs: y as tf.SymbolicTensor })));
  };
  const apply = (layer: tf.layers.Layer) => (x: tf.SymbolicTensor) =>
    layer.apply(x) as tf.SymbolicTensor;

  it.each([
    [
      'sees later positions',
      () => multiHeadAttention({ numHeads: 2, keyDim: 4, name: 'both' }),
      /'both'.*causal: true/,
    ],
    [
      'runs over the sequence',
      () => tf.layers.gru({ units: 8, returnSequences: true, name: 'rnn' }),
      /'rnn'.*GRU is none of/,
    ],
    [
      'mixes neighbors',
      () => tf.layers.conv1d({ filters: 8, kernelSize: 2, padding: 'causal', name: 'conv' }),
      /'conv'.*Conv1D is none of/,
    ],
    [
      'normalizes over positions',
      () => groupNormalization({ groups: 2, name: 'group' }),
      /'group'.*GroupNormalization/,
    ],
    [
      'normalizes another axis',
      () => tf.layers.layerNormalization({ axis: 1, name: 'wrong' }),
      /'wrong'.*axis is 1/,
    ],
  ])('%s', (_, layer, message) => {
    expect(() => build(apply(layer()))).toThrow(message);
  });

  it('attends to another sequence', () => {
    const cross = multiHeadAttention({ numHeads: 2, keyDim: 4, causal: true, name: 'cross' });
    expect(() =>
      build((x) => {
        const other = tf.layers.dense({ units: 8 }).apply(x) as tf.SymbolicTensor;
        return cross.apply([x, other]) as tf.SymbolicTensor;
      }),
    ).toThrow(/'cross'.*self-attention/);
  });

  it('predicts once for the whole sequence', () => {
    const network = (model = tf.sequential({
      layers: [
        tf.layers.embedding({ inputDim: 5, outputDim: 4, inputLength: 3 }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 5 }),
      ],
    }));
    expect(() => new Decoder(network)).toThrow(
      /its output is \[\?, 5\]; allowed is \[batch, length/,
    );
  });
});

describe('generate', () => {
  const greedy = { temperature: 0, maxNewTokens: 6 } as const;

  it('takes the likeliest token each time at temperature 0, as the model itself would', async () => {
    const network = (model = characterModel({ length: LENGTH }));
    const prompt = sequences(1, 4)[0] ?? [];
    const { tokens } = await generate(network, prompt, greedy);
    const expected = [...prompt];
    for (let i = 0; i < 6; i++) {
      // Later positions are not seen: what they hold doesn't matter.
      const padded = [...expected, ...new Array<number>(LENGTH - expected.length).fill(0)];
      const likeliest = tf.argMax(fullPass(network, [padded]), -1).dataSync();
      expected.push(likeliest[expected.length - 1] ?? NaN);
    }
    expect(tokens).toEqual([expected]);
  });

  it.each(['none', 'bf16', 'fp16', 'int8'] as const)(
    'writes the same with %s as with an fp32 cache where the model is sure',
    async (cache) => {
      const network = (model = characterModel({ length: LENGTH, sharpness: 6 }));
      const prompt = sequences(2, 3);
      const reference = await generate(network, prompt, greedy);
      const { tokens } = await generate(network, prompt, { ...greedy, cache });
      expect(tokens).toEqual(reference.tokens);
    },
  );

  it('draws the same tokens for the same seed, others for another, alone as in a batch', async () => {
    const network = (model = characterModel({ length: LENGTH }));
    const [one = [], two = []] = sequences(2, 3);
    const draw = async (prompt: readonly number[][], seed: number) =>
      (await generate(network, prompt, { maxNewTokens: 9, seed })).tokens;
    const both = await draw([one, two], 5);
    expect(await draw([one, two], 5)).toEqual(both);
    expect(await draw([one, two], 6)).not.toEqual(both);
    expect(await draw([one], 5)).toEqual([both[0]]);
  });

  it('draws as often as the probabilities say, and only among the topK', async () => {
    const network = (model = characterModel({ length: LENGTH }));
    const rows = Array.from({ length: 2000 }, () => [3]);
    const logits = fullPass(network, [[3, ...new Array<number>(LENGTH - 1).fill(0)]]);
    const first = tf.slice(logits, [0, 0, 0], [1, 1, 11]);
    const probability = tf.softmax(tf.div(first, 0.5)).dataSync();
    const draw = async (topK?: number) => {
      const options = {
        maxNewTokens: 1,
        temperature: 0.5,
        ...(topK === undefined ? {} : { topK }),
      };
      const { newTokens } = await generate(network, rows, options);
      const counts = new Array<number>(11).fill(0);
      for (const [token = 0] of newTokens) counts[token] = (counts[token] ?? 0) + 1;
      return counts;
    };
    (await draw()).forEach((count, token) => {
      const p = probability[token] ?? 0;
      // Five standard deviations of a binomial distribution.
      expect(Math.abs(count / 2000 - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / 2000) + 1e-3);
    });
    const among = (await draw(2)).flatMap((count, token) => (count > 0 ? [token] : []));
    const best = [...probability.keys()].sort(
      (a, b) => (probability[b] ?? 0) - (probability[a] ?? 0),
    );
    expect(new Set(among)).toEqual(new Set(best.slice(0, 2)));
  });

  it('draws only among the likeliest that together have topP', () => {
    const logits = Float32Array.of(Math.log(0.2), Math.log(0.5), Math.log(0.25), Math.log(0.05));
    const drawn = (topP: number): number[] => {
      const choose = sampler({ topP, seed: 1 });
      const all = Array.from({ length: 400 }, (_, step) => choose(logits, 0, step));
      return [...new Set(all)].sort();
    };
    expect(drawn(0.4)).toEqual([1]);
    expect(drawn(0.7)).toEqual([1, 2]);
    expect(drawn(0.9)).toEqual([0, 1, 2]);
    expect(drawn(1)).toEqual([0, 1, 2, 3]);
  });

  it('writes the text to the output as it comes, and shows it where it is interrupted', async () => {
    const vocabulary = new CharacterVocabulary('the kernels');
    const network = (model = characterModel({ length: LENGTH, vocabulary: vocabulary.size }));
    let written = '';
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      written += String(text);
      return true;
    });
    const shown: string[] = [];
    const cell: Pick<Host, 'display' | 'throwIfInterrupted'> = {
      display: ({ data }) => shown.push(String(data['text/plain'])),
      throwIfInterrupted: () => {
        if (written.length === 3) throw Object.assign(new Error('stop'), { name: INTERRUPTED });
      },
    };
    (globalThis as { [HOST]?: unknown })[HOST] = cell;
    try {
      const options = { vocabulary, stream: true, maxNewTokens: 8 };
      await expect(generate(network, 'the ', options)).rejects.toThrow('stop');
      expect(written).toHaveLength(3);
      expect(shown).toHaveLength(1);
      expect(shown[0]).toMatch(new RegExp(`^the ${written}\n\n3 new tokens`));
    } finally {
      write.mockRestore();
      Reflect.deleteProperty(globalThis, HOST);
    }
    await expect(generate(network, [1], { stream: true })).rejects.toThrow(/without a vocabulary/);
  });

  it('turns text into text, and tells of each token as it comes', async () => {
    const vocabulary = new CharacterVocabulary('the kernels');
    const network = (model = characterModel({ length: LENGTH, vocabulary: vocabulary.size }));
    const heard: string[] = [];
    const written = await generate(network, 'the ', {
      vocabulary,
      maxNewTokens: 5,
      onToken: ([token = NaN]) => heard.push(vocabulary.decode([token])),
    });
    expect(written.text).toBe(`the ${heard.join('')}`);
    expect(heard).toHaveLength(5);
    const bundle = written[JUPYTER_DISPLAY]();
    expect(bundle['text/html']).toContain('<b>the </b>');
    expect(bundle['text/plain']).toMatch(/5 new tokens; fp32 cache, 2.05 kB for 8 tokens/);
    await expect(generate(network, 'the?', { vocabulary })).rejects.toThrow(/"\?" is not among/);
    await expect(generate(network, 'the')).rejects.toThrow(/needs a vocabulary/);
  });

  it('stops before it starts where there are too few positions, or slides', async () => {
    const network = (model = characterModel({ length: LENGTH }));
    await expect(generate(network, [1, 2, 3], { maxNewTokens: 11 })).rejects.toThrow(
      /12 positions: after a prompt of 3 there is room for 10 new tokens, not 11/,
    );
    expect((await generate(network, [1, 2, 3], { maxNewTokens: 10 })).tokens[0]).toHaveLength(13);
    const slide = { maxNewTokens: 40, overflow: 'slide', temperature: 0 } as const;
    const long = await generate(network, [1, 2, 3], slide);
    expect(long.tokens[0]).toHaveLength(43);
    const whole = await generate(network, [1, 2, 3], { ...slide, cache: 'none' });
    expect(whole.tokens).toEqual(long.tokens);
  });

  it('leaves no tensor and no native handle behind, also when it fails', async () => {
    const network = (model = characterModel({ length: LENGTH }));
    await generate(network, [1, 2], { maxNewTokens: 3, cache: 'int4' });
    const before = { tensors: tf.memory().numTensors, handles: nativeMemory()?.handles };
    await generate(
      network,
      [
        [1, 2],
        [4, 5],
      ],
      { maxNewTokens: 3, cache: 'int4' },
    );
    await generate(network, [1, 2], { maxNewTokens: 30, overflow: 'slide', cache: 'bf16' });
    const fail = () => {
      throw new Error('stop');
    };
    await expect(generate(network, [1, 2], { onToken: fail })).rejects.toThrow();
    expect({ tensors: tf.memory().numTensors, handles: nativeMemory()?.handles }).toEqual(before);
  });

  it('names what it does not know', async () => {
    const network = (model = characterModel({ length: LENGTH }));
    const refused = (options: object, prompt: number[] = [1]) =>
      expect(generate(network, prompt, options)).rejects;
    await refused({ temperature: -1 }).toThrow(/temperature is -1; allowed are numbers from 0/);
    await refused({ topP: 0 }).toThrow(/topP is 0; allowed are numbers above 0, up to 1/);
    await refused({ topK: 0 }).toThrow(/topK is 0; allowed are integers from 1/);
    await refused({ maxNewTokens: 0 }).toThrow(/maxNewTokens is 0/);
    await refused({ cache: 'int5', maxNewTokens: 2 }).toThrow(/Unknown cache format 'int5'/);
    await refused({}, []).toThrow(/Prompts have lengths/);
  });

  it('says so when the model computes NaN', async () => {
    const network = (model = characterModel({ length: LENGTH }));
    const [weights] = network.getLayer('logits').getWeights();
    network
      .getLayer('logits')
      .setWeights([
        tf.fill(weights?.shape ?? [], NaN),
        ...network.getLayer('logits').getWeights().slice(1),
      ]);
    await expect(generate(network, [1], { maxNewTokens: 2 })).rejects.toThrow(/logit .* is NaN/);
  });
});
