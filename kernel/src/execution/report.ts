import type { Execution } from '../backend/contract';

/** What multiplies: libtensorflow's kernels, ONNX Runtime's, or TensorFlow.js in float32. */
export type EngineName = 'tensorflow' | 'onnxruntime' | 'tfjs';

/** A kernel that was timed on a real input before one was chosen. */
export interface Candidate {
  readonly engine: EngineName;
  readonly kernel: string;
  /** The quickest of a few interleaved runs, measured in this process. */
  readonly milliseconds: number;
}

/** The choice for one batch size, by measurement. */
export interface Choice {
  readonly batch: number;
  readonly chosen: Candidate;
  readonly candidates: readonly Candidate[];
}

/** How one node runs. */
export interface NodeReport {
  /** The node's id in the graph. */
  readonly id: string;
  readonly engine: EngineName;
  /** What runs: `_MklQuantizedConv2DWithBiasAndReluAndRequantize (u8 x s8 -> u8)`. */
  readonly kernel: string;
  /** `native`: in integer instructions. Undefined for layers that stay in float. */
  readonly execution: Execution | undefined;
  /** Why it runs so. */
  readonly reason: string;
  /** Bytes of weights, scales and bias as they are kept. */
  readonly weightBytes: number;
  /** Of a product whose inputs earlier batches scale: what the next ones are divided by. */
  readonly activationScale?: number | undefined;
  /** One per batch size seen, where there was more than one candidate. */
  readonly choices: readonly Choice[];
}
