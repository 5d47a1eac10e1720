import { cpSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../start';
import { cases, folderOf, tokens } from './checkpoint.fixture';
import { loadDecoder, type LoadDecoderOptions } from './load-decoder';

const work = mkdtempSync(join(tmpdir(), 'halfnote-checkpoint-'));
beforeAll(() => {
  loadBackend();
});
afterAll(() => {
  rmSync(work, { recursive: true });
});

let copies = 0;
/** A copy of a folder, to be changed. */
function copyOf(name: 'llama' | 'qwen2'): (file: string) => string {
  const folder = join(work, String(copies++));
  cpSync(folderOf(name), folder, { recursive: true });
  return (file) => join(folder, file);
}

function worst(model: tf.LayersModel, expected: readonly number[]): number {
  const given = tf.tidy(() =>
    (model.predict(tf.tensor2d([...tokens.map((row) => [...row])])) as tf.Tensor).dataSync(),
  );
  expect(given).toHaveLength(expected.length);
  return expected.reduce((most, x, i) => Math.max(most, Math.abs(x - (given[i] ?? NaN))), 0);
}

describe('a folder that Hugging Face wrote', () => {
  // llama: three files of fp32; qwen2: one of bf16, with tied embeddings.
  it.each(['llama', 'qwen2'] as const)("gives %s's own logits", async (name) => {
    const before = tf.memory().numTensors;
    const model = await loadDecoder(folderOf(name));
    expect(worst(model, cases[name].folderLogits)).toBeLessThan(1e-4);
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('may be given as its file, and without a config.json with what that would say', async () => {
    const at = copyOf('qwen2');
    const { folderLogits, config } = cases.qwen2;
    const beside = await loadDecoder(at('model.safetensors'));
    expect(worst(beside, folderLogits)).toBeLessThan(1e-4);
    rmSync(at('config.json'));
    const alone = await loadDecoder(at('model.safetensors'), { config });
    expect(worst(alone, folderLogits)).toBeLessThan(1e-4);
    for (const model of [beside, alone]) model.dispose();
  });

  it('can have fewer positions than it says', async () => {
    const model = await loadDecoder(folderOf('llama'), { config: { max_position_embeddings: 16 } });
    expect(worst(model, cases.llama.folderLogits)).toBeLessThan(1e-4);
    expect(() => model.predict(tf.zeros([1, 17]))).toThrow(/16 positions/);
    model.dispose();
  });
});

type Spoil = (at: (file: string) => string) => string;

describe('what cannot be read says what lacks', () => {
  const whole = (change: (at: (file: string) => string) => void): Spoil => {
    return (at) => {
      change(at);
      return at('');
    };
  };
  const index = (map: unknown): Spoil =>
    whole((at) => {
      writeFileSync(at('model.safetensors.index.json'), JSON.stringify(map));
    });

  const CASES: readonly (readonly [string, Spoil, RegExp, LoadDecoderOptions?])[] = [
    [
      'a name that is no path',
      () => 'org/model',
      /Can't read org\/model.*\nGive the path of a folder/s,
    ],
    [
      'a shard',
      whole((at) => {
        rmSync(at('model-00002-of-00003.safetensors'));
      }),
      /Can't read .*model-00002-of-00003/,
    ],
    [
      'the weights',
      whole((at) => {
        renameSync(at('model.safetensors.index.json'), at('pytorch_model.bin'));
      }),
      /neither model.safetensors nor .* It has: config.json.*pytorch_model.bin.*save_pretrained/s,
    ],
    [
      'the configuration',
      whole((at) => {
        rmSync(at('config.json'));
      }),
      /no config.json/,
    ],
    [
      'a configuration that can be read',
      whole((at) => {
        writeFileSync(at('config.json'), '{"hidden_size": ');
      }),
      /config.json is no JSON object/,
    ],
    ['a map of the files', index({}), /has no weight_map/],
    [
      'a file within the folder',
      index({ weight_map: { 'model.norm.weight': '../model.safetensors' } }),
      /which is no file's name/,
    ],
    [
      'a tensor in its file',
      index({ weight_map: { 'model.norm.bias': 'model-00001-of-00003.safetensors' } }),
      /'model.norm.bias' is in model-00001-of-00003.safetensors, which lacks it/,
    ],
    [
      'a tensor in any',
      index({
        weight_map: { 'model.embed_tokens.weight': 'model-00001-of-00003.safetensors' },
      }),
      /'model.layers.0.self_attn.q_proj.weight' is missing/,
    ],
    ['layers for it', (at) => at(''), /model_type is 'gemma'/, { config: { model_type: 'gemma' } }],
    [
      'the size',
      (at) => at(''),
      /embed_tokens.weight' is \[9, 16\]/,
      { config: { vocab_size: 8 } },
    ],
  ];

  const named = CASES.map(([lacking, spoil, message, options]) => ({
    lacking,
    spoil,
    message,
    options,
  }));
  it.each(named)('$lacking', async ({ spoil, message, options }) => {
    const before = tf.memory().numTensors;
    const path = spoil(copyOf('llama'));
    await expect(loadDecoder(path, options)).rejects.toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  });
});
