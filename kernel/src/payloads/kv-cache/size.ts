/** Bytes of a KV cache by formula: the one for the library, for magics and for a page. */

/** What decides the size of a cache, whatever it is kept in. */
export interface KvShape {
  readonly layers: number;
  /** Heads with keys and values of their own. */
  readonly kvHeads: number;
  readonly headDim: number;
  /** Tokens, prompt included. */
  readonly sequence: number;
  readonly batch: number;
}

/** How the keys, or the values, of one head of one layer are kept. */
export interface KvSide {
  /** Tokens that are coded together; fewer stay in fp32. */
  readonly step: number;
  /** The newest tokens, which stay in fp32. */
  readonly residual: number;
  /** Of one token that is coded. */
  readonly codeBytes: number;
  /** Of the scales and zero points of one step. */
  readonly scaleBytes: number;
}

export interface KvSides {
  readonly keys: KvSide;
  readonly values: KvSide;
}

export interface KvBytes {
  /** Keys and values themselves. */
  readonly valueBytes: number;
  /** Scales and zero points. */
  readonly scaleBytes: number;
  /** Newest tokens that are still in fp32. */
  readonly residualBytes: number;
  readonly totalBytes: number;
  readonly bytesPerToken: number;
}

const FP32_BYTES = 4;

export function cacheBytes(shape: KvShape, { keys, values }: KvSides): KvBytes {
  const { layers, kvHeads, headDim, sequence, batch } = shape;
  const rows = layers * batch * kvHeads;
  let [valueBytes, scaleBytes, residualBytes] = [0, 0, 0];
  for (const side of [keys, values]) {
    const steps = Math.floor(Math.max(0, sequence - side.residual) / side.step);
    const coded = steps * side.step;
    valueBytes += rows * coded * side.codeBytes;
    scaleBytes += rows * steps * side.scaleBytes;
    residualBytes += rows * (sequence - coded) * headDim * FP32_BYTES;
  }
  const totalBytes = valueBytes + scaleBytes + residualBytes;
  return {
    ...{ valueBytes, scaleBytes, residualBytes, totalBytes },
    bytesPerToken: totalBytes / (sequence * batch),
  };
}

/** Longer contexts, or more sequences, than anybody asks for. */
const MOST = 2 ** 40;

/** The longest context of which the cache takes at most `limitBytes`; 0 where not even one token fits. */
export function longestSequence(shape: KvShape, sides: KvSides, limitBytes: number): number {
  return largest((sequence) => cacheBytes({ ...shape, sequence }, sides).totalBytes <= limitBytes);
}

/** The most sequences of this length of which the caches take at most `limitBytes`. */
export function largestBatch(shape: KvShape, sides: KvSides, limitBytes: number): number {
  return largest((batch) => cacheBytes({ ...shape, batch }, sides).totalBytes <= limitBytes);
}

/** The largest whole number up to {@link MOST} that fits, by bisection: what fits is fit by all below. */
function largest(fits: (n: number) => boolean): number {
  let [low, high] = [0, MOST];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
