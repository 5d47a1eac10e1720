import type { Tensor } from '@tensorflow/tfjs';
import type { ComputeFormat, HardwareFormat, StorageFormat } from '../formats/uses';

export type { ComputeFormat, StorageFormat };

/** `native`: the hardware multiplies in this format. `simulated`: it is rounded to the format, but computed in another. */
export type Execution = 'native' | 'simulated';

export interface FormatSupport {
  readonly execution: Execution;
  /** For example `TensorFlow 2.21.0 (oneDNN)`. */
  readonly engine: string;
  /** One sentence: why it is native, or why not and what is done instead. */
  readonly reason: string;
}

export interface DeviceFacts {
  readonly engine: 'tensorflow' | 'wasm';
  readonly engineVersion: string;
  readonly device: 'cpu' | 'gpu';
  readonly deviceName: string;
  readonly threads: number;
  /** Instruction sets that matter here: `avx2`, `avx512_bf16`, `avx512_fp16`, `avx512_vnni`, `amx_bf16`, `amx_int8`, `amx_fp16`. */
  readonly isa: readonly string[];
  readonly formats: Readonly<Record<HardwareFormat, FormatSupport>>;
  /**
   * True where 8-bit products saturate in 16-bit sums (x86 without VNNI), found by a trial product:
   * weights are then kept to 7 bits, as ONNX Runtime's and PyTorch's `reduce_range`.
   */
  readonly int8ReduceRange: boolean;
}

/** A float input of an op that is about to run, as its planner sees it. */
export interface OpInput {
  readonly isFloat: boolean;
  readonly format: StorageFormat | undefined;
  /** A `tf.Variable`: a weight or bias, which adapts to the format of what it meets. */
  readonly isVariable?: boolean;
}

/**
 * Says in which storage format the float inputs of an op are to be given to the kernel.
 * `precision/autocast` provides one; without one, inputs meet in the widest format among them.
 */
export type CastPlanner = (opName: string, inputs: readonly OpInput[]) => StorageFormat;

/** An attribute of a raw TensorFlow op, as the tfjs binding takes it. */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** A cast that the backend made for an op: of a float input, or of a result. */
export interface OpCast {
  readonly from: StorageFormat;
  readonly to: StorageFormat;
  /** Bytes of the copy that was made. */
  readonly bytes: number;
  /** Wall time of the call; on a GPU, which works asynchronously, that of its dispatch. */
  readonly seconds: number;
}

/** How an op came to run as it did. */
export interface OpRun {
  /** The format that the planner asked for; undefined where no planner was asked. */
  readonly asked: StorageFormat | undefined;
  /** The format that the kernel computed in. */
  readonly compute: StorageFormat;
  /** Why the kernel computes in another format than was asked for. */
  readonly trap: string | undefined;
  readonly casts: readonly OpCast[];
}

/**
 * Called after each op ran, for the op census: what ran in which format. `format` is that of the
 * results: the one asked for, unless a trap left them in its own.
 */
export type OpListener = (
  opName: string,
  format: StorageFormat,
  inputs: readonly Tensor[],
  run: OpRun,
) => void;
