import { HalfnoteError } from '../../errors';
import { FORMATS } from '../../formats/table';
import type { NameWith } from '../../formats/uses';
import { cacheBytes, type KvSide, type KvSides } from '../../payloads/kv-cache/size';
import { blockSizes } from './block-codes';
import { kvLayout, type KvCacheOptions, type KvLayout, type SideLayout } from './layout';
import { packedBytes } from './packing';
import type { StoredFormat } from './store';

/** What decides the size of a cache, whatever it is kept in. */
export interface KvDimensions {
  readonly layers: number;
  /** Query heads of a layer. */
  readonly heads: number;
  /**
   * Heads with keys and values of their own: fewer than `heads` in grouped-query attention, 1 in
   * multi-query attention. Default: `heads`.
   */
  readonly kvHeads?: number;
  readonly headDim: number;
  /** Tokens, prompt included. */
  readonly sequence: number;
  /** Default 1. */
  readonly batch?: number;
}

export interface KvCacheSize {
  readonly format: NameWith<'kv'>;
  /** Keys and values themselves: 2 x layers x kvHeads x headDim x sequence x batch x bits / 8. */
  readonly valueBytes: number;
  /** Scales (fp16) and zero points (one byte) of integer formats; of blocks E8M0 (one byte), or fp32 in NF4. */
  readonly scaleBytes: number;
  /** Newest tokens that are still in fp32. */
  readonly residualBytes: number;
  readonly totalBytes: number;
  readonly bytesPerToken: number;
}

const SCALE_BYTES = bytesOf('fp16');
const ZERO_POINT_BYTES = bytesOf('uint8');

/**
 * Bytes of a KV cache by formula, in decimal units. `kvCacheSize({ layers: 32, heads: 32, headDim: 128,
 * sequence: 4096, format: 'fp16' }).totalBytes` is 2 x 32 x 32 x 128 x 4096 x 2 = 2.15 GB.
 * @throws HalfnoteError `invalid-dimension`, `unknown-cache-format`, `invalid-cache-option`, `invalid-group`.
 */
export function kvCacheSize(options: KvDimensions & KvCacheOptions): KvCacheSize {
  const { layers, heads, kvHeads = heads, headDim, sequence, batch = 1, ...cache } = options;
  checkDimensions({ layers, heads, kvHeads, headDim, sequence, batch });
  const layout = kvLayout(cache, headDim);
  return {
    format: layout.format,
    ...cacheBytes({ layers, kvHeads, headDim, sequence, batch }, sidesOf(layout, headDim)),
  };
}

/** The layout of both sides as bytes of tokens and steps. */
export function sidesOf({ keys, values }: KvLayout, headDim: number): KvSides {
  return { keys: sideOf(keys, headDim), values: sideOf(values, headDim) };
}

function sideOf(layout: SideLayout, width: number): KvSide {
  if (layout.kind === 'float') {
    return { step: 1, residual: 0, codeBytes: width * bytesOf(layout.stored), scaleBytes: 0 };
  }
  if (layout.kind === 'blocks') {
    const { values, scales } = blockSizes(layout.format, width);
    return { step: 1, residual: layout.residual, codeBytes: values, scaleBytes: scales };
  }
  const { bits, symmetric, along, group, residual } = layout;
  const scales = along === 'tokens' ? width : width / group;
  return {
    step: along === 'tokens' ? group : 1,
    residual,
    codeBytes: packedBytes(width, bits),
    scaleBytes: scales * (SCALE_BYTES + (symmetric ? 0 : ZERO_POINT_BYTES)),
  };
}

function bytesOf(format: StoredFormat): number {
  return FORMATS[format].bits / 8;
}

function checkDimensions(dimensions: Required<KvDimensions>): void {
  for (const [name, value] of Object.entries(dimensions)) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new HalfnoteError(
      'invalid-dimension',
      `${name} is ${String(value)}; allowed are integers from 1.`,
    );
  }
  const { heads, kvHeads } = dimensions;
  if (heads % kvHeads === 0) return;
  throw new HalfnoteError(
    'invalid-dimension',
    `kvHeads is ${kvHeads}, which does not divide the ${heads} heads: each serves equally many of them.`,
  );
}
