/** Attention. */
import { chain, onTokens, join, one } from './networks.mjs';

const { layers } = tf;

export const attention = {
  Embedding: { model: () => onTokens([6], layers.embedding({ inputDim: 7, outputDim: 4 })) },
  'Embedding of float tokens': {
    model: () => chain([6], layers.embedding({ inputDim: 7, outputDim: 4 })),
    data: (shape) => tf.cast(tf.randomUniform(shape, 0, 7, 'int32', 3), 'float32'),
  },
  PositionEmbedding: one([6, 4], () => halfnote.positionEmbedding({ maxLength: 6 })),
  'PositionEmbedding of a shorter sequence': one([4, 4], () =>
    halfnote.positionEmbedding({ maxLength: 6 }),
  ),
  'PositionEmbedding of an open sequence': one([null, 4], () =>
    halfnote.positionEmbedding({ maxLength: 6 }),
  ),
  MultiHeadAttention: one([5, 8], () => halfnote.multiHeadAttention({ numHeads: 2, keyDim: 3 })),
  'MultiHeadAttention, causal': one([5, 8], () =>
    halfnote.multiHeadAttention({ numHeads: 2, keyDim: 4, causal: true, useBias: false }),
  ),
  'MultiHeadAttention, causal, on an open sequence': one([null, 8], () =>
    halfnote.multiHeadAttention({ numHeads: 2, keyDim: 4, causal: true }),
  ),
  'MultiHeadAttention of a query and a value': {
    model: () =>
      join(
        [
          [5, 8],
          [7, 4],
        ],
        halfnote.multiHeadAttention({ numHeads: 2, keyDim: 3 }),
      ),
  },
  'MultiHeadAttention of a query, a value and a key': {
    model: () =>
      join(
        [
          [3, 8],
          [7, 4],
          [7, 6],
        ],
        halfnote.multiHeadAttention({ numHeads: 2, keyDim: 3, causal: true }),
      ),
  },
  'AttentionHeads, causal': {
    model: () =>
      join(
        [
          [5, 8],
          [5, 8],
          [5, 4],
        ],
        halfnote.attentionHeads({ numHeads: 2, causal: true }),
      ),
  },
  'AttentionHeads of more keys than queries': {
    model: () =>
      join(
        [
          [3, 6],
          [7, 6],
          [7, 6],
        ],
        halfnote.attentionHeads({ numHeads: 3, causal: true }),
      ),
  },
  'AttentionHeads with fewer heads of keys': {
    model: () =>
      join(
        [
          [5, 12],
          [5, 6],
          [5, 4],
        ],
        halfnote.attentionHeads({ numHeads: 4, numKvHeads: 2, causal: true }),
      ),
  },
  RMSNormalization: one([5, 6], () => halfnote.rmsNormalization()),
  'RMSNormalization of vectors': one([6], () => halfnote.rmsNormalization({ epsilon: 1e-3 })),
  RotaryEmbedding: one([5, 8], () => halfnote.rotaryEmbedding({ headDim: 4, maxLength: 9 })),
  'RotaryEmbedding, interleaved, of an open sequence': one([null, 8], () =>
    halfnote.rotaryEmbedding({ headDim: 4, maxLength: 9, layout: 'interleaved', theta: 100 }),
  ),
  TiedEmbedding: one([5, 8], () => halfnote.tiedEmbedding({ inputDim: 7, outputDim: 8 })),
  'MultiHeadAttention of width 64': one(
    [5, 64],
    () => halfnote.multiHeadAttention({ numHeads: 4, keyDim: 16 }),
    { formats: ['int4'] },
  ),
};
