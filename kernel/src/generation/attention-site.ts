import { AttentionHeads } from '../layers/attention-heads';
import { MultiHeadAttention } from '../layers/multi-head-attention';
import { PositionEmbedding } from '../layers/position-embedding';
import { RotaryEmbedding } from '../layers/rotary-embedding';
import type { GraphNode, ModelGraph } from '../models/model-graph';
import { refusal } from './refusal';

/** A place where new tokens look at earlier ones. */
export interface AttentionSite {
  /** Of the call, as in the model's graph. */
  readonly name: string;
  /** Of queries. */
  readonly heads: number;
  /** Of keys and values, which are what a cache keeps. */
  readonly kvHeads: number;
  /** Width of each head's keys and values. */
  readonly headDim: number;
}

/** @throws HalfnoteError `cannot-generate` where keys and values differ in width. */
export function siteOf(
  { id, layer, inputs }: Pick<GraphNode, 'id' | 'layer' | 'inputs'>,
  values: ModelGraph['values'],
): AttentionSite | undefined {
  if (layer instanceof MultiHeadAttention) {
    const { numHeads: heads, keyDim: headDim } = layer;
    return { name: id, heads, kvHeads: heads, headDim };
  }
  if (!(layer instanceof AttentionHeads)) return undefined;
  const widths = inputs.map((input) => values.get(input)?.shape.at(-1) ?? NaN);
  const [, keys = NaN, width = NaN] = widths;
  if (keys !== width) {
    throw refusal(
      id,
      `its keys have width ${keys} and its values ${width}; both must be the same.`,
    );
  }
  const { numHeads: heads, numKvHeads: kvHeads } = layer;
  return { name: id, heads, kvHeads, headDim: keys / kvHeads };
}

/** How many positions a layer has; undefined for one that needs none. */
export function maxLengthOf(layer: GraphNode['layer']): number | undefined {
  const hasPositions = layer instanceof PositionEmbedding || layer instanceof RotaryEmbedding;
  return hasPositions ? layer.maxLength : undefined;
}
