import * as tf from '@tensorflow/tfjs';
import type { SymbolicTensor } from '@tensorflow/tfjs';
import { HalfnoteError } from '../errors';
import { multiHeadAttention } from './multi-head-attention';
import { lastAxis, positiveInteger } from './register';

export interface TransformerBlockOptions {
  readonly numHeads: number;
  /** Width of the hidden layer; 4 times the input's unless given. */
  readonly mlpDim?: number;
  readonly causal?: boolean;
  /** Share of the values dropped after attention and after the MLP while training. */
  readonly dropout?: number;
  /** Of the layer normalizations. */
  readonly epsilon?: number;
  /** Prefix of the layers' names. */
  readonly name?: string;
  readonly seed?: number;
}

/**
 * A pre-norm transformer block (Xiong et al. 2020) from tfjs's functional API:
 * x + attention(norm(x)), then x + mlp(norm(x)) with GELU between two dense layers.
 *
 * @param x [batch, sequence, width], where numHeads divides width.
 * @returns The same shape.
 */
export function transformerBlock(
  x: SymbolicTensor,
  options: TransformerBlockOptions,
): SymbolicTensor {
  const width = lastAxis('transformerBlock', x.shape);
  const numHeads = positiveInteger('transformerBlock', 'numHeads', options.numHeads);
  if (width % numHeads !== 0) {
    throw new HalfnoteError(
      'invalid-layer-option',
      `transformerBlock: ${numHeads} heads don't divide the width ${width}.`,
    );
  }
  const { mlpDim = 4 * width, causal = false, dropout = 0, epsilon = 1e-5, name, seed } = options;
  const named = (part: string): { name?: string } =>
    name === undefined ? {} : { name: `${name}_${part}` };
  const initial = (offset: number) =>
    tf.initializers.glorotUniform(seed === undefined ? {} : { seed: seed + offset });
  const apply = (layer: tf.layers.Layer, input: SymbolicTensor | SymbolicTensor[]) =>
    layer.apply(input) as SymbolicTensor;
  const norm = (part: string, input: SymbolicTensor) =>
    apply(tf.layers.layerNormalization({ axis: -1, epsilon, ...named(part) }), input);
  const added = (part: string, residual: SymbolicTensor, branch: SymbolicTensor) => {
    const kept =
      dropout > 0
        ? apply(tf.layers.dropout({ rate: dropout, ...named(`${part}_dropout`) }), branch)
        : branch;
    return apply(tf.layers.add(named(`${part}_add`)), [residual, kept]);
  };

  const attention = multiHeadAttention({
    numHeads,
    keyDim: width / numHeads,
    causal,
    ...(seed === undefined ? {} : { seed }),
    ...named('attention'),
  });
  const attended = added('attention', x, apply(attention, norm('norm1', x)));
  const hidden = apply(
    tf.layers.dense({
      units: mlpDim,
      activation: 'gelu',
      kernelInitializer: initial(4),
      ...named('mlp1'),
    }),
    norm('norm2', attended),
  );
  const output = apply(
    tf.layers.dense({ units: width, kernelInitializer: initial(5), ...named('mlp2') }),
    hidden,
  );
  return added('mlp', attended, output);
}
