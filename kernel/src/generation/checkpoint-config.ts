import { HalfnoteError } from '../errors';
import type { DecoderOptions } from '../layers/decoder-model';

/** What `config.json` beside a published checkpoint says, as far as a decoder goes by it. */
export interface CheckpointConfig {
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly intermediate_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  /** Default: num_attention_heads. */
  readonly num_key_value_heads?: number | null;
  /** Default: hidden_size / num_attention_heads. */
  readonly head_dim?: number | null;
  readonly max_position_embeddings: number;
  readonly rms_norm_eps?: number;
  readonly rope_theta?: number | null;
  readonly tie_word_embeddings?: boolean;
  readonly hidden_act?: string;
  /** `llama`, `qwen2` or `mistral`, which are built alike. */
  readonly model_type?: string;
  readonly [other: string]: unknown;
}

const SIZES = [
  'vocab_size',
  'hidden_size',
  'intermediate_size',
  'num_hidden_layers',
  'num_attention_heads',
  'max_position_embeddings',
] as const;

/**
 * The decoder that a configuration means.
 * @throws HalfnoteError `unsupported-model` for what `buildDecoder` has no layers for, or what lacks.
 */
export function decoderOptions(config: CheckpointConfig): Omit<DecoderOptions, 'attentionBias'> {
  refuseOthers(config);
  for (const key of SIZES) {
    if (Number.isInteger(config[key]) && config[key] >= 1) continue;
    throw unsupported(`${key} is ${String(config[key])}`, 'Allowed are whole numbers from 1.');
  }
  const { num_key_value_heads, head_dim, rms_norm_eps = 1e-6, tie_word_embeddings } = config;
  const theta = config.rope_theta ?? ropeParameters(config)?.['rope_theta'];
  return {
    vocabSize: config.vocab_size,
    width: config.hidden_size,
    layers: config.num_hidden_layers,
    heads: config.num_attention_heads,
    kvHeads: num_key_value_heads ?? config.num_attention_heads,
    ffWidth: config.intermediate_size,
    maxLength: config.max_position_embeddings,
    epsilon: rms_norm_eps,
    tieEmbeddings: tie_word_embeddings ?? false,
    ...(typeof head_dim === 'number' ? { headDim: head_dim } : {}),
    ...(typeof theta === 'number' ? { theta } : {}),
  };
}

/** Others call their tensors as these do, and compute something else: Granite scales, Helium turns pairs. */
const KINDS = ['llama', 'qwen2', 'mistral'];

function refuseOthers(config: CheckpointConfig): void {
  const { hidden_act = 'silu', max_position_embeddings, model_type } = config;
  if (model_type !== undefined && !KINDS.includes(model_type)) {
    throw unsupported(`model_type is '${model_type}'`, `Allowed are ${KINDS.join(', ')}.`);
  }
  if (hidden_act !== 'silu') {
    throw unsupported(`hidden_act is '${hidden_act}'`, 'Allowed is silu.');
  }
  const packed = asObject(config['quantization_config']);
  if (packed !== undefined) {
    throw unsupported(
      `its weights are quantized already (${JSON.stringify(packed['quant_method'] ?? 'by a method that is not named')})`,
      'Give the checkpoint in floats that it was made of: quantize() makes codes of it here.',
    );
  }
  const scaling = ropeParameters(config);
  const kind = scaling?.['rope_type'] ?? scaling?.['type'] ?? 'default';
  if (kind !== 'default') {
    throw unsupported(
      `its rotary positions are of type ${JSON.stringify(kind)}`,
      'Allowed is "default".',
    );
  }
  const window = config['use_sliding_window'] === false ? null : config['sliding_window'];
  if (typeof window === 'number' && window < max_position_embeddings) {
    throw unsupported(
      `it attends to the last ${window} of ${max_position_embeddings} positions`,
      'Give a max_position_embeddings of that many: shorter sequences see all of it.',
    );
  }
}

function ropeParameters(config: CheckpointConfig): Record<string, unknown> | undefined {
  return asObject(config['rope_parameters'] ?? config['rope_scaling']);
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)
    : undefined;
}

export function unsupported(what: string, hint: string): HalfnoteError {
  return new HalfnoteError(
    'unsupported-model',
    `The checkpoint is of no decoder that can be built: ${what}.`,
    hint,
  );
}
