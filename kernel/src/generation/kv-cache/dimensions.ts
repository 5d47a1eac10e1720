import type * as tf from '@tensorflow/tfjs';
import { HalfnoteError } from '../../errors';
import { modelGraph } from '../../models/model-graph';
import { maxLengthOf, siteOf, type AttentionSite } from '../attention-site';
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
  const graph = modelGraph(model);
  const sites = graph.nodes.flatMap((node) => siteOf(node, graph.values) ?? []);
  const [first] = sites;
  if (first === undefined) {
    throw new HalfnoteError(
      'no-attention',
      `'${model.name}' has no multiHeadAttention or attentionHeads layer.`,
    );
  }
  const { heads, kvHeads, headDim } = first;
  const other = sites.find(
    (site) => site.heads !== heads || site.kvHeads !== kvHeads || site.headDim !== headDim,
  );
  if (other !== undefined) {
    throw new HalfnoteError(
      'uneven-layers',
      `'${first.name}' has ${headsOf(first)}, but '${other.name}' ${headsOf(other)}.`,
      'Add up kvCacheSize({ layers: 1, ... }) of each.',
    );
  }
  const positions = graph.nodes.flatMap(({ layer }) => maxLengthOf(layer) ?? []);
  const tokens = sequence ?? (positions.length > 0 ? Math.min(...positions) : undefined);
  if (tokens !== undefined) {
    return { layers: sites.length, heads, kvHeads, headDim, sequence: tokens, batch };
  }
  throw new HalfnoteError(
    'no-sequence',
    `'${model.name}' has no position embedding that would tell how long a sequence may be.`,
    'Give the number of tokens: { sequence: 1024 }.',
  );
}

function headsOf({ heads, kvHeads, headDim }: AttentionSite): string {
  const shared = heads === kvHeads ? '' : ` for ${kvHeads} of keys and values`;
  return `${heads} heads${shared} of width ${headDim}`;
}
