import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckpointConfig } from './checkpoint-config';

const ROOT = join(__dirname, '../../..');
const FOLDER = join(ROOT, 'test/pytorch');
const FOLDERS = {
  llama: join(ROOT, 'notebooks/models/tiny-llama'),
  qwen2: join(FOLDER, 'checkpoints/qwen2'),
};

/** Made by test/pytorch/generate_checkpoint.py, of Hugging Face's own models. */
interface Fixture {
  readonly tokens: readonly number[][];
  readonly cases: Readonly<
    Record<
      'llama' | 'qwen2',
      {
        readonly config: CheckpointConfig;
        readonly shapes: Readonly<Record<string, number[]>>;
        readonly logits: readonly number[];
        /** Of the weights as the folder has them. */
        readonly folderLogits: readonly number[];
      }
    >
  >;
}

export const { tokens, cases } = JSON.parse(
  readFileSync(join(FOLDER, 'checkpoint.json'), 'utf8'),
) as Fixture;

/** The folder that its `save_pretrained` wrote. */
export const folderOf = (name: keyof typeof FOLDERS): string => FOLDERS[name];
