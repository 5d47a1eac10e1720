import { HalfnoteError } from '../../errors';
import { asLayersModel } from '../../importing/layers-model-of';
import type { FloatModel } from '../../models/graph-model';
import { modelGraph } from '../../models/model-graph';
import { maxLengthOf, siteOf, type AttentionSite } from '../attention-site';
import { attentionOfLayers } from './layers-pattern';
import type { KvDimensions } from './size';

/** Which cache is asked for, where a model decides the rest. */
export interface KvExtent {
  /** Default: as many tokens as the model has positions for. */
  readonly sequence?: number;
  /** Default 1. */
  readonly batch?: number;
}

/**
 * The dimensions of a model's KV cache: of its attention layers, or else of the attention that it writes
 * out in products around a softmax, as a GraphModel does.
 * @throws HalfnoteError `no-attention`, `uneven-layers`, `no-sequence`.
 */
export function kvDimensions(model: FloatModel, extent: KvExtent = {}): Required<KvDimensions> {
  const layers = asLayersModel(model, 'kvDimensions');
  const graph = modelGraph(layers);
  const own = graph.nodes.flatMap((node) => siteOf(node, graph.values) ?? []);
  const sites = own.length > 0 ? own : attentionOfLayers(graph);
  const positions = graph.nodes.flatMap(({ layer }) => maxLengthOf(layer) ?? []);
  return dimensionsOf(
    {
      model: layers.name,
      sites,
      tokens: positions.length > 0 ? Math.min(...positions) : tokensOf(sites),
      lookedFor:
        'multiHeadAttention or attentionHeads layer, nor products of activations around a softmax',
    },
    extent,
  );
}

export interface FoundSites {
  readonly model: string;
  readonly sites: readonly AttentionSite[];
  /** The most that a sequence may have, where the model says so. */
  readonly tokens: number | undefined;
  /** What the model has none of, where there are no sites. */
  readonly lookedFor: string;
}

/**
 * The dimensions of the cache of all places of attention.
 * @throws HalfnoteError `no-attention`, `uneven-layers`, `no-sequence`.
 */
export function dimensionsOf(
  { model, sites, tokens, lookedFor }: FoundSites,
  { sequence = tokens, batch = 1 }: KvExtent,
): Required<KvDimensions> {
  const [first] = sites;
  if (first === undefined) {
    throw new HalfnoteError('no-attention', `'${model}' has no ${lookedFor}.`);
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
  if (sequence !== undefined) {
    return { layers: sites.length, heads, kvHeads, headDim, sequence, batch };
  }
  throw new HalfnoteError(
    'no-sequence',
    `'${model}' doesn't tell how long a sequence may be: it has no position embedding or fixed length.`,
    'Give the number of tokens: { sequence: 1024 }.',
  );
}

/** The tokens that all attention looks at, where that is fixed. */
export function tokensOf(
  sites: readonly (AttentionSite & { readonly tokens?: number | null })[],
): number | undefined {
  const lengths = sites.map(({ tokens }) => tokens);
  return lengths.every((length) => typeof length === 'number') && lengths.length > 0
    ? Math.max(...lengths)
    : undefined;
}

function headsOf({ heads, kvHeads, headDim }: AttentionSite): string {
  const shared = heads === kvHeads ? '' : ` for ${kvHeads} of keys and values`;
  return `${heads} heads${shared} of width ${headDim}`;
}
