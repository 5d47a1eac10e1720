import type * as tf from '@tensorflow/tfjs';
import { HalfnoteError } from '../../errors';
import { MultiHeadAttention } from '../../layers/multi-head-attention';
import { PositionEmbedding } from '../../layers/position-embedding';
import { walkLayers } from '../../models/walk';
import type { KvDimensions } from './size';

/**
 * The dimensions of a model's KV cache.
 * @param sequence Default: as many tokens as the model has positions for.
 * @throws HalfnoteError `no-attention`, `uneven-layers`, `no-sequence`.
 */
export function kvDimensions(
  model: tf.LayersModel,
  { sequence, batch = 1 }: { readonly sequence?: number; readonly batch?: number } = {},
): Required<KvDimensions> {
  const layers = walkLayers(model);
  const attentions = layers.flatMap(({ name, layer }) =>
    layer instanceof MultiHeadAttention ? [{ name, layer }] : [],
  );
  const [first] = attentions;
  if (first === undefined) {
    throw new HalfnoteError('no-attention', `'${model.name}' has no multiHeadAttention layer.`);
  }
  const { numHeads: heads, keyDim: headDim } = first.layer;
  const other = attentions.find(
    ({ layer }) => layer.numHeads !== heads || layer.keyDim !== headDim,
  );
  if (other !== undefined) {
    throw new HalfnoteError(
      'uneven-layers',
      `'${first.name}' has ${heads} heads of width ${headDim}, but '${other.name}' ${other.layer.numHeads} of ${other.layer.keyDim}.`,
      'Add up kvCacheSize({ layers: 1, ... }) of each.',
    );
  }
  const positions = layers.flatMap(({ layer }) =>
    layer instanceof PositionEmbedding ? [layer.maxLength] : [],
  );
  const tokens = sequence ?? (positions.length > 0 ? Math.min(...positions) : undefined);
  if (tokens !== undefined) {
    return { layers: attentions.length, heads, kvHeads: heads, headDim, sequence: tokens, batch };
  }
  throw new HalfnoteError(
    'no-sequence',
    `'${model.name}' has no position embedding that would tell how long a sequence may be.`,
    'Give the number of tokens: { sequence: 1024 }.',
  );
}
