import * as tf from '@tensorflow/tfjs';
import type { SymbolicTensor } from '@tensorflow/tfjs';
import { HalfnoteError } from '../errors';
import { attentionHeads } from './attention-heads';
import { lastAxis, positiveInteger, type Initialize } from './register';
import { rmsNormalization } from './rms-normalization';
import { rotaryEmbedding } from './rotary-embedding';
import type { RotaryLayout } from './rotary-table';

export interface DecoderBlockOptions {
  readonly numHeads: number;
  /** Heads of keys and values: each serves equally many of the queries'. Default: numHeads. */
  readonly numKvHeads?: number;
  /** Width of a head, an even number. Default: the input's width / numHeads. */
  readonly headDim?: number;
  /** Width of the hidden layer of the feed-forward part. Default: 8/3 of the input's. */
  readonly ffWidth?: number;
  /** The longest sequence. */
  readonly maxLength: number;
  /** Of the rotary position embedding. Default 10000. */
  readonly theta?: number;
  /** Default `half-split`. */
  readonly ropeLayout?: RotaryLayout;
  /** Of the normalizations. Default 1e-6. */
  readonly epsilon?: number;
  /** Whether the projections of queries, keys and values have a bias, as in Qwen2. Default false. */
  readonly attentionBias?: boolean;
  /** Prefix of the layers' names. */
  readonly name?: string;
  readonly seed?: number;
  /** Default `random`. */
  readonly initialize?: Initialize;
}

/**
 * A decoder block as Llama's (Touvron et al. 2023), from tfjs's functional API: x + attention(norm(x)), then
 * x + feedForward(norm(x)). Attention is causal, with rotary positions and grouped queries; the
 * feed-forward part is SwiGLU (Shazeer 2020), down(silu(gate(x)) * up(x)); the norms are RMS. All
 * projections are dense layers: `<name>_query`, `_key`, `_value`, `_output`, `_gate`, `_up`, `_down`.
 *
 * @param x [batch, length, width]
 * @returns The same shape.
 * @throws HalfnoteError `invalid-layer-option`, `invalid-layer-input`.
 */
export function decoderBlock(x: SymbolicTensor, options: DecoderBlockOptions): SymbolicTensor {
  const width = lastAxis('decoderBlock', x.shape);
  const numHeads = positiveInteger('decoderBlock', 'numHeads', options.numHeads);
  const numKvHeads = positiveInteger('decoderBlock', 'numKvHeads', options.numKvHeads ?? numHeads);
  const headDim = options.headDim ?? wholeHead(width, numHeads);
  const ffWidth = options.ffWidth ?? Math.ceil((8 * width) / 3);
  const { maxLength, theta, ropeLayout, epsilon = 1e-6, attentionBias = false } = options;
  const { name, seed } = options;
  const named = (part: string): { name?: string } =>
    name === undefined ? {} : { name: `${name}_${part}` };
  const apply = (layer: tf.layers.Layer, ...inputs: SymbolicTensor[]) =>
    layer.apply(inputs.length === 1 ? (inputs[0] as SymbolicTensor) : inputs) as SymbolicTensor;
  let count = 0;
  const dense = (part: string, units: number, input: SymbolicTensor, more: Dense = {}) => {
    const seeded = seed === undefined ? {} : { seed: seed + count++ };
    const kernelInitializer =
      options.initialize === 'zeros'
        ? tf.initializers.zeros()
        : tf.initializers.glorotUniform(seeded);
    const config = { units, kernelInitializer, useBias: false, ...more, ...named(part) };
    return apply(tf.layers.dense(config), input);
  };
  const turned = (part: string, input: SymbolicTensor) => {
    const rotary = {
      headDim,
      maxLength,
      ...(theta === undefined ? {} : { theta }),
      ...(ropeLayout === undefined ? {} : { layout: ropeLayout }),
    };
    return apply(rotaryEmbedding({ ...rotary, ...named(part) }), input);
  };
  const norm = (part: string, input: SymbolicTensor) =>
    apply(rmsNormalization({ epsilon, ...named(part) }), input);

  const before = norm('norm1', x);
  const useBias = attentionBias;
  const query = turned('query_rope', dense('query', numHeads * headDim, before, { useBias }));
  const key = turned('key_rope', dense('key', numKvHeads * headDim, before, { useBias }));
  const value = dense('value', numKvHeads * headDim, before, { useBias });
  const heads = attentionHeads({ numHeads, numKvHeads, causal: true, ...named('heads') });
  const attended = dense('output', width, apply(heads, query, key, value));
  const middle = apply(tf.layers.add(named('attention_add')), x, attended);

  const normed = norm('norm2', middle);
  const gate = dense('gate', ffWidth, normed, { activation: 'swish' });
  const gated = apply(tf.layers.multiply(named('gated')), gate, dense('up', ffWidth, normed));
  return apply(tf.layers.add(named('ff_add')), middle, dense('down', width, gated));
}

interface Dense {
  readonly useBias?: boolean;
  readonly activation?: 'swish';
}

function wholeHead(width: number, numHeads: number): number {
  if (width % numHeads === 0) return width / numHeads;
  throw new HalfnoteError(
    'invalid-layer-option',
    `decoderBlock: ${numHeads} heads don't divide the width ${width}.`,
    'Give a headDim, or another number of heads.',
  );
}
