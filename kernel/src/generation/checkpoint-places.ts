import * as tf from '@tensorflow/tfjs';
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

/** A tensor of a checkpoint, for a weight of ours. */
export interface Source {
  readonly name: string;
  /** Whether its axes are the other way round. */
  readonly turned: boolean;
}

/** A decoder without its weights, and where they are. */
export interface UnfilledDecoder {
  readonly model: tf.LayersModel;
  /** For each layer with weights, the tensors of a checkpoint in their order. */
  readonly places: readonly (readonly [layer: tf.layers.Layer, sources: readonly Source[]])[];
}

/**
 * The model that a checkpoint is of. All shapes are checked before a tensor is read.
 * @param shapes Of all tensors of the checkpoint, by name.
 * @throws HalfnoteError `unsupported-model` for another kind, a tensor that lacks or has another shape, and
 *   one that has no place.
 */
export function unfilledDecoder(
  shapes: ReadonlyMap<string, readonly number[]>,
  config: CheckpointConfig,
): UnfilledDecoder {
  const options = decoderOptions(config);
  const attentionBias = shapes.has('model.layers.0.self_attn.q_proj.bias');
  const isTied = options.tieEmbeddings === true;
  const sources = sourcesOf(options.layers, isTied, attentionBias);
  checkUnused(shapes, sources, isTied);
  const model = buildDecoder({ ...options, attentionBias, initialize: 'zeros' });
  try {
    const places = [...sources].map(([name, of]) => [model.getLayer(name), of] as const);
    for (const [layer, of] of places) {
      for (const [i, source] of of.entries()) checkShape(layer, i, source, shapes);
    }
    return { model, places };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

function checkShape(
  layer: tf.layers.Layer,
  index: number,
  { name, turned }: Source,
  shapes: ReadonlyMap<string, readonly number[]>,
): void {
  const given = shapes.get(name);
  if (given === undefined) {
    throw unsupported(
      `'${name}' is missing`,
      'Give all tensors of the checkpoint, of all its files.',
    );
  }
  const wanted = (layer.weights[index]?.shape ?? []) as readonly number[];
  const theirs = turned ? wanted.toReversed() : wanted;
  if (given.join() === theirs.join()) return;
  throw unsupported(
    `'${name}' is [${given.join(', ')}], by the configuration [${theirs.join(', ')}]`,
    'Give the config.json of this checkpoint.',
  );
}

/** By our layer, where its weights are. */
function sourcesOf(
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

// Published tied checkpoints may hold the table once or twice.
function checkUnused(
  shapes: ReadonlyMap<string, readonly number[]>,
  sources: ReadonlyMap<string, readonly Source[]>,
  isTied: boolean,
): void {
  const used = new Set([...sources.values()].flat().map(({ name }) => name));
  if (isTied) used.add(HEAD);
  const unused = [...shapes.keys()].filter((name) => !used.has(name) && !DERIVED.test(name));
  if (unused.length === 0) return;
  const [first = ''] = unused;
  throw unsupported(
    `'${first}'${unused.length > 1 ? ` and ${unused.length - 1} more tensors` : ''} would be left out`,
    'Allowed are checkpoints with the tensors of Llama, Qwen2 and Mistral.',
  );
}
