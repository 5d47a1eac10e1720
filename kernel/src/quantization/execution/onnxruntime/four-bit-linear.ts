import * as tf from '@tensorflow/tfjs';
import { exportOnnx } from '../../export/onnx/export-onnx';
import { randomKey, uniform } from '../../../formats/random';
import type { LinearOp, QuantizedGraph } from '../../graph/quantized-graph';
import { activate } from '../float-nodes';
import { firstOf, type NodeKernel } from '../kernel';
import type { Result, Value } from '../value';
import { OrtSession } from './session';

/** Blocks of at least 16 weights share a scale in ONNX Runtime's kernel. */
const SMALLEST_BLOCK = 16;

/** A dense product of float activations with 4-bit weights, by ONNX Runtime's `MatMulNBits`. */
export class FourBitLinear implements NodeKernel {
  readonly engine = 'onnxruntime' as const;
  readonly execution = 'native' as const;
  readonly kernel = 'MatMulNBits (s4 weights, activations rounded to int8 in blocks)';
  readonly reason = '4-bit weights are unpacked in registers';
  readonly weightBytes: number;
  readonly #session: OrtSession;
  readonly #inputs: number;

  /** @throws where ONNX Runtime is not installed or its product is wrong. */
  constructor(private readonly op: LinearOp) {
    this.#session = new OrtSession(exportOnnx(alone(op), { accuracy: 'int8' }));
    this.weightBytes = this.#session.bytes;
    this.#inputs = op.weights.depth;
    const distance = this.#distance();
    if (distance <= TOLERANCE) return;
    this.dispose();
    throw new Error(`its results are ${(100 * distance).toFixed(1)}% off`);
  }

  static takes({ geometry, input, weights }: LinearOp): boolean {
    const { format, groupSize, depth } = weights;
    const blocks = groupSize === depth || groupSize % SMALLEST_BLOCK === 0;
    return geometry.kind === 'dense' && input === 'float' && format === 'int4' && blocks;
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
