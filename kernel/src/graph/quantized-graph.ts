import type * as tf from '@tensorflow/tfjs';
import type { Geometry } from '../integer/product';
import type { AffineParams } from '../integer/affine';
import type { GraphValue, ValueId } from '../models/model-graph';
import type { CodeArray } from '../formats/codes';
import type { QuantizedScales } from '../formats/double-quantization';
import type {
  BlockWeightFormat,
  FloatWeightFormat,
  LinearWeightFormat,
  TableWeightFormat,
  WeightFormat,
} from '../formats/uses';

export type { LinearWeightFormat, TableWeightFormat, WeightFormat };

/**
 * What quantization decided for a whole model, as data: it is run by `execution/`, written by
 * `export/`, and made by post-training quantization and by the conversion of quantization-aware
 * training alike. It shares nothing with the float model.
 */
export interface QuantizedGraph {
  readonly name: string;
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly ValueId[];
  /** In the order of execution. */
  readonly nodes: readonly QuantizedNode[];
  readonly values: ReadonlyMap<ValueId, GraphValue>;
  /**
   * Values with a fixed range: uint8 codes by `q = clamp(round(x / scale) + zeroPoint, 0, 255)`.
   * A value that is absent is float between its nodes.
   */
  readonly activations: ReadonlyMap<ValueId, AffineParams>;
}

export interface QuantizedNode {
  /** As in the model's graph: the layer's name; that of the first where several were fused. */
  readonly id: string;
  /** The layer's class: `Dense`, `Conv2D`, ... */
  readonly kind: string;
  readonly inputs: readonly ValueId[];
  readonly output: ValueId;
  readonly op: QuantizedOp;
  /**
   * Ids of the model's layer calls that this node is made of, in order. A layer that became several
   * nodes (a separable convolution, a softmax after a product) is the first of each.
   */
  readonly fused: readonly string[];
}

export type QuantizedOp = LinearOp | PoolOp | AddOp | ConcatOp | MoveOp | PadOp | FloatOp;

/**
 * Activations that are part of an integer node: they only clamp its output, to codes from its zero
 * point up to that of 6.
 */
export type FusedActivation = 'linear' | 'relu' | 'relu6';

/** A product with constant weights: dense, conv2d, depthwise. */
export interface LinearOp {
  readonly kind: 'linear';
  readonly geometry: Geometry;
  readonly weights: WeightCodes;
  /** One per output channel, float32; normalization is folded in. */
  readonly bias: Float32Array;
  readonly activation: FusedActivation;
  /** `float`: weight-only. `dynamic`: uint8 with each batch's range. `static`: the input's. */
  readonly input: 'float' | 'dynamic' | 'static';
  /** Of `float`: what the input is rounded to, as floats; undefined where it stays as it is. */
  readonly activations?: ActivationRounding;
}

/** What the inputs of a product are rounded to and back, before it is computed in float32. */
export interface ActivationRounding {
  readonly format: FloatWeightFormat | BlockWeightFormat;
  /**
   * What they are divided by first: a number that calibration has found; `batch`: absmax over the
   * format's largest number, of each batch; `delayed`: of the largest of the batches before (NVIDIA's
   * recipe: 1024 of them); `none`: nothing, or the scales of blocks.
   */
  readonly scale: number | 'batch' | 'delayed' | 'none';
}

/** Max and average pooling over NHWC; `global` over the whole image. */
export interface PoolOp {
  readonly kind: 'max-pool' | 'average-pool';
  readonly window:
    | {
        readonly size: readonly [number, number];
        readonly strides: readonly [number, number];
        readonly padding: 'same' | 'valid';
      }
    | 'global';
}

/** The sum of two values of one shape. */
export interface AddOp {
  readonly kind: 'add';
  readonly activation: FusedActivation;
}

export interface ConcatOp {
  readonly kind: 'concat';
  readonly axis: number;
}

/** Moves values without changing any: flatten, reshape, and dropout, which is none at inference. */
export interface MoveOp {
  readonly kind: 'move';
  /** Without the batch. More than one size is open only where it is the input's shape. */
  readonly shape: readonly (number | null)[];
}

/** Zeros around images `[batch, height, width, channels]`: in codes, their zero point. */
export interface PadOp {
  readonly kind: 'pad';
  /** Before the first row and after the last. */
  readonly rows: readonly [number, number];
  readonly columns: readonly [number, number];
}

/** A layer that stays in float, with its own copy of its weights. */
export interface FloatOp {
  readonly kind: 'float';
  readonly layer: tf.layers.Layer;
  /** Why it isn't in integers, for the report. */
  readonly reason: string;
  /** Of a layer with several outputs, as a recurrent one with its states: those after the first. */
  readonly furtherOutputs?: readonly ValueId[];
  /**
   * Of a layer that looks rows up, where they are kept as codes: these of `[width, rows]`. The layer has what
   * they stand for, for whoever has no use of codes.
   */
  readonly table?: WeightCodes;
}

/**
 * Weights as codes, `g = floor(d / groupSize)` their group: `w = codes[d, c] * scales[g, c]`; in
 * `log` formats `w = sign(code) * 2^(|code| - levels) * scales[g, c]` with the `2^(bits-1) - 1` levels
 * that there are; in `codebook` formats `w = codebooks[g, c][code]`; in floats and blocks
 * `w = decode(code) * scales[g, c]`.
 */
export interface WeightCodes {
  readonly format: WeightFormat;
  /**
   * Row-major `[depth, channels]`, one code an element whatever the format; packed where they are kept.
   * Of floats and blocks the bits of the code, of all others the code with its sign.
   */
  readonly codes: Int8Array | CodeArray;
  readonly depth: number;
  /** Output channels. */
  readonly channels: number;
  /**
   * Row-major `[ceil(depth / groupSize), channels]`; equal in a row where the scale is the tensor's.
   * Empty in `codebook` formats, and where floats are cast without a scale.
   */
  readonly scales: Float32Array;
  /**
   * Elements along the depth that share a scale or a codebook: `depth` for one per channel. Only in
   * blocks may the last group be shorter.
   */
  readonly groupSize: number;
  /**
   * Of `codebook` formats: `2^bits` ascending values, once for the whole tensor, or for each
   * `[depth / groupSize, channels]`.
   */
  readonly codebooks?: Float32Array;
  /** Of NF4 whose `scales` are kept as codes: these, channel after channel. */
  readonly quantizedScales?: QuantizedScales;
}
