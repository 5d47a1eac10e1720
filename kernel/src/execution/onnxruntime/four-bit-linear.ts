import * as tf from '@tensorflow/tfjs';
import { exportOnnx } from '../../export/onnx/export-onnx';
import { blockedBytes, blockSizeOf } from '../../export/onnx/int4/block-size';
import { randomKey, uniform } from '../../formats/random';
import type { LinearOp, QuantizedGraph, WeightCodes } from '../../graph/quantized-graph';
import { activate } from '../float-nodes';
import { firstOf, type NodeKernel } from '../kernel';
import type { Result, Value } from '../value';
import { OrtSession } from './session';

/** A dense product of float activations with 4-bit weights, by ONNX Runtime's `MatMulNBits`. */
export class FourBitLinear implements NodeKernel {
  readonly engine = 'onnxruntime' as const;
  readonly execution = 'native' as const;
  readonly kernel = FOUR_BIT_KERNEL;
  readonly reason: string;
  readonly weightBytes: number;
  readonly #session: OrtSession;
  readonly #inputs: number;

  /** @throws where ONNX Runtime is not installed or its product is wrong. */
  constructor(private readonly op: LinearOp) {
    this.#session = new OrtSession(exportOnnx(alone(op), { accuracy: 'int8' }));
    this.weightBytes = FourBitLinear.bytesOf(op);
    this.reason = blocksReason(op.weights);
    this.#inputs = op.weights.depth;
    const distance = this.#distance();
    if (distance <= TOLERANCE) return;
    this.dispose();
    throw new Error(`its results are ${(100 * distance).toFixed(1)}% off`);
  }

  static takes({ geometry, input, weights }: LinearOp): boolean {
    const isFourBits = weights.format === 'int4' && blockSizeOf(weights) !== undefined;
    return geometry.kind === 'dense' && input === 'float' && isFourBits;
  }

  /** Of what the kernel is given: codes in blocks, their scales, and the bias. */
  static bytesOf({ weights, bias }: LinearOp): number {
    return blockedBytes(weights, blockSizeOf(weights) ?? weights.depth) + bias.byteLength;
  }

  run(inputs: readonly Value[]): Result {
    const x = firstOf(inputs).float();
    const tensor = tf.tidy(() => {
      const [y] = this.#session.run([tf.reshape(x, [-1, this.#inputs])]);
      if (y === undefined) throw new Error('MatMulNBits returned nothing');
      const shaped = x.rank === 2 ? y : tf.reshape(y, [...x.shape.slice(0, -1), y.shape[1] ?? 0]);
      return activate(shaped, this.op.activation);
    });
    return { kind: 'float', tensor };
  }

  /** How far one row's results are from those in float64, by root mean square. */
  #distance(): number {
    const { weights, bias } = this.op;
    const { codes, channels, depth, scales, groupSize } = weights;
    const key = randomKey(1);
    const x = Float32Array.from({ length: depth }, (_, i) => 2 * uniform(key, i) - 1);
    const exact = Float64Array.from(bias);
    for (let d = 0; d < depth; d++) {
      const group = Math.floor(d / groupSize) * channels;
      for (let c = 0; c < channels; c++) {
        const weight = (codes[d * channels + c] ?? 0) * (scales[group + c] ?? 0);
        exact[c] = (exact[c] ?? 0) + (x[d] ?? 0) * weight;
      }
    }
    const results = tf.tidy(() => this.#session.run([tf.tensor2d(x, [1, depth])])[0]?.dataSync());
    const error = exact.reduce((sum, y, c) => sum + (y - (results?.[c] ?? NaN)) ** 2, 0);
    const signal = exact.reduce((sum, y) => sum + y ** 2, 0);
    return error === 0 ? 0 : Math.sqrt(error / signal);
  }

  dispose(): void {
    this.#session.dispose();
  }
}

/** Rounding activations to int8 in blocks costs about 0.5%; a wrong order of weights, everything. */
const TOLERANCE = 0.05;

/** Activations are rounded to int8 within the kernel, by block too: `accuracy_level` 4. */
export const FOUR_BIT_KERNEL = 'MatMulNBits (s8 x s4 -> f32)';

/** In what blocks the kernel has weights and activations, and what scales they have. */
export function blocksReason(weights: WeightCodes): string {
  const size = blockSizeOf(weights) ?? weights.depth;
  const whole = weights.groupSize >= weights.depth;
  const scales = whole ? "the channel's scale repeated for each" : 'a scale each';
  return `blocks of ${size}, ${scales}; activations rounded to int8 in the kernel`;
}

/** The product as a graph of its own, without its activation, over rows. */
function alone(op: LinearOp): QuantizedGraph {
  const value = (id: string, size: number) => ({ id, shape: [null, size], dtype: 'float32' });
  const [x, y] = [value('x', op.weights.depth), value('y', op.weights.channels)];
  const linear: LinearOp = { ...op, activation: 'linear' };
  return {
    name: 'product',
    inputs: [x],
    outputs: ['y'],
    nodes: [{ id: 'y', kind: 'Dense', inputs: ['x'], output: 'y', op: linear, fused: ['y'] }],
    values: new Map([x, y].map((v) => [v.id, v])),
    activations: new Map(),
  };
}
