import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { buildDecoder } from '../layers/decoder-model';
import { decoderOptions, unsupported, type CheckpointConfig } from './checkpoint-config';

/** Of a linear layer [outputs, inputs], as PyTorch keeps it: turned for ours. */
const TURNED: readonly (readonly [ours: string, theirs: string])[] = [
  ['query', 'self_attn.q_proj'],
  ['key', 'self_attn.k_proj'],
  ['value', 'self_attn.v_proj'],
  ['output', 'self_attn.o_proj'],
  ['gate', 'mlp.gate_proj'],
  ['up', 'mlp.up_proj'],
  ['down', 'mlp.down_proj'],
];
const NORMS: readonly (readonly [ours: string, theirs: string])[] = [
  ['norm1', 'input_layernorm'],
  ['norm2', 'post_attention_layernorm'],
];
const HEAD = 'lm_head.weight';
/** What old checkpoints hold beside weights: it follows from theta. */
const DERIVED = /\.rotary_emb\.inv_freq$/;

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
  const options = decoderOptions(config);
  const attentionBias = Object.hasOwn(tensors, 'model.layers.0.self_attn.q_proj.bias');
  // Published tied checkpoints may hold the table once or twice.
  const model = buildDecoder({ ...options, attentionBias });
  const places = placesOf(options.layers, options.tieEmbeddings === true, attentionBias);
  try {
    checkUnused(tensors, places, options.tieEmbeddings === true);
    for (const [name, sources] of places) setWeights(model.getLayer(name), sources, tensors);
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

interface Source {
  readonly name: string;
  readonly turned: boolean;
}

/** By our layer, where its weights are. */
function placesOf(
  layers: number,
  isTied: boolean,
  attentionBias: boolean,
): ReadonlyMap<string, readonly Source[]> {
  const places = new Map<string, readonly Source[]>();
  const asIs = (name: string): Source => ({ name, turned: false });
  const turned = (name: string): Source => ({ name, turned: true });
  places.set('embedding', [asIs('model.embed_tokens.weight')]);
  for (let i = 0; i < layers; i++) {
    const prefix = `model.layers.${i}.`;
    for (const [ours, theirs] of TURNED) {
      const hasBias = attentionBias && ['query', 'key', 'value'].includes(ours);
      const bias = hasBias ? [asIs(`${prefix}${theirs}.bias`)] : [];
      places.set(`block${i}_${ours}`, [turned(`${prefix}${theirs}.weight`), ...bias]);
    }
    for (const [ours, theirs] of NORMS) {
      places.set(`block${i}_${ours}`, [asIs(`${prefix}${theirs}.weight`)]);
    }
  }
  places.set('norm', [asIs('model.norm.weight')]);
  if (!isTied) places.set('logits', [turned(HEAD)]);
  return places;
}

function setWeights(
  layer: tf.layers.Layer,
  sources: readonly Source[],
  tensors: Readonly<Record<string, Tensor>>,
): void {
  tf.tidy(() => {
    const values = sources.map(({ name, turned }, i) => {
      const given = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
      const wanted = layer.weights[i]?.shape ?? [];
      if (given === undefined) {
        throw unsupported(
          `'${name}' is missing`,
          'Give all tensors of the checkpoint, of all its files.',
        );
      }
      const shape = turned ? given.shape.toReversed() : given.shape;
      if (shape.join() !== wanted.join()) {
        const their = turned ? wanted.toReversed() : wanted;
        throw unsupported(
          `'${name}' is [${given.shape.join(', ')}], by the configuration [${their.join(', ')}]`,
          'Give the config.json of this checkpoint.',
        );
      }
      return turned ? tf.transpose(given) : given;
    });
    layer.setWeights(values);
  });
}

function checkUnused(
  tensors: Readonly<Record<string, Tensor>>,
  places: ReadonlyMap<string, readonly Source[]>,
  isTied: boolean,
): void {
  const used = new Set([...places.values()].flat().map(({ name }) => name));
  if (isTied) used.add(HEAD);
  const unused = Object.keys(tensors).filter((name) => !used.has(name) && !DERIVED.test(name));
  if (unused.length === 0) return;
  const [first = ''] = unused;
  throw unsupported(
    `'${first}'${unused.length > 1 ? ` and ${unused.length - 1} more tensors` : ''} would be left out`,
    'Allowed are checkpoints with the tensors of Llama, Qwen2 and Mistral.',
  );
}
