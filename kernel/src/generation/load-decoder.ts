import type * as tf from '@tensorflow/tfjs';
import { ensureBackend } from '../backend/load';
import { HalfnoteError } from '../errors';
import { setWeights } from './checkpoint';
import type { CheckpointConfig } from './checkpoint-config';
import { openCheckpoint } from './checkpoint-files';
import { unfilledDecoder } from './checkpoint-places';

export interface LoadDecoderOptions {
  /**
   * What is to hold in place of what config.json says: `{ max_position_embeddings: 2048 }` makes tables of
   * positions smaller. All of it, where there is no config.json.
   */
  readonly config?: Partial<CheckpointConfig>;
}

/**
 * A language model with published weights of the Llama, Qwen2 or Mistral kind, from files as Hugging Face's
 * `save_pretrained` leaves them. Tensors are read one by one: there is never more of the files in memory
 * than one layer's weights. Weights in fp16, bf16 or fp8 become fp32.
 *
 * @param path A folder with `config.json` and `model.safetensors`, or with the several files that
 *   `model.safetensors.index.json` names; or a .safetensors file, whose config.json lies beside it.
 * @throws HalfnoteError `cannot-read`, `invalid-checkpoint`, `invalid-array-file`, `unsupported-array-type`;
 *   `unsupported-model` for another kind, a tensor that lacks or has another shape, and one that has no place.
 */
export async function loadDecoder(
  path: string,
  { config: given = {} }: LoadDecoderOptions = {},
): Promise<tf.LayersModel> {
  const files = await openCheckpoint(path);
  try {
    if (files.config === undefined && Object.keys(given).length === 0) {
      throw new HalfnoteError(
        'cannot-read',
        `There is no config.json at ${path}.`,
        'Put it beside the weights, or say what it would: loadDecoder(path, { config: { hidden_size: 2048, ... } }).',
      );
    }
    const shapes = new Map(
      [...files.tensors].map(([name, file]) => [name, file.tensors.get(name)?.shape ?? []]),
    );
    await ensureBackend();
    const config = { ...files.config, ...given } as CheckpointConfig;
    const { model, places } = unfilledDecoder(shapes, config);
    try {
      for (const [layer, sources] of places) {
        const tensors: tf.Tensor[] = [];
        try {
          for (const { name } of sources) {
            tensors.push((await files.tensors.get(name)?.read(name)) as tf.Tensor);
          }
          setWeights(layer, sources, tensors);
        } finally {
          for (const tensor of tensors) tensor.dispose();
        }
      }
      return model;
    } catch (error) {
      model.dispose();
      throw error;
    }
  } finally {
    await files.close();
  }
}
