import { fromTable, HalfnoteError } from '../../errors';
import { BLOCK_FORMATS, type BlockFormatId } from '../../formats/blocks';
import { KV_FORMATS } from '../../formats/names';
import { USES, type FormatUse, type KvAlias, type NameWith } from '../../formats/uses';
import type { StoredFormat } from './store';

/** What keys and values of earlier tokens can be kept in. */
export { KV_FORMATS };
export type KvFormat = NameWith<'kv'> | KvAlias;

export interface KvCacheOptions {
  readonly format: KvFormat;
  /**
   * Neighbors of one token's head that share a scale. Default: the whole head for int8, else the
   * largest divisor of the head's width up to 32.
   */
  readonly groupSize?: number;
  /** Codes around 0 without a zero point. Default: int8 yes, int4 and int2 no. */
  readonly symmetric?: boolean;
  /**
   * `per-channel` gives a key's channels scales of their own, over `tokensPerGroup` tokens: some
   * channels of keys are large for every token (KIVI, Liu et al. 2024). Default: `per-token`.
   */
  readonly keys?: 'per-token' | 'per-channel';
  /** Tokens that share a channel's scale, with `per-channel` keys. Default 32. */
  readonly tokensPerGroup?: number;
  /** Of formats with scales: the newest tokens that stay in fp32. Default 0. */
  readonly residual?: number;
}

/** How the keys, or the values, of one layer are kept. */
export type SideLayout =
  { readonly kind: 'float'; readonly stored: StoredFormat } | QuantizedLayout | BlockLayout;

/** Each head of a token in blocks of the format along its width, the last of which may be shorter. */
export interface BlockLayout {
  readonly kind: 'blocks';
  readonly format: BlockFormatId;
  /** Tokens kept in fp32 at least. */
  readonly residual: number;
}

export interface QuantizedLayout {
  readonly kind: 'codes';
  readonly bits: 8 | 4 | 2;
  readonly symmetric: boolean;
  /** Neighbors that share a scale lie in one token's head, or in one channel of several tokens. */
  readonly along: 'width' | 'tokens';
  readonly group: number;
  /** Tokens kept in fp32 at least. */
  readonly residual: number;
}

export interface KvLayout {
  readonly format: NameWith<'kv'>;
  readonly keys: SideLayout;
  readonly values: SideLayout;
}

const DEFAULT_GROUP = 32;

/**
 * The layout that the options mean for heads of width `headDim`.
 * @throws HalfnoteError `unknown-cache-format`, `invalid-cache-option`, `invalid-group`.
 */
export function kvLayout(cache: KvFormat | KvCacheOptions, headDim: number): KvLayout {
  const options = typeof cache === 'string' ? { format: cache } : cache;
  const format = fromTable(NAMES, options.format, 'cache format');
  const use = USES[format].kv;
  if ('stored' in use) {
    refuseOptions(options, [], `${format} has no scales`);
    const side = { kind: 'float', stored: use.stored } as const;
    return { format, keys: side, values: side };
  }
  if ('block' in use) {
    const { size } = BLOCK_FORMATS[use.block];
    refuseOptions(
      options,
      ['residual'],
      `${format} has blocks of ${size} along the width of a head`,
    );
    const residual = count('residual', options.residual ?? 0, 0);
    const side = { kind: 'blocks', format: use.block, residual } as const;
    return { format, keys: side, values: side };
  }
  const { bits } = use;
  const symmetric = options.symmetric ?? bits === 8;
  const residual = count('residual', options.residual ?? 0, 0);
  const group = groupOf(options.groupSize, bits, headDim);
  const values = { kind: 'codes', bits, symmetric, along: 'width', group, residual } as const;
  if (keysOf(options) === 'per-token') return { format, keys: values, values };
  const tokens = count('tokensPerGroup', options.tokensPerGroup ?? DEFAULT_GROUP, 1);
  return { format, keys: { ...values, along: 'tokens', group: tokens }, values };
}

const WITH_SCALES = KV_FORMATS.filter((format) => 'bits' in USES[format].kv);

/** By any of its names, the format's own. */
const NAMES = Object.fromEntries(
  KV_FORMATS.flatMap((format) => {
    const { weights }: FormatUse = USES[format];
    const others = 'block' in USES[format].kv ? (weights?.names ?? []) : [];
    return [format, ...others].map((name) => [name, format]);
  }),
) as Readonly<Record<KvFormat, NameWith<'kv'>>>;

function keysOf({
  keys = 'per-token',
  tokensPerGroup,
}: KvCacheOptions): 'per-token' | 'per-channel' {
  if (!['per-token', 'per-channel'].includes(keys)) {
    throw bad(`keys is '${keys as string}'; allowed are per-token and per-channel.`);
  }
  if (keys === 'per-token' && tokensPerGroup !== undefined) {
    throw bad('tokensPerGroup is for per-channel keys only.', "Add keys: 'per-channel'.");
  }
  return keys;
}

function groupOf(given: number | undefined, bits: number, headDim: number): number {
  if (given === undefined) {
    if (bits === 8) return headDim;
    let group = Math.min(DEFAULT_GROUP, headDim);
    while (headDim % group !== 0) group--;
    return group;
  }
  if (Number.isInteger(given) && given >= 1 && headDim % given === 0) return given;
  const divisors = Array.from({ length: headDim }, (_, i) => i + 1).filter(
    (d) => headDim % d === 0,
  );
  throw new HalfnoteError(
    'invalid-group',
    `groupSize ${given} does not divide heads of width ${headDim}; allowed are ${divisors.join(', ')}.`,
  );
}

function refuseOptions(options: KvCacheOptions, allowed: readonly string[], why: string): void {
  const given = Object.entries(options).find(
    ([name, value]) => name !== 'format' && !allowed.includes(name) && value !== undefined,
  );
  if (given === undefined) return;
  throw bad(
    `${given[0]} is for integer formats; ${why}.`,
    `Leave it out, or choose one of ${WITH_SCALES.join(', ')}.`,
  );
}

function count(name: string, value: number, min: number): number {
  if (Number.isInteger(value) && value >= min) return value;
  throw bad(`${name} is ${value}; allowed are integers from ${min}.`);
}

function bad(message: string, hint?: string): HalfnoteError {
  return new HalfnoteError('invalid-cache-option', message, hint);
}
