import type { Tensor } from '@tensorflow/tfjs';
import type { Execution } from '../backend/contract';
import type { AffineParams } from './affine';
import type { QuantizedWeights } from './weights';

/** The shape of a layer's product of activations and weights. */
export type Geometry = DenseGeometry | ConvGeometry;

export interface DenseGeometry {
  readonly kind: 'dense';
  readonly inputs: number;
  readonly units: number;
}

export interface ConvGeometry {
  readonly kind: 'conv2d' | 'depthwise';
  /** `[height, width, in, out]`; `[height, width, in, multiplier]` for depthwise. */
  readonly kernel: readonly [number, number, number, number];
  readonly strides: readonly [number, number];
  readonly padding: 'same' | 'valid';
}

/** How activations become integers: ranges known from calibration, or taken from each batch. */
export type ActivationScheme =
  { readonly kind: 'static'; readonly params: AffineParams } | { readonly kind: 'dynamic' };

export interface LinearSpec {
  readonly geometry: Geometry;
  readonly weights: QuantizedWeights;
  /** One per output channel, in float32. */
  readonly bias: Float32Array;
}

/** A layer's product with packed weights: input tensor to pre-activation output, both float32. */
export interface Product {
  readonly execution: Execution;
  /** What runs, for the report: `_MklQuantizedMatMulWithBias (u8 x s8 -> s32)`. */
  readonly kernel: string;
  readonly reason: string;
  /** Bytes of packed weights, scales and bias. */
  readonly bytes: number;
  apply(x: Tensor): Tensor;
  dispose(): void;
}

/** The weight's shape as the product's kernels want it. */
export function weightShape(geometry: Geometry): number[] {
  return geometry.kind === 'dense' ? [geometry.inputs, geometry.units] : [...geometry.kernel];
}

export function outputChannels(geometry: Geometry): number {
  if (geometry.kind === 'dense') return geometry.units;
  const [, , inputs, last] = geometry.kernel;
  return geometry.kind === 'conv2d' ? last : inputs * last;
}

/** Zeros before and after one axis under `same` padding, as TensorFlow places them. */
export function samePadding(size: number, kernel: number, stride: number): [number, number] {
  const outputs = Math.ceil(size / stride);
  const total = Math.max(0, (outputs - 1) * stride + kernel - size);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}
