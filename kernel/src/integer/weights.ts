export type Granularity = 'per-channel' | 'per-tensor';

/** Weights as integers, with what is needed to undo the activations' zero point exactly. */
export interface QuantizedWeights {
  /** Row-major codes of a `[depth, channels]` matrix. */
  readonly codes: Int8Array;
  readonly depth: number;
  readonly channels: number;
  /** One per output channel; all the same when per tensor. */
  readonly scales: Float32Array;
  /** Sum of a channel's codes: a zero point z in the activations adds z times this to a product. */
  readonly sums: Int32Array;
  /** The largest sum of absolute codes of any channel: bounds what a 32-bit sum has to hold. */
  readonly largestAbsSum: number;
}
