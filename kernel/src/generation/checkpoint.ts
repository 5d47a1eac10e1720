import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import type { CheckpointConfig } from './checkpoint-config';
import { unfilledDecoder, type Source } from './checkpoint-places';

/**
 * A language model with the weights of a published checkpoint of the Llama, Qwen2 or Mistral kind.
 *
 * @param tensors By the checkpoint's names: `model.embed_tokens.weight`, `model.layers.0.self_attn.q_proj.weight`,
 *   ... as float32. They stay the caller's.
 * @param config What its `config.json` says. `max_position_embeddings` may be made smaller: it bounds sequences.
 * @throws HalfnoteError `unsupported-model` for another kind, a tensor that lacks or has another shape, and
 *   one that has no place.
 */
export function decoderFromCheckpoint(
  tensors: Readonly<Record<string, Tensor>>,
  config: CheckpointConfig,
): tf.LayersModel {
  const shapes = new Map(Object.entries(tensors).map(([name, { shape }]) => [name, shape]));
  const { model, places } = unfilledDecoder(shapes, config);
  for (const [layer, sources] of places) {
    setWeights(
      layer,
      sources,
      sources.map(({ name }) => tensors[name] as Tensor),
    );
  }
  return model;
}

/** Gives a layer its weights: the sources' tensors, which stay the caller's. */
export function setWeights(
  layer: tf.layers.Layer,
  sources: readonly Source[],
  tensors: readonly Tensor[],
): void {
  tf.tidy(() => {
    layer.setWeights(tensors.map((x, i) => (sources[i]?.turned === true ? tf.transpose(x) : x)));
  });
}
